"""Sessions start with a new id, and end. covers R-0401, R-0403, R-0405."""

import dataclasses
from typing import Any

import psycopg
import pytest

from devstack.fixtures import TestTenant
from oidc_auth.config import AuthSettings
from oidc_auth.errors import SessionEndedError
from oidc_auth.grants import Grant
from oidc_auth.sessions import Sessions
from runtime.database import Database

DAY_S = 24 * 3600
GRANT = Grant("token", issuer="https://provider.test", subject="ada", session="p1")


async def test_find_returns_the_person_of_a_session(
    person_of: Any, sessions: Sessions, tenant: TestTenant
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    assert await sessions.find(sid) == person_of(tenant)


@pytest.mark.parametrize("sid", ["", "made-up", "\u00e9"])
async def test_find_refuses_an_unknown_id(sessions: Sessions, sid: str) -> None:
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_start_draws_a_new_id_each_time(
    person_of: Any, sessions: Sessions, tenant: TestTenant, auth_settings: AuthSettings
) -> None:
    first, second = [await sessions.start(person_of(tenant), GRANT) for _ in range(2)]
    assert first != second
    region, secret = first.split(".")
    assert (region, len(secret)) == (auth_settings.region, 43)  # 256 bits


async def test_start_stores_neither_the_id_nor_the_tokens_readably(
    person_of: Any, sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), Grant("visible", "seen"))
    stored = str(owner.execute("SELECT s::text FROM sessions s").fetchall())
    for secret in (sid, "visible", "seen", b"visible".hex(), b"seen".hex()):
        assert secret not in stored


async def test_find_reads_roles_and_pause_anew(
    person_of: Any, sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    owner.execute("UPDATE users SET roles = '{admin}' WHERE id = %s", [tenant.member.id])
    owner.execute("UPDATE tenants SET paused = true WHERE id = %s", [tenant.id])
    found = await sessions.find(sid)
    assert (found.roles, found.is_paused) == (frozenset({"admin"}), True)


async def test_find_refuses_the_session_of_a_person_who_was_removed(
    person_of: Any, sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    owner.execute("DELETE FROM users WHERE id = %s", [tenant.member.id])
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_find_ends_an_idle_session(
    person_of: Any, sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    clock.now += 8 * 3600
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_find_keeps_a_used_session_alive_until_the_absolute_cap(
    person_of: Any, sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    ends = clock.now + 30 * DAY_S
    while clock.now + 7 * 3600 < ends:
        clock.now += 7 * 3600
        assert (await sessions.find(sid)).id == tenant.member.id
    clock.now = ends
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_end_returns_the_id_token_once(
    person_of: Any, sessions: Sessions, tenant: TestTenant
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    assert await sessions.end(sid) == "token"
    assert await sessions.end(sid) is None
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)


async def test_end_works_after_the_secret_was_changed(
    person_of: Any,
    sessions: Sessions,
    tenant: TestTenant,
    database: Database,
    auth_settings: AuthSettings,
    clock: Any,
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    values = auth_settings.model_dump() | {"session_secret": "another secret, also long enough"}
    changed = Sessions(database, type(auth_settings)(**values), clock)
    assert await changed.end(sid) is None


def test_person_is_immutable(person_of: Any, tenant: TestTenant) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        person_of(tenant).is_paused = True  # the point


async def test_read_tells_when_and_how_the_person_signed_in(
    person_of: Any, sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    grant = Grant("token", authenticated_at=clock.now - 60, acr="mfa", amr=("pwd", "otp"))
    live = await sessions.read(await sessions.start(person_of(tenant), grant))
    assert live.authenticated_at.timestamp() == pytest.approx(clock.now - 60)
    assert (live.acr, live.amr) == ("mfa", frozenset({"pwd", "otp"}))
    assert live.expires_at.timestamp() == pytest.approx(clock.now + 30 * DAY_S)


async def test_replace_draws_a_new_id_for_the_same_family(
    person_of: Any, sessions: Sessions, tenant: TestTenant, clock: Any
) -> None:
    first = await sessions.start(person_of(tenant), GRANT)
    before = await sessions.read(first)
    clock.now += DAY_S / 8
    second = await sessions.replace(first)
    after = await sessions.read(second)
    assert first != second
    assert (after.family, after.expires_at) == (before.family, before.expires_at)
    assert await sessions.end(second) == "token"


async def test_replace_takes_the_new_proof_and_leaves_the_old_id_without_it(
    person_of: Any, sessions: Sessions, tenant: TestTenant
) -> None:
    first = await sessions.start(person_of(tenant), GRANT)
    second = await sessions.replace(
        first, Grant("stronger", acr="mfa", authenticated_at=sessions.now().timestamp())
    )
    assert (await sessions.read(second)).acr == "mfa"
    old = await sessions.read(first)
    assert (old.acr, old.is_replaced) == (None, True)
    with pytest.raises(SessionEndedError):
        await sessions.replace(first)


async def test_read_takes_a_replaced_id_for_stolen_and_ends_the_family(
    person_of: Any, sessions: Sessions, tenant: TestTenant, clock: Any, owner: psycopg.Connection
) -> None:
    first = await sessions.start(person_of(tenant), GRANT)
    bystander = await sessions.start(person_of(tenant), GRANT)
    second = await sessions.replace(first)
    clock.now += 11
    for sid in (first, second):
        with pytest.raises(SessionEndedError):
            await sessions.read(sid)
    assert (await sessions.find(bystander)).id == tenant.member.id
    query = "SELECT action, reasons[1] FROM audit_log WHERE tenant_id = %s"
    assert owner.execute(query, [tenant.id]).fetchall() == [
        ("session.revoked", "replaced_cookie_came_back")
    ]


async def test_end_at_provider_ends_the_session_that_it_names(
    person_of: Any, sessions: Sessions, tenant: TestTenant
) -> None:
    one, two = (Grant("t", issuer="i", subject="ada", session=f"{tenant.id}{n}") for n in (1, 2))
    first, second = [await sessions.start(person_of(tenant), grant) for grant in (one, two)]
    ended = await sessions.end_at_provider("i", session=one.session, subject="ada")
    assert ended == [(tenant.id, tenant.member.id)]
    with pytest.raises(SessionEndedError):
        await sessions.find(first)
    assert (await sessions.find(second)).id == tenant.member.id


async def test_end_at_provider_ends_all_sessions_of_a_person(
    person_of: Any, sessions: Sessions, tenant: TestTenant
) -> None:
    subject = f"ada-{tenant.slug}"
    grant = Grant("token", issuer=GRANT.issuer, subject=subject, session="p1")
    sids = [await sessions.start(person_of(tenant), grant) for _ in range(2)]
    assert await sessions.end_at_provider("https://other.test", session=None, subject=subject) == []
    assert await sessions.end_at_provider(GRANT.issuer, session=None, subject=subject)
    for sid in sids:
        with pytest.raises(SessionEndedError):
            await sessions.find(sid)


async def test_read_refuses_the_session_of_another_region(
    person_of: Any,
    sessions: Sessions,
    tenant: TestTenant,
    database: Database,
    auth_settings: AuthSettings,
) -> None:
    sid = await sessions.start(person_of(tenant), GRANT)
    elsewhere = auth_settings.model_copy(update={"region": "elsewhere"})
    fallback = Sessions(database, elsewhere, lambda: 0.0)
    for told in (sid, sid.replace(auth_settings.region, "elsewhere")):
        with pytest.raises(SessionEndedError):
            await fallback.read(told)
        assert await fallback.end(told) is None
    assert (await sessions.find(sid)).id == tenant.member.id
