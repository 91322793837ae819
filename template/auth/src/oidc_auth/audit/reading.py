"""Entries as the tables' owner reads them, for verification and for questions from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from oidc_auth.audit.chain import Head
from oidc_auth.audit.checkpoints import Anchor
from oidc_auth.audit.entries import Entry
from runtime.database.models import AuditEntry
from runtime.settings import SettingsError

Log = psycopg.Connection[DictRow]

_COLUMNS = (
    "id, created_at, tenant_id, actor, action, target, outcome, rule, reasons, policy_version,"
    " detail, correlation_id, seq, prev, key_id, mac"
)
_ALL = f"SELECT {_COLUMNS} FROM audit_log WHERE seq IS NOT NULL ORDER BY seq"  # noqa: S608
_ONE = f"SELECT {_COLUMNS} FROM audit_log WHERE id = %s"  # noqa: S608
ANCHOR = "SELECT seq, mac, at, key_id, seal FROM audit_anchor"
_UNSEALED = "SELECT count(*) FROM audit_log WHERE seq IS NULL"
_BATCH = 2000


@contextmanager
def reading(owner_url: str) -> Iterator[Log]:
    """Open a read-only transaction that sees one moment of the log, however long it takes.

    Raises:
        SettingsError: there is no address of the tables' owner.
    """
    if not owner_url:
        raise SettingsError("DATABASE_ADMIN_URL is not set: see .env.example.")
    with psycopg.connect(owner_url, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def all_entries(connection: Log) -> Iterator[Entry]:
    """Read the chain from its beginning, a batch at a time."""
    with connection.cursor(name="audit") as cursor:
        cursor.itersize = _BATCH
        for row in cursor.execute(_ALL.encode()):
            yield entry_of(row)


def one_entry(connection: Log, entry_id: UUID) -> Entry | None:
    """Read one entry."""
    row = connection.execute(_ONE.encode(), [entry_id]).fetchone()
    return None if row is None else entry_of(row)


def head(connection: Log) -> Head:
    """Read where the database says that the chain ends."""
    row = connection.execute("SELECT seq, mac FROM audit_head").fetchone()
    return Head(0, b"") if row is None else Head(row["seq"], bytes(row["mac"]))


def anchor(connection: Log) -> Anchor | None:
    """Read up to where entries have left."""
    row = connection.execute(ANCHOR).fetchone()
    return None if row is None else Anchor(**row)


def unsealed(connection: Log) -> int:
    """Count the entries that are older than the chain."""
    row = connection.execute(_UNSEALED).fetchone()
    return 0 if row is None else int(row["count"])


def names(connection: Log, entry: Entry) -> dict[str, str]:
    """Return what to call the entry's actor and tenant, by their ids, where they still exist."""
    people = "SELECT id::text, name || ' <' || email || '>' AS name FROM users WHERE id::text = %s"
    tenants = "SELECT id::text, name FROM tenants WHERE id = %s"
    connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(entry.tenant_id or "")])
    rows = [
        *connection.execute(people, [entry.actor]),
        *connection.execute(tenants, [entry.tenant_id]),
    ]
    return {row["id"]: row["name"] for row in rows}


def entry_of(row: DictRow | AuditEntry) -> Entry:
    """Return the entry of a row."""
    found = row if isinstance(row, dict) else {name: getattr(row, name) for name in _NAMES}
    return Entry(
        **{name: found[name] for name in _NAMES[:8]},
        reasons=tuple(found["reasons"]),
        **{name: found[name] for name in _NAMES[9:12]},
        seq=found["seq"] or 0,
        prev=bytes(found["prev"] or b""),
        key_id=found["key_id"] or "",
        mac=bytes(found["mac"] or b""),
    )


_NAMES = _COLUMNS.replace(" ", "").split(",")
