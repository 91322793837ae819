"""Finds the adapter that a setting names: a module of the port's package."""

import importlib
import pkgutil
from types import ModuleType

from runtime.settings import SettingsError


def load_adapter(port: str, name: str) -> ModuleType:
    """Return the module ``runtime.<port>.<name>``.

    Raises:
        SettingsError: this repo was generated without it.
    """
    available = adapters(port)
    if name not in available:
        raise SettingsError(
            f"{port}: {name!r} is not part of this repo; there are: {', '.join(available)}."
        )
    return importlib.import_module(f"runtime.{port}.{name}")


def adapters(port: str) -> list[str]:
    """Return the names of the adapters of a port that this repo has."""
    package = importlib.import_module(f"runtime.{port}")
    return sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name not in getattr(package, "SUPPORT", ())
    )
