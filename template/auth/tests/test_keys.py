"""Keys overlap, so that nobody ever meets one that they can't know. covers R-0401, R-0509."""

import asyncio
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from oidc_auth.audit import AuditLog
from oidc_auth.config import AuthSettings
from oidc_auth.keys import KeyRing, Overlap, RingKey, new_key
from oidc_auth.policy import AuthPolicy
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from runtime.database import Database

OVERLAP = Overlap(lead_s=390, trail_s=390)


@pytest.fixture(autouse=True)
def _no_keys(database_urls: Any) -> None:
    with psycopg.connect(database_urls[1], autocommit=True) as owner:
        owner.execute("TRUNCATE signing_keys")


@pytest.fixture
def keys(
    database: Database, auth_settings: AuthSettings, clock: Any, audit_log: AuditLog
) -> SigningKeys:
    return SigningKeys(database, Sealer(auth_settings.session_secrets, PURPOSE), clock)


def unreachable() -> Database:
    nowhere = "postgresql+psycopg://app@127.0.0.1:1/app"
    return Database(create_async_engine(nowhere, connect_args={"connect_timeout": 1}))


def test_overlap_covers_caches_other_processes_and_clocks() -> None:
    policy = AuthPolicy()
    overlap = Overlap.of(policy)
    assert overlap.lead_s >= policy.jwks.ttl_s + policy.tokens.clock_skew_s + policy.keys.reload_s
    assert overlap.trail_s >= policy.tokens.lifetime_s + policy.tokens.clock_skew_s


def test_ring_passes_a_key_from_next_to_retired() -> None:
    old, new = RingKey(new_key(), 0.0), RingKey(new_key(), 1000.0)
    ring = KeyRing((old, new), OVERLAP)

    def seen(now: float) -> tuple[str, str]:
        return ring.states(now)[old.kid], ring.states(now)[new.kid]

    assert seen(999.9) == ("active", "next")
    assert seen(1000) == ("retiring", "active")
    assert seen(1389.9) == ("retiring", "active")
    assert seen(1390) == ("retired", "active")
    assert len(ring.document(1389)["keys"]) == 2
    assert [key["kid"] for key in ring.document(1390)["keys"]] == [new.kid]


def test_ring_publishes_no_private_part() -> None:
    document = KeyRing((RingKey(new_key(), 0.0),), OVERLAP).document(1)
    assert set(document["keys"][0]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}


def test_ring_without_an_active_key_signs_nothing() -> None:
    ring = KeyRing((RingKey(new_key(), 10.0),), OVERLAP)
    assert ring.active(9) is None
    assert len(ring.document(9)["keys"]) == 1


async def test_ring_begins_with_one_key_for_all_processes(
    keys: SigningKeys, auth_settings: AuthSettings
) -> None:
    other = replace(keys)
    assert (await keys.signing()).kid == (await other.signing()).kid


async def test_keys_are_stored_sealed(keys: SigningKeys, database_urls: Any) -> None:
    private = (await keys.signing()).as_dict(private=True)["d"]
    with psycopg.connect(database_urls[1]) as owner:
        stored = str(owner.execute("SELECT k::text, private_key FROM signing_keys k").fetchall())
    assert str(private) not in stored


async def test_rotate_announces_a_key_before_it_signs(keys: SigningKeys, clock: Any) -> None:
    first = (await keys.signing()).kid
    second = await keys.rotate()
    assert {key["kid"] for key in (await keys.document())["keys"]} == {first, second}
    assert (await keys.signing()).kid == first
    clock.now += Overlap.of(AuthPolicy()).lead_s
    assert (await keys.signing()).kid == second
    assert {key["kid"] for key in (await keys.document())["keys"]} == {first, second}


async def test_rotate_twice_announces_one_key(keys: SigningKeys) -> None:
    await keys.signing()
    assert await keys.rotate() == await keys.rotate()


async def test_rotate_reaches_other_processes_before_the_key_signs(
    keys: SigningKeys, clock: Any
) -> None:
    other = replace(keys)
    await other.signing()
    second = await keys.rotate()
    clock.now += AuthPolicy().keys.reload_s
    assert second in {key["kid"] for key in (await other.document())["keys"]}


async def test_rotate_forgets_stolen_keys_at_once(keys: SigningKeys, owner: Any) -> None:
    first = (await keys.signing()).kid
    second = await keys.rotate(is_compromised=True, actor="operator")
    assert (await keys.signing()).kid == second
    assert first not in {key["kid"] for key in (await keys.document())["keys"]}
    entry = "SELECT actor, outcome, reasons[1] FROM audit_log WHERE target = %s"
    assert owner.execute(entry, [second]).fetchone() == ("operator", "rotate", "key_compromised")


async def test_maintain_rotates_when_due_and_forgets_what_is_retired(
    keys: SigningKeys, clock: Any
) -> None:
    first = (await keys.signing()).kid
    assert await keys.maintain() is None
    clock.now += AuthPolicy().keys.rotate_s
    second = await keys.maintain()
    assert second is not None
    assert await keys.maintain() is None
    overlap = Overlap.of(AuthPolicy())
    clock.now += overlap.lead_s + overlap.trail_s
    await keys.maintain()
    assert list((await keys.ring()).states(clock.now)) == [second]
    assert first != second


async def test_maintain_of_several_workers_makes_one_key_a_period(
    keys: SigningKeys, clock: Any, owner: Any
) -> None:
    """Also the very first time, when there is no key yet."""
    workers = [replace(keys) for _ in range(3)]
    for announced in range(1, 4):
        made = await asyncio.gather(*(worker.maintain() for worker in workers))
        assert len([kid for kid in made if kid]) == 1
        stored = owner.execute("SELECT count(*) FROM signing_keys").fetchone()
        assert stored == (min(announced, 2),), "the active one and the one before it"
        clock.now += AuthPolicy().keys.rotate_s + Overlap.of(AuthPolicy()).lead_s


async def test_ring_goes_on_while_the_database_is_away(keys: SigningKeys, clock: Any) -> None:
    first = (await keys.signing()).kid
    reachable, keys.database = keys.database, unreachable()
    clock.now += AuthPolicy().keys.reload_s
    assert (await keys.signing()).kid == first
    with pytest.raises(OperationalError):
        await replace(keys).ring()
    keys.database = reachable
    clock.now += AuthPolicy().keys.reload_s
    assert (await keys.signing()).kid == first


async def test_ring_of_another_secret_starts_anew(
    keys: SigningKeys, database: Database, clock: Any, audit_log: AuditLog
) -> None:
    first = (await keys.signing()).kid
    other = SigningKeys(database, Sealer(("x" * 32,), PURPOSE), clock)
    assert (await other.signing()).kid != first
