# covers R-0510
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.flags import FlagsError, open_flags, read_flags, tenant_context
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
    "change", [{"defaultVariant": "loud"}, {"targeting": {"a": "loud"}}, {"state": "MAYBE"}]
)
def test_a_malformed_flag_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(FlagsError, match=r"flags\.yaml"):
        read_flags(_file(tmp_path, {"tone": FLAGS["tone"] | change}))


def test_the_products_own_flags_load() -> None:
    assert read_flags(root() / "flags.yaml")
