import pytest

from runtime.adapters import load_adapter
from runtime.settings import SettingsError


@pytest.mark.parametrize("name", ["rabbitmq", "delivery", "", "../memory", "os"])
def test_an_adapter_that_is_not_here_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=r"is not part of this repo; there are: .*memory"):
        load_adapter("queues", name)
