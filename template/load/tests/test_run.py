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

BROKEN = 'event: citations\ndata: {}\n\nevent: token\ndata: {"text": "x"}\n\nevent: error\n\n'


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


def test_play_stops_a_product_that_does_not(
    product: Serve, repo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with product(delay_s=0.6, stream=BROKEN, status=500) as url:
        assert _play(url, repo) == 1
    said = capfd.readouterr().out
    assert "ask-first-token: 95% took up to" in said
    assert "ask-availability: 100.00%" in said
    assert "api-availability: " in said
