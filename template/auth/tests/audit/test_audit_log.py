"""What is decided is recorded: at once, with its action, or through the buffer. covers R-0405."""

import asyncio
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from devstack.fixtures import TestTenant
from oidc_auth.audit import AuditKey, AuditKeys, AuditLog, Decision, append
from oidc_auth.audit.reading import entry_of
from oidc_auth.errors import AuditUnavailableError
from oidc_auth.policy.audit import AuditPolicy
from runtime.database import Database

KEYS = AuditKeys(AuditKey.of("k" * 32))
NOWHERE = "postgresql+psycopg://app@127.0.0.1:9/none"


@pytest.fixture
def owner(database_urls: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_urls[1], autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def unreachable() -> Database:
    return Database(create_async_engine(NOWHERE, connect_args={"connect_timeout": 1}))


def entries(owner: psycopg.Connection[Any], tenant: TestTenant) -> list[Any]:
    query = "SELECT * FROM audit_log WHERE tenant_id = %s ORDER BY seq"
    return [entry_of(row) for row in owner.execute(query, [tenant.id])]


def _lose_answers(call: Any) -> Any:
    async def lost(*given: Any) -> None:
        await call(*given)
        raise OperationalError("append", None, OSError("the connection is gone"))

    return lost


def decision(tenant: TestTenant, action: str = "access.allowed", **more: Any) -> Decision:
    return Decision(action, str(tenant.member.id), "GET /api/me", tenant.id, **more)


async def test_record_seals_an_entry_that_reads_back_unchanged(
    audit_log: AuditLog, tenant: TestTenant, owner: Any
) -> None:
    detail = {"roles": ["member"], "n": 3, "share": 0.1, "big": 1e5, "nested": {"a": None}}
    reasons = ("role_missing", "näin \x00 on")
    await audit_log.record(decision(tenant, "access.refused", detail=detail, reasons=reasons))
    (entry,) = entries(owner, tenant)
    assert entry.outcome == "deny"
    assert entry.reasons == ("role_missing", "näin \ufffd on")
    assert audit_log.keys.current.is_mac(entry.mac, entry.message())


async def test_append_is_kept_exactly_if_the_action_is(
    audit_log: AuditLog, database: Database, tenant: TestTenant, owner: Any
) -> None:
    async with database.tenant(tenant.id) as session:
        await append(session, decision(tenant, "tenant.paused"))
        await session.rollback()
    assert entries(owner, tenant) == []
    async with database.tenant(tenant.id) as session:
        await append(session, decision(tenant, "tenant.paused"))
    assert [entry.action for entry in entries(owner, tenant)] == ["tenant.paused"]


async def test_writers_of_several_processes_make_one_chain(
    audit_log: AuditLog,
    database: Database,
    tenant: TestTenant,
    other_tenant: TestTenant,
    owner: Any,
) -> None:
    other = AuditLog(database, audit_log.keys)
    for number in range(5):
        (audit_log if number % 2 else other).note(decision(tenant if number % 3 else other_tenant))
    await asyncio.gather(
        audit_log.flush(), other.flush(), *(other.record(decision(tenant)) for _ in range(5))
    )
    await other.close()
    chain = [entry_of(row) for row in owner.execute("SELECT * FROM audit_log ORDER BY seq")]
    assert [entry.seq for entry in chain] == list(range(1, len(chain) + 1))
    assert all(entry.prev == before.mac for before, entry in pairwise(chain))


async def test_note_writes_behind_the_request(
    audit_log: AuditLog, tenant: TestTenant, owner: Any
) -> None:
    audit_log.note(decision(tenant))
    assert audit_log.waiting == 1
    await audit_log.flush()
    assert audit_log.waiting == 0
    assert len(entries(owner, tenant)) == 1


async def test_outage_fails_what_must_not_happen_unrecorded(
    unreachable: Database, tenant: TestTenant
) -> None:
    log = AuditLog(unreachable, KEYS)
    with pytest.raises(AuditUnavailableError):
        await log.record(decision(tenant, "key.rotated"))


async def test_outage_keeps_a_bounded_number_of_allows_then_fails_closed(
    unreachable: Database, tenant: TestTenant
) -> None:
    log = AuditLog(unreachable, KEYS, policy=AuditPolicy(buffer_entries=2))
    log.note(decision(tenant))
    log.note(decision(tenant))
    with pytest.raises(AuditUnavailableError):
        log.note(decision(tenant))
    with pytest.raises(OperationalError):
        await log.flush()
    assert log.waiting == 2
    await log.close()


async def test_outage_that_ends_loses_nothing(
    unreachable: Database, database: Database, tenant: TestTenant, owner: Any
) -> None:
    log = AuditLog(unreachable, KEYS)
    log.note(decision(tenant))
    with pytest.raises(OperationalError):
        await log.flush()
    log.database = database
    await log.flush()
    await log.close()
    assert len(entries(owner, tenant)) == 1


@pytest.mark.parametrize("is_followed", [False, True])
async def test_entry_is_written_once_when_the_answer_is_lost(
    database: Database, tenant: TestTenant, owner: Any, monkeypatch: Any, is_followed: bool
) -> None:
    """The database has committed, the connection is gone, another process may write meanwhile."""
    log = AuditLog(database, KEYS)
    await log.record(decision(tenant, "first"))
    log.note(decision(tenant, "doubtful"))
    with monkeypatch.context() as network:
        network.setattr(database, "call", _lose_answers(database.call))
        with pytest.raises(OperationalError):
            await log.flush()
    if is_followed:
        await AuditLog(database, KEYS).record(decision(tenant, "of another process"))
    log.note(decision(tenant, "last"))
    await log.flush()
    await log.close()
    others = ["of another process"] if is_followed else []
    actions = [entry.action for entry in entries(owner, tenant)]
    assert actions == ["first", "doubtful", *others, "last"]


async def test_batches_of_one_writer_take_one_round_trip_each(
    audit_log: AuditLog, database: Database, tenant: TestTenant, monkeypatch: Any
) -> None:
    await audit_log.record(decision(tenant))
    with monkeypatch.context() as statements:
        statements.setattr(database, "session", None)  # a transaction of several
        for _ in range(3):
            audit_log.note(decision(tenant))
            await audit_log.flush()
    assert audit_log.waiting == 0


async def test_close_logs_whole_what_it_can_not_write(
    unreachable: Database, tenant: TestTenant, capsys: Any
) -> None:
    log = AuditLog(unreachable, KEYS)
    log.note(decision(tenant))
    await log.close()
    said = capsys.readouterr().out
    assert "audit_unwritten" in said
    assert str(tenant.member.id) in said


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "UPDATE audit_head SET seq = 0"],
)
async def test_services_may_only_insert(
    audit_log: AuditLog, database: Database, tenant: TestTenant, statement: str
) -> None:
    await audit_log.record(decision(tenant))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text(statement))


async def test_services_may_not_insert_beside_the_chain(
    audit_log: AuditLog, database: Database, tenant: TestTenant
) -> None:
    await audit_log.record(decision(tenant))
    row = {"id": str(uuid4()), "tenant": str(tenant.id), "detail": json.dumps({})}
    with pytest.raises(OperationalError, match="does not continue the audit chain"):
        async with database.tenant(tenant.id) as session:
            await session.execute(
                text(
                    "INSERT INTO audit_log (id, tenant_id, actor, action, target, correlation_id,"
                    " detail, seq, prev, key_id, mac) VALUES (:id, :tenant, 'a', 'b', 'c', 'd',"
                    " :detail, 999999, '', '', '')"
                ),
                row,
            )
