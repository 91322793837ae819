from importlib import import_module

import pytest

from runtime.adapters import adapters, load_adapter
from runtime.product import read_product_file
from runtime.settings import SettingsError

PORTS = {
    "queues": ("jobs", "open_queue"),
    "vectors": ("vectors", "open_store"),
    "caches": ("cache", "open_cache"),
}


@pytest.mark.parametrize("port", PORTS)
def test_every_adapter_of_a_port_can_be_opened(port: str) -> None:
    setting, function = PORTS[port]
    present = adapters(port)
    assert {"memory", read_product_file()["adapters"][setting]} <= set(present)
    for name in present:
        assert callable(getattr(import_module(f"runtime.{port}.{name}"), function))


@pytest.mark.parametrize("name", ["rabbitmq", "delivery", "", "../memory", "os"])
def test_an_adapter_that_is_not_here_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=r"is not part of this repo; there are: .*memory"):
        load_adapter("queues", name)
