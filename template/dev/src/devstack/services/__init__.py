"""What the product needs from outside, started here for development and tests.

A service is a module of this package with ``PROVIDES``, the variables that say where it is, and
``start(folder) -> Service``. A repo that doesn't use Kafka has no ``kafka.py`` here.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Service:
    """One that runs.

    Attributes:
        settings: environment variables that tell the product where it is.
        stop: ends it; nothing of it is left running.
    """

    name: str
    settings: Mapping[str, str]
    stop: Callable[[], None]


def available() -> dict[str, ModuleType]:
    """Return the service modules of this repo by name."""
    return {
        module.name: importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    }


def start_missing(folder: Path, environment: Mapping[str, str]) -> list[Service]:
    """Start the services that ``environment`` doesn't give an address for.

    Args:
        folder: where each keeps its data, in a folder of its name.
        environment: variables that are set already.
    """
    started: list[Service] = []
    try:
        for name, module in available().items():
            if not all(environment.get(variable) for variable in module.PROVIDES):
                data = folder / name
                data.mkdir(parents=True, exist_ok=True)
                started.append(module.start(data))
    except BaseException:
        stop_all(started)
        raise
    return started


def stop_all(services: list[Service]) -> None:
    """Stop them, last first."""
    for service in reversed(services):
        service.stop()
