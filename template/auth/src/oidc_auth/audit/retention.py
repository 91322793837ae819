"""How the log stays finite: what is old enough leaves, from the beginning, exported first.

Nothing leaves that can't be proven: a run whose seals are broken stays, as evidence. The last entry
that left becomes the anchor from which the chain is verified, under a seal of its own. It is kept
in the database and, like checkpoints, outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit.archive import Archive
from oidc_auth.audit.chain import Head
from oidc_auth.audit.checkpoints import Anchor
from oidc_auth.audit.entries import Decision, Entry
from oidc_auth.audit.log import AuditLog, append
from oidc_auth.audit.reading import ANCHOR, entry_of
from oidc_auth.audit.verification import verify
from oidc_auth.errors import AuditBrokenError

BATCH = 5_000
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('oidc_auth.audit.retention'))")
_OLDEST = text("SELECT * FROM oldest_audit_entries(:most)")
_PRUNE = text("SELECT prune_audit_log(:seq, :mac, :at, :key_id, :seal)")


@dataclass(frozen=True)
class Retention:
    """Takes old entries out of the log; ``archive`` is None where nobody wants to keep them."""

    log: AuditLog
    archive: Archive | None

    async def run(self) -> int:
        """Return how many entries left.

        Raises:
            AuditBrokenError: the oldest entries are not what was sealed.
            OSError: they can't be exported.
        """
        gone = 0
        while count := await self._batch():
            gone += count
        return gone

    async def _batch(self) -> int:
        async with self.log.database.session() as session:
            if not await session.scalar(_ALONE):
                return 0  # another worker is at it
            entries = await self._old(session)
            if not entries:
                return 0
            await self._check(session, entries)
            file = self.archive.put(entries) if self.archive else ""
            anchor = self._anchor(entries[-1])
            await session.execute(_PRUNE, vars(anchor))
            await append(session, _pruned(entries, file))
        self.log.keep(anchor)
        return len(entries)

    async def _old(self, session: AsyncSession) -> list[Entry]:
        keep = timedelta(days=self.log.policy.keep_days)
        before = datetime.fromtimestamp(self.log.clock(), UTC) - keep
        rows = (await session.execute(_OLDEST, {"most": BATCH})).mappings()
        entries = (entry_of(dict(row)) for row in rows)
        return list(takewhile(lambda entry: entry.created_at < before, entries))

    async def _check(self, session: AsyncSession, entries: Sequence[Entry]) -> None:
        row = (await session.execute(text(ANCHOR))).first()
        end = Head(entries[-1].seq, entries[-1].mac)
        anchor = Anchor(*row) if row else None
        report = verify(entries, end, (), self.log.keys, anchor=anchor)
        if not report.is_intact:
            raise AuditBrokenError(report.faults[0].explanation)

    def _anchor(self, last: Entry) -> Anchor:
        return Anchor.of(Head(last.seq, last.mac), self.log.keys.current, now=self.log.clock())


def _pruned(entries: Sequence[Entry], file: str) -> Decision:
    first, last = entries[0], entries[-1]
    detail = {"entries": len(entries), "until": last.created_at.isoformat(), "file": file}
    return Decision("audit.pruned", "upkeep", f"{first.seq}-{last.seq}", detail=detail)
