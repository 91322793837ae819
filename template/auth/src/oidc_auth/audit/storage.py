"""Entries in the database, one statement for any number of them."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit.chain import AuditKey, Head, seal
from oidc_auth.audit.entries import Entry
from runtime.database import Database

# Taking the head locks it until the transaction ends: the chain has one order.
_HEAD = text("SELECT seq, mac FROM take_audit_head()")
_WRITTEN = text("SELECT written FROM written_audit_entries(CAST(:ids AS uuid[])) AS written")
_APPEND = text("SELECT FROM append_audit_entries(:after_seq, :after_mac, CAST(:entries AS jsonb))")
_APPEND_AFTER = (
    "SELECT seq, mac FROM append_audit_entries(%(after_seq)s, %(after_mac)s, %(entries)s::jsonb)"
)


async def write(session: AsyncSession, entries: Sequence[Entry], key: AuditKey) -> Head:
    """Seal the entries as the chain's next ones and insert them; return the chain's new end."""
    head = await read_head(session)
    if not entries:
        return head
    lines, end = seal(entries, head, key)
    await session.execute(_APPEND, _values(head, lines))
    return end


async def write_rest(session: AsyncSession, entries: Sequence[Entry], key: AuditKey) -> Head:
    """Write those of the entries that are not there yet, in their order."""
    await read_head(session)  # nobody else writes from here on
    ids = [entry.id for entry in entries]
    written = set(await session.scalars(_WRITTEN, {"ids": ids}))
    return await write(session, [entry for entry in entries if entry.id not in written], key)


async def write_after(
    database: Database, head: Head, entries: Sequence[Entry], key: AuditKey
) -> Head | None:
    """Write entries in one round trip if the chain ends at ``head``; None where it does not."""
    lines, end = seal(entries, head, key)
    ((seq, mac),) = await database.call(_APPEND_AFTER, _values(head, lines))
    return end if Head(seq, bytes(mac)) == head else None


async def read_head(session: AsyncSession) -> Head:
    """Return where the chain ends now."""
    found = (await session.execute(_HEAD)).one()
    return Head(found.seq, bytes(found.mac))


def _values(head: Head, lines: Sequence[str]) -> dict[str, object]:
    return {"after_seq": head.seq, "after_mac": head.mac, "entries": f"[{','.join(lines)}]"}
