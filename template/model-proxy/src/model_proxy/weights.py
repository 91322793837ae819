"""The files of the models we run ourselves, pinned by digest.

``models/weights.sha256`` has the format of ``sha256sum`` (GNU coreutils), so the same file is
checked by ``sha256sum --check`` before an inference server starts, and written by ``sha256sum``::

    cd path/to/weights && sha256sum answer.gguf >> path/to/models/weights.sha256
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from model_proxy.sources import ConfigurationError

LINE = re.compile(r"^([0-9a-f]{64}) [ *](\S.*)$")


class WeightsError(ConfigurationError):
    """The weights are not what was approved; nothing may be served from them."""

    code = "weights_mismatch"


def load_pins(folder: Path) -> dict[str, str]:
    """Return path → SHA-256 from ``weights.sha256``; no file means no pins."""
    file = folder / "weights.sha256"
    pins: dict[str, str] = {}
    for number, line in enumerate(file.read_text().splitlines() if file.exists() else (), start=1):
        if not line or line.startswith("#"):
            continue
        if not (match := LINE.match(line)):
            raise ConfigurationError(f"{file}:{number}: not a line that sha256sum writes")
        pins[match[2].removeprefix("./")] = match[1]
    return pins


def pins_of(weights: str, pins: Mapping[str, str]) -> dict[str, str]:
    """Return the pins of one file, of every file of a folder, or of all files (``.``)."""
    return {
        path: digest
        for path, digest in pins.items()
        if weights in {".", path} or path.startswith(f"{weights}/")
    }


def verify_weights(folder: Path, pins: Mapping[str, str]) -> None:
    """Read every pinned file in ``folder``; raises ``WeightsError`` on the first that differs.

    A file that nobody pinned, such as code beside the weights, is as bad as a changed one.
    """
    for path, expected in pins.items():
        try:
            with (folder / path).open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise WeightsError(f"{folder / path}: {error.strerror or error}") from error
        if actual != expected:
            raise WeightsError(
                f"{folder / path} has sha256 {actual}, models/weights.sha256 says {expected}. "
                "Restore the approved file, or approve this one by changing the pin."
            )
    found = (path for path in folder.rglob("*") if not path.is_dir() and path.name != ".gitkeep")
    for name in sorted(path.relative_to(folder).as_posix() for path in found):
        if name not in pins:
            raise WeightsError(
                f"{folder / name} is not in models/weights.sha256: nobody approved it."
            )
