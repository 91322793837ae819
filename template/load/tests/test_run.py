"""Ten people for a few seconds, for real: the gate passes a good product and stops a bad one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from load.__main__ import main

# covers R-0311

Serve = Callable[..., AbstractContextManager[str]]

BROKEN = "event: citations\ndata: {}\n\nevent: error\ndata: {}\n\n"


def _play(url: str, root: Path) -> int:
    # No test signs in here; the cookie only has to be there.
    options = ["--cookie", "sid=demo", "--seconds", "3", "--url", url, "--root", str(root)]
    return main(["smoke", *options])


def test_play_passes_a_product_that_keeps_its_levels(product: Serve, root: Path) -> None:
    with product() as url:
        assert _play(url, root) == 0


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
    root: Path,
    fault: dict[str, object],
    missed: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with product(**fault) as url:
        assert _play(url, root) == 1
    assert missed in capfd.readouterr().out
