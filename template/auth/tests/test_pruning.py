"""What has ended is forgotten, and nothing else. covers R-0403."""

from typing import Any

import pytest

from devstack.fixtures import TestTenant
from oidc_auth.errors import SessionEndedError
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from oidc_auth.policy import AuthPolicy
from oidc_auth.pruning import Pruning
from oidc_auth.replay import PostgresReplays
from oidc_auth.sessions import Sessions
from oidc_auth.transactions import Transactions
from runtime.database import Database


@pytest.fixture
def person(tenant: TestTenant) -> Person:
    member = tenant.member
    names = (tenant.id, tenant.slug, tenant.slug)
    return Person(member.id, member.email, "Ada", frozenset({"member"}), *names, is_paused=False)


@pytest.fixture
def pruning(database: Database, clock: Any) -> Pruning:
    return Pruning(database, AuthPolicy(), clock)


@pytest.fixture(autouse=True)
def _empty(owner: Any) -> None:
    owner.execute("TRUNCATE sessions, login_transactions, spent, job_keys")


def age(owner: Any, seconds: int) -> None:
    """Make everything older, as the database sees it."""
    for table, columns in {
        "sessions": ("last_seen_at", "expires_at"),
        "login_transactions": ("expires_at",),
        "spent": ("expires_at",),
        "job_keys": ("created_at",),
    }.items():
        changes = ", ".join(f"{name} = {name} - interval '{seconds} s'" for name in columns)
        owner.execute(f"UPDATE {table} SET {changes}")


async def test_run_forgets_what_has_ended(
    pruning: Pruning,
    sessions: Sessions,
    transactions: Transactions,
    database: Database,
    clock: Any,
    owner: Any,
    person: Person,
    tenant: TestTenant,
) -> None:
    await sessions.start(person, Grant("token"))
    await transactions.begin(return_to="/")
    await PostgresReplays(database, clock).claim("value", ttl_s=60)
    owner.execute("INSERT INTO job_keys (tenant_id, name, key) VALUES (%s, 'j', 'k')", [tenant.id])
    kept = {"sessions": 0, "login_transactions": 0, "spent": 0, "job_keys": 0}
    assert await pruning.run() == kept
    age(owner, 8 * 3600)
    assert await pruning.run() == kept | {"sessions": 1, "login_transactions": 1, "spent": 1}
    age(owner, 14 * 24 * 3600)
    assert await pruning.run() == kept | {"job_keys": 1}


async def test_run_keeps_live_sessions_and_replaced_ones(
    pruning: Pruning, sessions: Sessions, clock: Any, owner: Any, person: Person
) -> None:
    first = await sessions.start(person, Grant("token"))
    second = await sessions.replace(first)
    owner.execute(
        "UPDATE sessions SET last_seen_at = last_seen_at - interval '1 day'"
        " WHERE replaced_at IS NOT NULL"
    )
    assert (await pruning.run())["sessions"] == 0
    assert (await sessions.find(second)).id == person.id
    clock.now += 11
    owner.execute("UPDATE sessions SET last_seen_at = now()")
    with pytest.raises(SessionEndedError):
        await sessions.read(first)
