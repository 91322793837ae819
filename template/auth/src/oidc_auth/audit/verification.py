"""Finds what somebody changed, moved, removed or cut off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from oidc_auth.audit.chain import AuditKeys, Head
from oidc_auth.audit.checkpoints import Anchor, Checkpoint
from oidc_auth.audit.entries import Entry

MOST_FAULTS = 100
_BEGINNING = Head(0, b"")
_REWRITTEN = "a checkpoint has another entry here: the chain was computed anew with our key"


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written; ``kind`` is stable."""

    seq: int
    kind: str
    explanation: str


@dataclass
class Report:
    """What a verification found."""

    entries: int = 0
    last: int = 0
    checkpoints: int = 0
    newest_checkpoint: int = 0
    anchor: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults

    def found(self, seq: int, kind: str, explanation: str) -> None:
        """Remember a fault; after the first hundred the answer is clear."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(seq, kind, explanation))


def verify(
    entries: Iterable[Entry],
    head: Head,
    checkpoints: Iterable[Checkpoint],
    keys: AuditKeys,
    *,
    anchor: Anchor | None = None,
    is_whole: bool = False,
) -> Report:
    """Check every entry's seal and place, then where the chain must reach.

    Args:
        entries: in the order of ``seq``, read by a role that sees them all.
        head: where the database says that the chain ends.
        checkpoints: from outside the database.
        keys: the present key and the former ones.
        anchor: up to where entries have left on purpose.
        is_whole: they are among ``entries`` all the same, from an archive.
    """
    report = Report()
    expected = _expected(checkpoints, keys, report)
    start = _start(anchor, keys, expected, report)
    before = _BEGINNING if is_whole else start
    for entry in entries:
        for fault in _faults(entry, before, keys):
            report.found(*fault)
        wanted = expected.pop(entry.seq, None)
        if wanted is not None and wanted != entry.mac.hex():
            report.found(entry.seq, "rewritten", _REWRITTEN)
        before = Head(entry.seq, entry.mac)
        report.entries += 1
    report.last = before.seq
    _check_end(before, head, expected, report)
    return report


def _start(
    anchor: Anchor | None, keys: AuditKeys, expected: dict[int, str], report: Report
) -> Head:
    """Return where the chain begins; the anchor is an entry that has to be as it says."""
    if anchor is None:
        return _BEGINNING
    if not anchor.is_authentic(keys):
        report.found(anchor.seq, "anchor_forged", "none of our keys sealed the log's beginning")
        return _BEGINNING
    known = expected.setdefault(anchor.seq, anchor.mac)
    if known != anchor.mac:
        report.found(anchor.seq, "rewritten", _REWRITTEN)
    report.anchor = anchor.seq
    return Head(anchor.seq, bytes.fromhex(anchor.mac))


def _expected(checkpoints: Iterable[Checkpoint], keys: AuditKeys, report: Report) -> dict[int, str]:
    expected: dict[int, str] = {}
    for checkpoint in checkpoints:
        if not checkpoint.is_authentic(keys):
            report.found(checkpoint.seq, "checkpoint_forged", "none of our keys sealed this line")
            continue
        report.checkpoints += 1
        report.newest_checkpoint = max(report.newest_checkpoint, checkpoint.seq)
        expected[checkpoint.seq] = checkpoint.mac
    expected.pop(0, None)
    return expected


def _faults(entry: Entry, before: Head, keys: AuditKeys) -> Iterator[tuple[int, str, str]]:
    if entry.seq != before.seq + 1:
        gone = entry.seq - before.seq - 1
        yield entry.seq, "missing", f"{gone} entries before this one are gone"
    elif entry.prev != before.mac:
        yield entry.seq, "reordered", "it does not follow the entry before it"
    key = keys.find(entry.key_id)
    if key is None:
        yield entry.seq, "unknown_key", f"sealed by the key {entry.key_id}, which we don't have"
    elif not key.is_mac(entry.mac, entry.message()):
        yield entry.seq, "changed", "its content is not what was sealed"


def _check_end(last: Head, head: Head, expected: dict[int, str], report: Report) -> None:
    cut_off = max((seq for seq in expected if seq > last.seq), default=0)
    if cut_off:
        report.found(
            cut_off, "truncated", f"a checkpoint saw entry {cut_off}; the log ends at {last.seq}"
        )
    if (head.seq, head.mac) != (last.seq, last.mac):
        counted = f"the database counted {head.seq} entries, the last one is {last.seq}"
        report.found(head.seq, "end_differs", counted)
