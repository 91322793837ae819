"""How a folder differs from the repo that would be written there."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airworthy import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True)
class Difference:
    """Paths, sorted, and the unified diff from what is there to what would be written."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    equal: tuple[str, ...]
    diff: str


def compare(folder: Path, contents: Mapping[str, bytes]) -> Difference:
    """Compare what is in `folder` with `contents`; files that only the folder has are nobody's business."""
    present = {path: _present(folder / path) for path in sorted(contents)}
    added = tuple(path for path, content in present.items() if content is None)
    equal = tuple(path for path, content in present.items() if content == contents[path])
    changed = tuple(path for path in present if path not in {*added, *equal})
    diff = "".join(
        line for path in present if path not in equal for line in _unified(path, present[path], contents[path])
    )
    return Difference(added, changed, equal, diff)


def show(difference: Difference) -> None:
    """Print the diff, in colours where they are wanted, and a summary on its last line."""
    for line in difference.diff.splitlines():
        terminal.write(terminal.paint(line, _COLOURS[line[0]]) if line[:1] in _COLOURS else line)
    terminal.write(
        f"{len(difference.added)} to add, {len(difference.changed)} to change, {len(difference.equal)} the same; "
        "nothing was written."
    )


def _present(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _unified(path: str, old: bytes | None, new: bytes) -> Iterator[str]:
    before, after = _lines(old or b""), _lines(new)
    if before is None or after is None:
        yield f"Binary files a/{path} and b/{path} differ\n"
        return
    named = "/dev/null" if old is None else f"a/{path}"
    for line in difflib.unified_diff(before, after, named, f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str] | None:
    """The lines of a text, None if it is none."""
    try:
        return None if b"\0" in content else content.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
