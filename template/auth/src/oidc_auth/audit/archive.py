"""Entries that left the database, as compressed lines of JSON with their seals (RFC 1952).

Put the folder where old records are kept: a volume, or a bucket with object lock that is mounted.
"""

import gzip
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oidc_auth.audit.entries import Entry

_PATTERN = "audit-*.jsonl.gz"


@dataclass(frozen=True)
class Archive:
    """A folder with one file for each run of entries."""

    folder: Path

    def put(self, entries: Sequence[Entry]) -> str:
        """Keep the entries, durably, and return the file's name; raises ``OSError``."""
        name = f"audit-{entries[0].seq:012d}-{entries[-1].seq:012d}.jsonl.gz"
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.{os.getpid()}.part"
        with part.open("wb") as file:
            with gzip.open(file, "wt", encoding="utf-8") as lines:
                for entry in entries:
                    lines.write(f"{entry.line()}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.folder / name)
        return name

    def entries(self) -> Iterator[Entry]:
        """Return every entry once, in the chain's order; a run that was kept twice counts once."""
        last = 0
        for path in sorted(self.folder.glob(_PATTERN)):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    entry = Entry.read(line)
                    if entry.seq > last:
                        last = entry.seq
                        yield entry
