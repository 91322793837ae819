import pytest


@pytest.fixture(autouse=True)
def _no_provider(without_provider: None) -> None:
    """What checks and explains the record signs nobody in."""
