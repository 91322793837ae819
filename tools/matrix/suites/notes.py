"""What one run looked at, as paths in the repo: told by its Python processes, and by the kernel for all others."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matrix.suites.watch import Heard

_DONE = ("done",)


@dataclass(frozen=True)
class Notes:
    """Each is a set of paths below the repo's folder."""

    opened: frozenset[str] = frozenset()
    """By Python processes, which tell of all that they do."""
    looked: frozenset[str] = frozenset()
    listed: frozenset[tuple[str, str]] = frozenset()
    """(folder, pattern)."""
    walked: frozenset[str] = frozenset()
    """Folders that a Python process listed for an import, or for a pattern."""
    heard: frozenset[str] = frozenset()
    """Files opened by any process at all."""
    folders: frozenset[str] = frozenset()
    """Folders opened by any process at all, as whoever lists one must."""
    entries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """File → the only entries of it that were asked for; of other files all count."""
    is_whole: bool = True
    """Whether the run came to its end."""

    @classmethod
    def read(cls, file: Path) -> Notes:
        """Notes as processes wrote them; what a killed one wrote in part is left out."""
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        notes = [tuple(json.loads(line)) for line in lines if line.endswith("]")]
        kinds: dict[str, set[tuple[str, ...]]] = {}
        for kind, *words in notes:
            kinds.setdefault(kind, set()).add(tuple(words))
        return cls(
            opened=_first(kinds.get("opened", ())),
            looked=_first(kinds.get("looked", ())),
            listed=frozenset((folder, pattern) for folder, pattern in kinds.get("listed", ())),
            walked=_first(kinds.get("walked", ())),
            entries=_entries(notes),
            is_whole=_DONE in notes,
        )

    def seen(self, heard: Heard) -> Notes:
        """These, and what the kernel told."""
        return replace(self, heard=frozenset(heard.opened), folders=frozenset(heard.folders))


def _first(notes: set[tuple[str, ...]] | tuple[()]) -> frozenset[str]:
    return frozenset(words[0] for words in notes)


def _entries(notes: list[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """The entries of each file that every process which read it also took apart."""
    asked: dict[str, set[str]] = {}
    for _, file, entry in (note for note in notes if note[0] == "entry"):
        asked.setdefault(file, set()).add(entry)
    reads = Counter(note[1:] for note in notes if note[0] == "read")
    parsed = Counter(note[1:] for note in notes if note[0] == "parsed")
    whole = {file for (file, process), count in reads.items() if parsed[file, process] < count}
    files = {file for file, _ in reads} - whole
    return {file: frozenset(asked.get(file, ())) for file in files}
