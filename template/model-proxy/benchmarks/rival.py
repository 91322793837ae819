"""LiteLLM's proxy in an environment of its own, outside the repo, every file of it pinned."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path(__file__).with_name("litellm.lock")
INSTALL_S = 900


class UnavailableError(Exception):
    """LiteLLM can't be installed here; the message says why."""


def version() -> str:
    """Return the version that the lock pins."""
    lines = LOCK.read_text().splitlines()
    pin = next(line for line in lines if line.startswith("litellm=="))
    return pin.removeprefix("litellm==").partition(" ")[0]


def install() -> Path:
    """Return LiteLLM's command, installed at the first call and kept under the temporary folder.

    Raises:
        UnavailableError: no network, no wheel for this machine, or a file is not the pinned one.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"model-proxy-benchmark-{digest}"
    program, done = folder / "bin" / "litellm", folder / "installed"
    if not done.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])
        options = ["--compile-bytecode", "--require-hashes"]
        options += ["--python", str(folder / "bin" / "python")]
        _run([uv, "pip", "sync", "--quiet", *options, str(LOCK)])
        done.touch()
    return program


def _run(command: list[str]) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(str(error)) from error
    if ended.returncode:
        raise UnavailableError(ended.stderr.strip() or f"{command[0]} failed")
