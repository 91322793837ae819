"""The text of a lockfile: pins with hashes, and marks around those that only some options reach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^ ;\\]+)\s*(?:;\s*(?P<marker>.*?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=(?P<hash>sha256:[0-9a-f]{64})\s*\\?$")
_IF = re.compile(r"^# \{% if (?P<condition>.+) %\}$")
_END = "# {% endif %}"


class LockError(Exception):
    """A lockfile is not what it must be; the message names it and says what to do."""


@dataclass(frozen=True, order=True)
class Pin:
    """One distribution at one version with the hashes of its files; `marker` is an environment marker or empty."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    def __str__(self) -> str:
        """As `uv pip compile --generate-hashes` writes it."""
        first = f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")
        return " \\\n".join([first, *(f"    --hash={digest}" for digest in self.hashes)])


@dataclass(frozen=True, order=True)
class Entry:
    """A pin, and the option expression that reaches it; empty if every choice does."""

    pin: Pin
    condition: str = ""


def parse(text: str, place: str) -> list[Entry]:
    """Read what `write` or uv wrote; raises LockError for anything else, an index address for example."""
    entries: list[Entry] = []
    lines: list[str] = []
    condition = ""
    for line in [*text.splitlines(), ""]:
        if lines and not line.startswith(" "):
            entries.append(Entry(_pin(lines, place), condition))
            lines = []
        if match := _IF.match(line):
            condition = match["condition"]
        elif line == _END:
            condition = ""
        elif line:
            lines.append(line)
    return entries


def write(entries: Iterable[Entry]) -> str:
    """The lockfile: sorted, and neighbours of one condition in one block."""
    blocks = []
    for condition, block in groupby(sorted(entries), key=lambda entry: entry.condition):
        pins = "\n".join(str(entry.pin) for entry in block)
        blocks.append(f"# {{% if {condition} %}}\n{pins}\n{_END}" if condition else pins)
    return "\n".join(blocks) + "\n"


def merge(reached: Mapping[str, Iterable[Pin]]) -> list[Entry]:
    """One entry per pin, from what each condition reaches; what is always reached carries no condition."""
    conditions: dict[Pin, set[str]] = {}
    for condition, pins in reached.items():
        for pin in pins:
            conditions.setdefault(pin, set()).add(condition)
    return sorted(Entry(pin, _any_of(found)) for pin, found in conditions.items() if not _is_covered(pin, conditions))


def _any_of(conditions: set[str]) -> str:
    return "" if "" in conditions else " or ".join(sorted(conditions))


def _is_covered(pin: Pin, conditions: Mapping[Pin, set[str]]) -> bool:
    """A pin for some machines says nothing new beside the same pin for all machines and all options."""
    everywhere = Pin(pin.name, pin.version, "", pin.hashes)
    return bool(pin.marker) and "" in conditions.get(everywhere, set())


def _pin(lines: list[str], place: str) -> Pin:
    first = _PIN.match(lines[0])
    hashes = [_HASH.match(line) for line in lines[1:]]
    if not first or not hashes or not all(hashes):
        raise LockError(f"{place}: `{lines[0]}` is no pin with hashes. Run `make locks`.")
    digests = tuple(sorted(match["hash"] for match in hashes if match))
    return Pin(first["name"], first["version"], first["marker"] or "", digests)
