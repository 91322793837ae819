"""Finds the adapter that a setting names: a module of the port's package."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from runtime.settings import SettingsError


def load_adapter(port: str, name: str) -> ModuleType:
    """Return the module ``runtime.<port>.<name>``.

    Raises:
        SettingsError: this repo was generated without it.
    """
    package = importlib.import_module(f"runtime.{port}")
    if name.isidentifier() and name not in getattr(package, "SUPPORT", ()):
        full = f"{package.__name__}.{name}"
        if importlib.util.find_spec(full):
            return importlib.import_module(full)
    raise SettingsError(
        f"{port}: {name!r} is not part of this repo; there are: {', '.join(adapters(port))}."
    )


def adapters(port: str) -> list[str]:
    """Return the names of the adapters of a port that this repo has."""
    package = importlib.import_module(f"runtime.{port}")
    return sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name not in getattr(package, "SUPPORT", ())
    )
