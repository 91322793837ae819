"""Finds the adapter that a setting names: a module of the port's package."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from runtime.settings import SettingsError


def load_adapter(port: str, name: str, *, of: str = "runtime") -> ModuleType:
    """Return the module ``<of>.<port>.<name>``.

    Raises:
        SettingsError: this repo was generated without it.
    """
    package = importlib.import_module(f"{of}.{port}")
    if name.isidentifier() and name not in getattr(package, "SUPPORT", ()):
        full = f"{package.__name__}.{name}"
        if importlib.util.find_spec(full):
            return importlib.import_module(full)
    there = ", ".join(adapters(port, of=of)) or "none"
    raise SettingsError(f"{port}: {name!r} is not part of this repo; there are: {there}.")


def adapters(port: str, *, of: str = "runtime") -> list[str]:
    """Return the names of the adapters of a port that this repo has."""
    package = importlib.import_module(f"{of}.{port}")
    return sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name not in getattr(package, "SUPPORT", ())
    )
