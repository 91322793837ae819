"""Entries in the database, one statement for any number of them."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit.chain import AuditKey, Head, seal
from oidc_auth.audit.entries import Entry

# Taking the head locks it until the transaction ends: the chain has one order.
_HEAD = text("SELECT seq, mac FROM take_audit_head()")
_AS_WRITER = text("SELECT set_config('app.audit', 'write', true)")
_INSERT = text("""
INSERT INTO audit_log (id, created_at, tenant_id, actor, action, target, outcome, rule, reasons,
  policy_version, detail, correlation_id, seq, prev, key_id, mac)
SELECT id, created_at, tenant_id, actor, action, target, outcome, rule,
  ARRAY(SELECT jsonb_array_elements_text(reasons)), policy_version, detail, correlation_id, seq,
  decode(prev, 'hex'), key_id, decode(mac, 'hex')
FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS entry (id uuid, created_at timestamptz,
  tenant_id uuid, actor text, action text, target text, outcome text, rule text, reasons jsonb,
  policy_version text, detail jsonb, correlation_id text, seq bigint, prev text, key_id text,
  mac text)
""")


async def write(session: AsyncSession, entries: Sequence[Entry], key: AuditKey) -> Head:
    """Seal the entries as the chain's next ones and insert them; return the chain's new end."""
    await session.execute(_AS_WRITER)
    found = (await session.execute(_HEAD)).one()
    sealed = seal(entries, Head(found.seq, bytes(found.mac)), key)
    rows = ",".join(entry.line() for entry in sealed)
    await session.execute(_INSERT, {"entries": f"[{rows}]"})
    return Head(sealed[-1].seq, sealed[-1].mac)


async def read_head(session: AsyncSession) -> Head:
    """Return where the chain ends now."""
    found = (await session.execute(_HEAD)).one()
    return Head(found.seq, bytes(found.mac))
