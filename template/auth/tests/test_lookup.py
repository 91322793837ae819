"""Sessions that are looked up at once share a round trip, and nothing else. covers R-0405."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest

from devstack.fixtures import TestTenant
from oidc_auth.errors import SessionEndedError
from oidc_auth.grants import Grant
from oidc_auth.lookup import Lookup
from oidc_auth.sealing import digest
from oidc_auth.sessions import Sessions
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


async def test_everybody_gets_their_own_session_or_none(
    person_of: Any,
    sessions: Sessions,
    database: Database,
    tenant: TestTenant,
    other_tenant: TestTenant,
) -> None:
    people = [person_of(tenant), person_of(other_tenant, "admin"), person_of(tenant, "reviewer")]
    sids = [await sessions.start(person, Grant("token")) for person in people]
    held = Held(database)
    lookup = Lookup(cast("Database", held))
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
