"""Proof, kept outside the database, that the chain once reached a certain entry.

Each checkpoint is one line of JSON under an HMAC of its own. It goes to the service's log, which is
shipped elsewhere anyway, and to a file if there is one: put that where the database's
administrators can't write (another volume, a bucket with object lock).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from oidc_auth.audit.chain import AuditKey, AuditKeys, Head
from oidc_auth.config import Clock
from runtime.logs import logger

EVENT = "audit_checkpoint"


@dataclass(frozen=True)
class Checkpoint:
    """The chain had this entry at its end at this time."""

    seq: int
    mac: str
    at: str
    key_id: str
    seal: str = ""

    kind: ClassVar[str] = "checkpoint"

    @classmethod
    def of(cls, head: Head, key: AuditKey, *, now: float) -> Self:
        """Seal where the chain ends."""
        at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        bare = cls(head.seq, head.mac.hex(), at, key.id)
        return cls(head.seq, head.mac.hex(), at, key.id, key.mac(bare.message()).hex())

    def message(self) -> bytes:
        """Return the bytes that are sealed."""
        return f"{self.kind}\n{self.seq}\n{self.mac}\n{self.at}\n{self.key_id}".encode()

    def is_authentic(self, keys: AuditKeys) -> bool:
        """Say whether one of our keys sealed it."""
        key = keys.find(self.key_id)
        return key is not None and key.mac(self.message()).hex() == self.seal

    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps({"event": f"audit_{self.kind}", **vars(self)})


class Anchor(Checkpoint):
    """The entries up to this one have left the log on purpose; no checkpoint can stand for it."""

    kind: ClassVar[str] = "anchor"


class CheckpointStore(Protocol):
    """Takes checkpoints away from the database."""

    def put(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; raises ``OSError`` when that fails."""


class LoggedCheckpoints:
    """Writes them to the service's log."""

    def put(self, checkpoint: Checkpoint) -> None:
        """Log a checkpoint."""
        logger(__name__).info(f"audit_{checkpoint.kind}", **vars(checkpoint))


@dataclass(frozen=True)
class FiledCheckpoints:
    """Appends them to a file."""

    path: Path

    def put(self, checkpoint: Checkpoint) -> None:
        """Append a line in one write, so that several processes may share the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(checkpoint.line() + "\n")


@dataclass
class Checkpointing:
    """Decides when the next checkpoint is due."""

    stores: tuple[CheckpointStore, ...]
    clock: Clock
    every_s: float = 60
    every_entries: int = 1000
    _last: tuple[int, float] | None = None

    def reached(self, head: Head, key: AuditKey, *, is_last: bool = False) -> None:
        """Take note of the chain's end; a store that fails is reported and asked again later."""
        now = self.clock()
        if not is_last and not self._is_due(head, now):
            return
        if self._last is not None and self._last[0] == head.seq:
            return
        checkpoint = Checkpoint.of(head, key, now=now)
        try:
            for store in self.stores:
                store.put(checkpoint)
        except OSError as error:
            logger(__name__).error("audit_checkpoint_failed", error=str(error))
            return
        self._last = (head.seq, now)

    def _is_due(self, head: Head, now: float) -> bool:
        if self._last is None:
            return True
        seq, at = self._last
        return head.seq - seq >= self.every_entries or now - at >= self.every_s


def read_checkpoints(lines: Iterable[str]) -> Iterator[Checkpoint]:
    """Find checkpoints among lines of JSON, such as a service's log; other lines are skipped."""
    names = ("seq", "mac", "at", "key_id", "seal")
    for line in lines:
        found = _object(line)
        if found.get("event") == EVENT and all(name in found for name in names):
            yield Checkpoint(int(found["seq"]), *(str(found[name]) for name in names[1:]))


def _object(line: str) -> dict[str, Any]:
    start = line.find("{")
    try:
        found = json.loads(line[start:]) if start >= 0 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
