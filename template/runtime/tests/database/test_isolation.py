"""Attacks on the wall between tenants: the database must stop them, whatever our queries say."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from devstack.fixtures import ISSUER, TestTenant
from runtime.database import Database
from runtime.database.models import (
    AuditEntry,
    Conversation,
    Document,
    Session,
    SigningKey,
    Tenant,
    User,
)


@pytest_asyncio.fixture
async def secret(database: Database, other_tenant: TestTenant) -> AsyncIterator[Conversation]:
    """A conversation that belongs to the other tenant."""
    row = Conversation(tenant_id=other_tenant.id, user_id=other_tenant.member.id, title="secret")
    async with database.tenant(other_tenant.id) as session:
        session.add(row)
    yield row


@contextmanager
def planted(owner_url: str, fault: str, repair: str) -> Iterator[None]:
    """Weaken the database, and mend it again."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(fault.encode())
        try:
            yield
        finally:
            owner.execute(repair.encode())


async def _titles(database: Database, tenant: TestTenant) -> list[str]:
    async with database.tenant(tenant.id) as session:
        return list(await session.scalars(select(Conversation.title)))


async def test_a_tenant_reads_only_its_own_rows(
    database: Database, tenant: TestTenant, other_tenant: TestTenant, secret: Conversation
) -> None:
    # covers R-0405
    assert await _titles(database, tenant) == []
    assert await _titles(database, other_tenant) == ["secret"]


async def test_reading_would_leak_without_the_policy(
    database: Database, tenant: TestTenant, secret: Conversation, database_urls: tuple[str, str]
) -> None:
    fault = "CREATE POLICY leak ON conversations USING (true)"
    with planted(database_urls[1], fault, "DROP POLICY leak ON conversations"):
        assert "secret" in await _titles(database, tenant)


async def test_reading_would_leak_without_row_level_security(
    database: Database, tenant: TestTenant, secret: Conversation, database_urls: tuple[str, str]
) -> None:
    alter = "ALTER TABLE conversations {} ROW LEVEL SECURITY"
    with planted(database_urls[1], alter.format("DISABLE"), alter.format("ENABLE")):
        assert "secret" in await _titles(database, tenant)


async def test_a_transaction_without_a_tenant_sees_nothing(
    database: Database, secret: Conversation
) -> None:
    async with database.session() as session:
        for model in (Tenant, User, Conversation, Document, Session):
            assert await session.scalar(select(func.count()).select_from(model)) == 0


async def test_a_pooled_connection_does_not_carry_the_tenant_on(
    database: Database, other_tenant: TestTenant, secret: Conversation
) -> None:
    assert await _titles(database, other_tenant) == ["secret"]
    async with database.session() as session:
        assert await session.scalar(text("SELECT current_tenant()")) is None
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_a_tenant_can_not_change_another_tenants_row(
    database: Database, tenant: TestTenant, other_tenant: TestTenant, secret: Conversation
) -> None:
    async with database.tenant(tenant.id) as session:
        for statement in (
            "UPDATE conversations SET title = 'taken' WHERE id = :id",
            "DELETE FROM conversations WHERE id = :id",
        ):
            result = await session.execute(text(f"{statement} RETURNING id"), {"id": secret.id})
            assert result.all() == []
    assert await _titles(database, other_tenant) == ["secret"]


async def test_a_tenant_can_not_write_a_row_for_another(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.tenant(tenant.id) as session:
            session.add(
                Conversation(
                    tenant_id=other_tenant.id, user_id=other_tenant.member.id, title="planted"
                )
            )


async def test_a_tenant_can_not_give_its_row_away(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.tenant(tenant.id) as session:
            await session.execute(
                text("UPDATE users SET tenant_id = :other"), {"other": other_tenant.id}
            )


async def test_a_tenant_can_not_refer_to_another_tenants_row(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    with pytest.raises(IntegrityError, match="foreign key"):
        async with database.tenant(tenant.id) as session:
            session.add(
                Conversation(tenant_id=tenant.id, user_id=other_tenant.member.id, title="linked")
            )


async def test_a_tenant_can_not_make_tenants(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.tenant(uuid4()) as session:
            session.add(Tenant(slug="made-up", name="Made up"))


async def test_the_services_role_is_not_above_the_policies(database: Database) -> None:
    query = text(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    async with database.session() as session:
        assert (await session.execute(query)).one() == (False,) * 5


@pytest.mark.parametrize(
    "attack",
    [
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER TABLE conversations DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON conversations",
        "CREATE POLICY leak ON conversations USING (true)",
        "COPY conversations TO PROGRAM 'cat'",
        "CREATE TABLE mine (id int)",
        "TRUNCATE conversations",
    ],
)
async def test_the_services_role_can_not_tear_the_wall_down(
    database: Database, tenant: TestTenant, attack: str
) -> None:
    with pytest.raises(DBAPIError, match=r"denied|must be owner|must be able"):
        async with database.tenant(tenant.id) as session:
            await session.execute(text(attack))


async def test_no_tenant_is_not_every_tenant(database: Database, secret: Conversation) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT set_config('app.tenant_id', '*', true)"))
        with pytest.raises(DBAPIError, match="uuid"):
            await session.scalar(select(func.count()).select_from(Conversation))


async def test_the_audit_log_only_grows(
    database: Database, tenant: TestTenant, database_urls: tuple[str, str]
) -> None:
    async with database.tenant(tenant.id) as session:
        seq, mac = (await session.execute(text("SELECT seq, mac FROM take_audit_head()"))).one()
        row = {"seq": seq + 1, "prev": mac, "key_id": "k", "mac": b"m", "correlation_id": "1"}
        session.add(AuditEntry(tenant_id=tenant.id, actor="a", action="b", target="c", **row))
    for statement in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.tenant(tenant.id) as session:
                await session.execute(text(statement))
        with (
            psycopg.connect(database_urls[1]) as owner,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
        ):
            owner.execute(statement.encode())


async def test_sign_in_sees_one_person_and_their_tenant(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    async with database.session(identity=(ISSUER, tenant.member.subject)) as session:
        assert list(await session.scalars(select(User.id))) == [tenant.member.id]
        assert list(await session.scalars(select(Tenant.id))) == [tenant.id]
        changed = await session.execute(text("UPDATE users SET roles = '{admin}' RETURNING id"))
        assert changed.all() == []


async def test_a_subject_of_another_issuer_is_somebody_else(
    database: Database, tenant: TestTenant
) -> None:
    async with database.session(
        identity=("https://evil.example", tenant.member.subject)
    ) as session:
        assert list(await session.scalars(select(User.id))) == []


async def test_a_cookie_opens_its_own_session_only(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    for owner in (tenant, other_tenant):
        async with database.tenant(owner.id) as session:
            session.add(
                Session(
                    sid_hash=f"hash-of-{owner.slug}",
                    tenant_id=owner.id,
                    user_id=owner.member.id,
                    region="local",
                    provider_subject=f"subject-of-{owner.slug}",
                    provider_session=f"session-of-{owner.slug}",
                    authenticated_at=func.now(),
                    expires_at=func.now() + text("interval '1 hour'"),
                )
            )
    async with database.session(sid_hash=f"hash-of-{tenant.slug}") as session:
        assert list(await session.scalars(select(Session.tenant_id))) == [tenant.id]
        assert list(await session.scalars(select(User.id))) == [tenant.member.id]
        assert list(await session.scalars(select(Tenant.id))) == [tenant.id]
        changed = await session.execute(text("UPDATE users SET roles = '{admin}' RETURNING id"))
        assert changed.all() == []
    for scope in (
        database.session(provider_subject=f"subject-of-{tenant.slug}"),
        database.session(provider_session=f"session-of-{tenant.slug}"),
    ):
        async with scope as session:
            assert list(await session.scalars(select(Session.tenant_id))) == [tenant.id]
            assert list(await session.scalars(select(User.id))) == []


async def test_upkeep_sees_only_what_has_expired(database: Database, tenant: TestTenant) -> None:
    for name, age in (("alive", "1 hour"), ("dead", "-1 hour")):
        async with database.tenant(tenant.id) as session:
            session.add(
                Session(
                    sid_hash=f"{name}-{tenant.slug}",
                    tenant_id=tenant.id,
                    user_id=tenant.member.id,
                    region="local",
                    provider_subject="s",
                    authenticated_at=func.now(),
                    expires_at=func.now() + text(f"interval '{age}'"),
                )
            )
    async with database.session(purpose="upkeep") as session:
        seen = await session.scalars(select(Session.sid_hash).where(Session.tenant_id == tenant.id))
        assert list(seen) == [f"dead-{tenant.slug}"]


async def test_signing_keys_are_seen_by_those_who_ask_for_keys(database: Database) -> None:
    key = SigningKey(
        kid=f"k-{uuid4()}", private_key=b"x", created_at=func.now(), active_at=func.now()
    )
    async with database.session(purpose="keys") as session:
        session.add(key)
    async with database.session() as session:
        assert list(await session.scalars(select(SigningKey.kid))) == []
