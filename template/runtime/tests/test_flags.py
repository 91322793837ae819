# covers R-0510
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.flags import FlagsError, WatchedFlags, open_flags, read_flags, tenant_context
from runtime.product import root

FLAGS: dict[str, Any] = {
    "tone": {
        "description": "How answers sound",
        "variants": {"plain": "plain", "warm": "warm"},
        "defaultVariant": "plain",
        "targeting": {"acme": "warm"},
    },
    "closed": {
        "description": "Switched off",
        "state": "DISABLED",
        "variants": {"on": True},
        "defaultVariant": "on",
    },
}


def _file(folder: Path, flags: dict[str, Any]) -> Path:
    path = folder / "flags.yaml"
    path.write_text(yaml.safe_dump({"flags": flags}))
    return path


def test_flags_follow_the_tenant(tmp_path: Path) -> None:
    client = open_flags(_file(tmp_path, FLAGS))
    assert client.get_string_value("tone", "none", tenant_context("acme")) == "warm"
    assert client.get_string_value("tone", "none", tenant_context("globex")) == "plain"


def test_a_disabled_or_unknown_flag_is_the_callers_default(tmp_path: Path) -> None:
    client = open_flags(_file(tmp_path, FLAGS))
    assert client.get_boolean_value("closed", default_value=False) is False
    assert client.get_boolean_value("unheard-of", default_value=True) is True


@pytest.mark.parametrize(
    "change",
    [
        {"defaultVariant": "loud"},
        {"targeting": {"a": "loud"}},
        {"state": "MAYBE"},
        {"rollout": {"loud": 5}},
        {"rollout": {"warm": 101}},
        {"rollout": {"warm": 60, "plain": 50}},
    ],
)
def test_a_malformed_flag_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(FlagsError, match=r"flags\.yaml"):
        read_flags(_file(tmp_path, {"tone": FLAGS["tone"] | change}))


def test_the_products_own_flags_load() -> None:
    assert read_flags(root() / "flags.yaml")


def _warm(folder: Path, share: float) -> set[int]:
    """Return which of a thousand tenants a rollout reaches."""
    change = {"rollout": {"warm": share}, "targeting": {}}
    client = open_flags(_file(folder, {"tone": FLAGS["tone"] | change}), domain="rollout")
    tones = (client.get_string_value("tone", "", tenant_context(f"t{n}")) for n in range(1000))
    return {n for n, tone in enumerate(tones) if tone == "warm"}


def test_a_rollout_reaches_its_share_of_the_tenants_and_keeps_them(tmp_path: Path) -> None:
    few, same, more = _warm(tmp_path, 5), _warm(tmp_path, 5), _warm(tmp_path, 50)
    assert few == same
    assert few < more
    assert 25 < len(few) < 80
    assert 430 < len(more) < 570
    assert _warm(tmp_path, 0) == set()


def test_a_rollout_leaves_targeted_tenants_and_callers_without_one_alone(tmp_path: Path) -> None:
    change = {"rollout": {"warm": 100}, "targeting": {"acme": "plain"}}
    client = open_flags(_file(tmp_path, {"tone": FLAGS["tone"] | change}), domain="rollout")
    asked = ("acme", "", "globex")
    tones = [client.get_string_value("tone", "", tenant_context(tenant)) for tenant in asked]
    assert tones == ["plain", "plain", "warm"]


def test_watched_flags_follow_the_file_and_outlive_a_broken_one(tmp_path: Path) -> None:
    changes: list[str] = []
    path = _file(tmp_path, FLAGS)
    flags = WatchedFlags(path, on_change=lambda: changes.append("changed"))
    context = tenant_context("globex")
    assert not flags.refresh()
    _file(tmp_path, {"tone": FLAGS["tone"] | {"defaultVariant": "warm", "description": "Now warm"}})
    assert flags.refresh()
    assert flags.client.get_string_value("tone", "", context) == "warm"
    path.write_text("flags: [")
    with pytest.raises(FlagsError):
        flags.refresh()
    assert not flags.refresh()
    assert flags.client.get_string_value("tone", "", context) == "warm"
    path.unlink()
    with pytest.raises(FlagsError):
        flags.refresh()
    _file(tmp_path, FLAGS)
    assert flags.refresh()
    assert flags.client.get_string_value("tone", "", context) == "plain"
    assert changes == ["changed", "changed"]


def test_two_files_do_not_share_their_flags(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = WatchedFlags(_file(tmp_path, FLAGS))
    other = {"tone": FLAGS["tone"] | {"defaultVariant": "warm"}}
    two = WatchedFlags(_file(tmp_path / "other", other))
    tones = [f.client.get_string_value("tone", "", tenant_context("x")) for f in (one, two)]
    assert tones == ["plain", "warm"]
