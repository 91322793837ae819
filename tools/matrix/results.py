"""What was found out before, kept on disk by the content that it depends on."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any


class Results:
    """Key → value, both found again in the next run; in memory only if `folder` is None."""

    def __init__(self, folder: Path | None, *, most: int = 250_000) -> None:
        self._most = most
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "static.sqlite" if folder else ":memory:", timeout=60)
        self._database.execute("PRAGMA synchronous = OFF")  # losing it costs a minute
        self._database.execute("CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        self._fresh: dict[str, str] = {}
        self._used: set[str] = set()
        self._known: dict[str, str] = dict(self._database.execute("SELECT key, value FROM results"))
        self.reused = 0
        """How many values were not worked out again."""
        self.worked = 0

    def get(self, key: str) -> Any:
        """The value, or None."""
        found = self._known.get(key)
        if found is None:
            return None
        self.reused += 1
        self._used.add(key)
        return json.loads(found)

    def put(self, key: str, value: Any) -> None:
        """Keep `value`, which is plain data and not None, once `save` is called."""
        self.worked += 1
        self._used.add(key)
        self._known[key] = self._fresh[key] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def save(self) -> None:
        """Write what is new."""
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", self._fresh.items())
        self._fresh.clear()

    def close(self) -> None:
        """Save, and let go of the file; of too many values, those that this run had no use for are forgotten."""
        self.save()
        if len(self._known) > self._most:
            with self._database:
                forgotten = [(key,) for key in self._known.keys() - self._used]
                self._database.executemany("DELETE FROM results WHERE key = ?", forgotten)
        self._database.close()


def key(*parts: str) -> str:
    """One key for all of `parts`."""
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def version(modules: Iterable[Any]) -> str:
    """Changes with the code of `modules` and with the interpreter."""
    sources = [Path(module.__file__).read_text(encoding="utf-8") for module in modules]
    return key(sys.version, *sources)
