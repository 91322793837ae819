"""Ten people for a few seconds, for real: the gate passes a good product and stops a bad one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copy, copytree

import pytest

from devstack.products import write_product
from load.__main__ import main

# covers R-0311

Serve = Callable[..., AbstractContextManager[str]]

BROKEN = "event: citations\ndata: {}\n\nevent: error\ndata: {}\n\n"


@pytest.fixture
def repo(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repo with our profiles and service levels, and with questions of these tests."""
    write_product(tmp_path)
    (tmp_path / "load").mkdir()
    copy(root / "load" / "profiles.yaml", tmp_path / "load")
    for name in ("objectives", "targets"):
        copytree(root / "slo" / name, tmp_path / "slo" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _play(url: str, repo: Path) -> int:
    # No test signs in here; the cookie only has to be there.
    options = ["--cookie", "sid=demo", "--seconds", "3", "--url", url, "--root", str(repo)]
    return main(["smoke", *options])


def test_play_passes_a_product_that_keeps_its_levels(product: Serve, repo: Path) -> None:
    with product() as url:
        assert _play(url, repo) == 0


@pytest.mark.parametrize(
    ("fault", "missed"),
    [
        ({"delay_s": 0.6}, "ask-first-token: 95% took up to"),
        ({"stream": BROKEN}, "ask-availability: 100.00%"),
        ({"status": 500}, "api-availability: "),
    ],
)
def test_play_stops_a_product_that_does_not(
    product: Serve,
    repo: Path,
    fault: dict[str, object],
    missed: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with product(**fault) as url:
        assert _play(url, repo) == 1
    assert missed in capfd.readouterr().out
