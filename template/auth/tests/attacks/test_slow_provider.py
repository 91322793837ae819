"""A provider that takes its time while sessions are due. covers R-0401, R-0403."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from devstack.attacks.provider import ISSUER
from oidc_auth.config import AuthSettings
from oidc_auth.errors import ProviderUnavailableError, RefreshRefusedError, SessionEndedError
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from oidc_auth.refresh import Refresher
from oidc_auth.sessions import Sessions
from runtime.database import Database
from runtime.settings import RuntimeSettings

DUE_S = 300


@dataclass
class SlowProvider:
    """Answers a refresh when the test says so; ``was_asked`` is released at each question."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)
    was_asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    asked: list[str] = field(default_factory=list)
    failure: Exception | None = None

    async def refresh(self, refresh_token: str, *, id_token: str) -> Grant:
        self.asked.append(refresh_token)
        self.was_asked.release()
        await self.answers.wait()
        if self.failure is not None:
            raise self.failure
        return Grant.renewed(
            {"refresh_token": f"{refresh_token}+", "expires_in": DUE_S}, id_token="i"
        )


@pytest.fixture
def provider() -> Any:
    return SlowProvider()


@pytest.fixture
async def small(
    settings: RuntimeSettings, audit_log: Any, database: Database
) -> AsyncIterator[Database]:
    """A database with two connections; a third waits."""
    opened = Database.open(settings, pool_size=1)
    opened.info |= database.info
    yield opened
    await opened.close()


@pytest.fixture
def sessions(small: Database, auth_settings: AuthSettings, clock: Any) -> Sessions:
    return Sessions(small, auth_settings, clock)


@pytest.fixture
def person(tenant: Any) -> Person:
    return Person(
        id=tenant.member.id,
        email="",
        name="",
        roles=frozenset({"member"}),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.slug,
        is_paused=False,
    )


@pytest.fixture
def start(sessions: Sessions, person: Person) -> Callable[[str], Any]:
    """Begin a session that is due after ``DUE_S``."""

    def begin(token: str = "first") -> Any:
        grant = Grant("i", refresh_token=token, expires_in_s=DUE_S, issuer=ISSUER, subject="ada")
        return sessions.start(person, grant)

    return begin


async def request(refresher: Refresher, sid: str) -> None:
    """What every request does with its cookie."""
    await refresher.keep_fresh(sid, await refresher.sessions.read(sid))


async def refresh_token(sessions: Sessions, sid: str) -> str | None:
    async with sessions.locked(sid) as (_, row):
        return sessions.vault.open(row.sid_hash, row.refresh_token) if row else None


async def test_hanging_provider_leaves_the_pool_free(
    sessions: Sessions, provider: Any, start: Any, clock: Any, small: Database
) -> None:
    sids = [await start(f"token-{number}") for number in range(12)]
    clock.now += DUE_S
    refresher = Refresher(sessions, provider)
    waiting = [asyncio.create_task(request(refresher, sid)) for sid in sids]
    for _ in sids:
        await provider.was_asked.acquire()
    assert small.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # of a queue pool
    await small.ping()
    provider.answers.set()
    await asyncio.gather(*waiting)
    assert [await refresh_token(sessions, sid) for sid in sids] == [
        f"token-{number}+" for number in range(12)
    ]


async def test_other_processes_wait_for_the_one_that_asks(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    looks = 0

    async def look_again(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            provider.answers.set()
            await leading

    leading = asyncio.create_task(request(Refresher(sessions, provider), sid))
    await provider.was_asked.acquire()
    await request(Refresher(sessions, provider, look_again), sid)
    assert provider.asked == ["first"]
    assert looks == 3
    await leading


async def test_waiting_ends_while_the_one_that_asks_does_not(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    """As in an outage, the session goes on for a while and no longer."""
    sid = await start()
    clock.now += DUE_S
    await Refresher(sessions, provider).leases.take(sid)

    async def look_again(_seconds: float) -> None:
        """Pass no time."""

    await request(Refresher(sessions, provider, look_again), sid)
    assert provider.asked == []
    clock.now += sessions.policy.outage_s - 1
    await Refresher(sessions, provider).leases.take(sid)
    clock.now += 1
    with pytest.raises(ProviderUnavailableError):
        await request(Refresher(sessions, provider, look_again), sid)


async def test_a_holder_that_died_loses_the_lease(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    lease = await Refresher(sessions, provider).leases.take(sid)
    assert lease is not None
    clock.now += 61
    provider.answers.set()
    await request(Refresher(sessions, provider), sid)
    assert await refresh_token(sessions, sid) == "first+"
    async with Refresher(sessions, provider).leases.settle(lease) as (_, row):
        assert row is None, "who comes back late must not overwrite the new token"


async def test_tokens_go_to_the_session_that_took_the_place(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    leading = asyncio.create_task(request(Refresher(sessions, provider), sid))
    await provider.was_asked.acquire()
    second = await sessions.replace(sid)
    provider.answers.set()
    await leading
    assert await refresh_token(sessions, second) == "first+"


async def test_tokens_of_a_new_sign_in_are_not_overwritten(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    provider.failure = RefreshRefusedError()
    leading = asyncio.create_task(request(Refresher(sessions, provider), sid))
    await provider.was_asked.acquire()
    fresh = Grant("i", refresh_token="second", expires_in_s=DUE_S, issuer=ISSUER, subject="ada")
    second = await sessions.replace(sid, fresh)
    provider.answers.set()
    with pytest.raises(SessionEndedError):
        await leading
    assert await refresh_token(sessions, second) == "second"


async def test_a_session_that_ended_meanwhile_stays_ended(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    leading = asyncio.create_task(request(Refresher(sessions, provider), sid))
    await provider.was_asked.acquire()
    await sessions.end(sid)
    provider.answers.set()
    await leading
    with pytest.raises(SessionEndedError):
        await sessions.read(sid)


async def test_an_outage_gives_the_lease_back(
    sessions: Sessions, provider: Any, start: Any, clock: Any
) -> None:
    sid = await start()
    clock.now += DUE_S
    provider.answers.set()
    provider.failure = ProviderUnavailableError("The identity provider does not answer.")
    await request(Refresher(sessions, provider), sid)
    provider.failure = None
    await request(Refresher(sessions, provider), sid)
    assert await refresh_token(sessions, sid) == "first+"
    live = await sessions.read(sid)
    assert live.refresh_at == sessions.now() + timedelta(seconds=DUE_S)
