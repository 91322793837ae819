"""``python -m model_proxy.review BASE``: name everything that ``models/`` allows and BASE did not.

BASE is a git revision or a folder. Each widening needs a decision that came with it: an entry in
``models/approvals.yaml`` or, for a stage, a promotion. A decision that BASE already has was about
an earlier change and counts for nothing. Exit code 1 when a decision is missing.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from model_proxy.approvals import decided
from model_proxy.reach import read_version, widenings
from model_proxy.sources import ConfigurationError
from runtime.product import root

MISUSE = 2
_HEAD = "models/ allows more than before"
_NOTHING = "models/ allows nothing that it did not allow before."
_FIRST = "There is no earlier version of models/ to compare with."
_NEXT = """
Not approved: whoever may decide on it adds to models/approvals.yaml, in the same change:
"""


class ReviewError(Exception):
    """The versions can't be compared."""

    code = "review"


def main(arguments: list[str] | None = None) -> int:
    """Compare and print; return 0, 1 (a decision is missing) or 2 (BASE can't be read)."""
    parser = argparse.ArgumentParser(
        prog="python -m model_proxy.review", description="Name what models/ newly allows."
    )
    parser.add_argument("base", help="a git revision, or a folder with a registry.yaml")
    parser.add_argument("--models", type=Path, help="the version in question (default: models/)")
    options = parser.parse_args(arguments)
    folder = options.models or root() / "models"
    try:
        with _version_of(options.base, folder) as base:
            return _review(base, folder)
    except (ReviewError, ConfigurationError) as error:
        sys.stderr.write(f"{error}\n")
        return MISUSE


def _review(base: Path | None, folder: Path) -> int:
    if base is None:
        sys.stdout.write(f"{_FIRST}\n")
        return 0
    found = widenings(read_version(base), read_version(folder))
    changes = {f"{sentence}: {new:g}": (old, new) for sentence, (old, new) in found.items()}
    before, after = decided(base), decided(folder)
    open_ones = [change for change in changes if after.get(change, 0) <= before.get(change, 0)]
    sys.stdout.write("".join(f"{line}\n" for line in _lines(changes, open_ones)))
    return int(bool(open_ones))


def _lines(changes: dict[str, tuple[float, float]], open_ones: list[str]) -> Iterator[str]:
    if not changes:
        yield _NOTHING
        return
    yield f"{_HEAD}:"
    for change, (old, _) in changes.items():
        mark = "NOT APPROVED" if change in open_ones else "approved"
        yield f"  {mark:<12}  {change} (was {old:g})"
    if open_ones:
        yield _NEXT
        for change in open_ones:
            yield f'  - change: "{change}"'
            yield "    approved_by: who decides"
            yield "    reason: why"


@contextmanager
def _version_of(base: str, folder: Path) -> Iterator[Path | None]:
    """Yield a folder with BASE's version; None when there is none."""
    if (Path(base) / "registry.yaml").is_file():
        yield Path(base)
        return
    # What pipelines say for "before the first commit".
    if base and not base.strip("0"):
        yield None
        return
    with TemporaryDirectory() as temporary:
        yield _checked_out(base, folder, Path(temporary))


def _checked_out(revision: str, folder: Path, into: Path) -> Path | None:
    _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    names = _git(folder, "ls-tree", "-r", "--name-only", revision, ".").decode().splitlines()
    for name in names:
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_bytes(_git(folder, "show", f"{revision}:./{name}"))
    return into if "registry.yaml" in names else None


def _git(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        said = done.stderr.decode().strip() or "no such revision"
        raise ReviewError(
            f"git {arguments[0]} failed: {said}. Name a revision that this clone has; a shallow "
            "one has few."
        )
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
