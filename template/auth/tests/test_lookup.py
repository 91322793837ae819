"""Sessions that are looked up at once share a round trip, and nothing else. covers R-0405."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from devstack.fixtures import TestTenant
from oidc_auth.dpop import Proof
from oidc_auth.errors import SessionEndedError
from oidc_auth.grants import Grant
from oidc_auth.lookup import Lookup
from oidc_auth.sealing import digest
from oidc_auth.sessions import Sessions
from oidc_auth.visitors import Visitor
from runtime.database import Database


class Held:
    """A database that counts statements and holds them until told to go on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked = 0
        self.go_on = asyncio.Event()

    async def call(self, statement: str, parameters: Mapping[str, object]) -> list[Any]:
        self.asked += 1
        await self.go_on.wait()
        return await self._database.call(statement, parameters)


@pytest.fixture
def lookups(database: Database, clock: Any) -> tuple[Lookup, Lookup]:
    """Those of two processes."""
    return Lookup(database, clock), Lookup(database, clock)


@pytest_asyncio.fixture
async def sid_hash(person_of: Any, sessions: Sessions, tenant: TestTenant) -> str:
    """A session that is bound to ``key``."""
    bound = Visitor("address", "network", "agent", jkt="key")
    return digest(await sessions.start(person_of(tenant), Grant("token"), bound))


def proof_of(jkt: str) -> Proof:
    return Proof(jkt, f"dpop:{jkt}:{uuid4()}", ttl_s=60)


async def test_everybody_gets_their_own_session_or_none(
    person_of: Any,
    sessions: Sessions,
    database: Database,
    tenant: TestTenant,
    other_tenant: TestTenant,
    clock: Any,
) -> None:
    people = [person_of(tenant), person_of(other_tenant, "admin"), person_of(tenant, "reviewer")]
    sids = [await sessions.start(person, Grant("token")) for person in people]
    held = Held(database)
    lookup = Lookup(cast("Database", held), clock)
    asked = [digest(sid) for sid in (*sids, "made-up", sids[0])]
    first = asyncio.create_task(lookup.find(uuid4().hex))
    await asyncio.sleep(0)
    others = [asyncio.create_task(lookup.find(sid_hash)) for sid_hash in asked]
    await asyncio.sleep(0)
    held.go_on.set()
    found = await asyncio.gather(*others)
    assert await first is None
    assert held.asked == 2, "those who ask meanwhile go together"
    whose = [rows and (rows[0].sid_hash, rows[1].id, rows[2].id) for rows in found]
    expected = [
        (sid_hash, person.id, person.tenant_id)
        for sid_hash, person in zip(asked, people, strict=False)
    ]
    assert whose == [*expected, None, expected[0]]


async def test_proof_is_new_once_whoever_asks(
    lookups: tuple[Lookup, Lookup], sid_hash: str, clock: Any
) -> None:
    """Not twice in one round trip, not in two, not for another process; nor before its end."""
    proof = proof_of("key")
    at_once = await asyncio.gather(*(lookups[0].find(sid_hash, proof) for _ in range(5)))
    assert [found and found.is_proven for found in at_once].count(True) == 1
    clock.now += proof.ttl_s - 1
    for lookup in lookups:
        found = await lookup.find(sid_hash, proof)
        assert found is not None
        assert not found.is_proven


async def test_proofs_that_come_together_are_all_new(
    lookups: tuple[Lookup, Lookup], sid_hash: str
) -> None:
    asked = [lookup.find(sid_hash, proof_of("key")) for lookup in lookups * 10]
    assert all(found and found.is_proven for found in await asyncio.gather(*asked))


async def test_proof_is_remembered_for_its_sessions_key_only(
    lookups: tuple[Lookup, Lookup], sid_hash: str, owner: psycopg.Connection[Any]
) -> None:
    """Or anybody could fill the memory, with keys and cookies of their own making."""
    before = owner.execute("SELECT count(*) FROM spent").fetchone()
    found = await lookups[0].find(sid_hash, proof_of("another key"))
    assert found is not None
    assert not found.is_proven
    assert await lookups[0].find(digest("made-up"), proof_of("key")) is None
    assert owner.execute("SELECT count(*) FROM spent").fetchone() == before


async def test_session_that_ended_meanwhile_is_not_found(
    person_of: Any, sessions: Sessions, tenant: TestTenant, owner: psycopg.Connection[Any]
) -> None:
    """Who asks after the end is not served from what was on its way before."""
    sid = await sessions.start(person_of(tenant), Grant("token"))
    before = asyncio.create_task(sessions.find(sid))
    await asyncio.sleep(0)
    owner.execute("DELETE FROM sessions WHERE sid_hash = %s", [digest(sid)])
    with pytest.raises(SessionEndedError):
        await sessions.find(sid)
    await asyncio.gather(before, return_exceptions=True)
