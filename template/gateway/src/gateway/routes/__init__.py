"""One module per part of the API, each with a ``router``; a new file here is served at once.

A module may also name ``SIGNED_PATHS``: paths that other servers call and that prove their caller
by a signature instead of an origin.
"""

import importlib
import pkgutil
from types import ModuleType


def route_modules() -> list[ModuleType]:
    """Return the modules of this package, by name."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in found]
