"""Sessions start with a new id, and end. covers R-0401, R-0403, R-0405."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from devstack.fixtures import TestTenant
from oidc_auth.config import AuthSettings
from oidc_auth.errors import SessionEndedError
from oidc_auth.sessions import Person, Sessions
from runtime.database import Database

DAY_S = 24 * 3600


def person_of(tenant: TestTenant, role: str = "member") -> Person:
    user = getattr(tenant, role)
    return Person(
        id=user.id,
        email=user.email,
        name=role,
        roles=frozenset({role}),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.slug,
        is_paused=False,
    )


@pytest.fixture
def owner(database_urls: Any) -> Iterator[Any]:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


async def test_find_returns_the_person_of_a_session(sessions: Sessions, tenant: TestTenant) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    assert await sessions.find(sid) == person_of(tenant)


@pytest.mark.parametrize("sid", ["", "made-up", "\u00e9"])
async def test_find_refuses_an_unknown_id(sessions: Sessions, sid: str) -> None:
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_start_draws_a_new_id_each_time(sessions: Sessions, tenant: TestTenant) -> None:
    first, second = [await sessions.start(person_of(tenant), id_token="token") for _ in range(2)]
    assert first != second
    assert len(first) == 43  # 256 bits


async def test_start_stores_neither_the_id_nor_the_tokens_readably(
    sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="visible", refresh_token="seen")
    stored = str(owner.execute("SELECT s::text FROM sessions s").fetchall())
    for secret in (sid, "visible", "seen", b"visible".hex(), b"seen".hex()):
        assert secret not in stored


async def test_find_reads_roles_and_pause_anew(
    sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    owner.execute("UPDATE users SET roles = '{admin}' WHERE id = %s", [tenant.member.id])
    owner.execute("UPDATE tenants SET paused = true WHERE id = %s", [tenant.id])
    found = await sessions.find(sid)
    assert (found.roles, found.is_paused) == (frozenset({"admin"}), True)


async def test_find_refuses_the_session_of_a_person_who_was_removed(
    sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    owner.execute("DELETE FROM users WHERE id = %s", [tenant.member.id])
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_find_ends_an_idle_session(
    sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    clock.now += 8 * 3600
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_find_keeps_a_used_session_alive_until_the_absolute_cap(
    sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    ends = clock.now + 30 * DAY_S
    while clock.now + 7 * 3600 < ends:
        clock.now += 7 * 3600
        assert (await sessions.find(sid)).id == tenant.member.id
    clock.now = ends
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_end_returns_the_id_token_once(sessions: Sessions, tenant: TestTenant) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    assert await sessions.end(sid) == "token"
    assert await sessions.end(sid) is None
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_end_works_after_the_secret_was_changed(
    sessions: Sessions,
    tenant: TestTenant,
    database: Database,
    auth_settings: AuthSettings,
    clock: Any,
) -> None:
    sid = await sessions.start(person_of(tenant), id_token="token")
    values = auth_settings.model_dump() | {"session_secret": "another secret, also long enough"}
    changed = Sessions(database, type(auth_settings)(**values), clock)
    assert await changed.end(sid) is None


def test_person_is_immutable(tenant: TestTenant) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        person_of(tenant).is_paused = True  # type: ignore[misc] # the point
