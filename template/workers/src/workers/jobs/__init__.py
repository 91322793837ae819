"""The jobs: each module here is one, with ``name`` and ``async def handle(context, job)``.

A new file is a new job; its payload's schema is ``contracts/events/<name>.json``. Every job may run
more than once. One that could not do what was asked, and has told whom it concerns, returns
``FAILED``.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from functools import partial

from runtime.queues import Job, JobHandler
from workers.context import Context

Handle = Callable[[Context, Job], Awaitable[object]]


class JobModuleError(Exception):
    """A module of this package is no job."""

    code = "job_module_invalid"


def load_handlers(context: Context) -> dict[str, JobHandler]:
    """Return each job's handler by name; raises ``JobModuleError`` for a module that is none."""
    handlers: dict[str, JobHandler] = {}
    for module in pkgutil.iter_modules(__path__):
        job = importlib.import_module(f"{__name__}.{module.name}")
        name, handle = getattr(job, "name", None), getattr(job, "handle", None)
        if not isinstance(name, str) or not callable(handle):
            raise JobModuleError(f"jobs/{module.name}.py needs a name and a handle(context, job).")
        if name in handlers:
            raise JobModuleError(f"jobs/{module.name}.py: another job has the name {name!r}.")
        handlers[name] = partial(handle, context)
    return handlers
