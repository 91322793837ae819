"""What the product needs from outside, started here for development and tests.

A service is a module of this package with ``PROVIDES``, the variables that say where it is, and
``start(folder) -> Service``. A repo that doesn't use Kafka has no ``kafka.py`` here.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Collection, Mapping
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


def available(names: Collection[str] | None = None) -> dict[str, ModuleType]:
    """Return the service modules of this repo by name; of ``names``, those that it has."""
    if names is None:
        found = [module.name for module in pkgutil.iter_modules(__path__)]
    else:
        found = [name for name in names if importlib.util.find_spec(f"{__name__}.{name}")]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in found}


def start_missing(
    folder: Path, environment: Mapping[str, str], names: Collection[str] | None = None
) -> list[Service]:
    """Start the services that ``environment`` doesn't give an address for.

    Args:
        folder: where each keeps its data, in a folder of its name.
        environment: variables that are set already.
        names: of no other service than these.
    """
    started: list[Service] = []
    try:
        for name, module in available(names).items():
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
