"""What is stored can be opened with the same secret, purpose and place only."""

from typing import Any

import pytest

from oidc_auth.errors import SealBrokenError
from oidc_auth.sealing import Sealer

SEALER = Sealer(("s" * 32,), "tokens")


def test_seal_opens_again() -> None:
    assert SEALER.open(SEALER.seal({"a": "b"}, context="row"), context="row") == {"a": "b"}


def test_seal_hides_the_value_and_never_repeats() -> None:
    first, second = (SEALER.seal({"a": "visible"}, context="row") for _ in range(2))
    assert b"visible" not in first
    assert first != second


@pytest.mark.parametrize("other", [Sealer(("t" * 32,), "tokens"), Sealer(("s" * 32,), "sign-in")])
def test_open_refuses_another_secret_or_purpose(other: Any) -> None:
    with pytest.raises(SealBrokenError):
        other.open(SEALER.seal({}, context="row"), context="row")


def test_open_refuses_another_row() -> None:
    with pytest.raises(SealBrokenError):
        SEALER.open(SEALER.seal({}, context="row"), context="other row")


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 64])
def test_open_refuses_garbage(sealed: Any) -> None:
    with pytest.raises(SealBrokenError):
        SEALER.open(sealed, context="row")


def test_open_accepts_what_the_former_secret_sealed() -> None:
    replaced = Sealer(("t" * 32, "s" * 32), "tokens")
    assert replaced.open(SEALER.seal({"a": "b"}, context="row"), context="row") == {"a": "b"}
    with pytest.raises(SealBrokenError):
        SEALER.open(replaced.seal({}, context="row"), context="row")
