"""What start-up made is left alone by the garbage collector. covers R-0605."""

import gc
from collections.abc import Iterator

import pytest

from runtime import heap


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_settled_is_not_looked_at_again() -> None:
    before = [object()]
    assert _is_looked_at(before)
    heap.settle()
    after = [object()]
    assert not _is_looked_at(before)
    assert _is_looked_at(after)


def _is_looked_at(wanted: object) -> bool:
    return any(found is wanted for found in gc.get_objects())
