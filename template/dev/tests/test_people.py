import json
from pathlib import Path

import psycopg

from devstack.people import load_tenants, store_tenants, write_people
from runtime.settings import RuntimeSettings

ISSUER = "http://localhost:9000"


def test_the_seeds_have_two_tenants_with_every_role() -> None:
    tenants = load_tenants()
    assert len(tenants) == 2
    for tenant in tenants:
        roles = {role for user in tenant.users for role in user.roles}
        assert roles == {"member", "reviewer", "admin"}


def test_store_tenants_twice_is_the_same_as_once(settings: RuntimeSettings) -> None:
    # covers R-0306
    tenants = load_tenants()
    for _ in range(2):
        store_tenants(settings.database_admin_url, ISSUER, tenants)
    users = _users(settings)
    assert len(users) == sum(len(tenant.users) for tenant in tenants)
    assert set(users.values()) == {ISSUER}


def test_store_tenants_follows_the_provider_to_another_port(settings: RuntimeSettings) -> None:
    for issuer in (ISSUER, "http://localhost:9001"):
        store_tenants(settings.database_admin_url, issuer, load_tenants())
    assert set(_users(settings).values()) == {"http://localhost:9001"}


def test_write_people_lists_everybody_for_the_provider(tmp_path: Path) -> None:
    write_people(tmp_path / "people.json", load_tenants())
    people = json.loads((tmp_path / "people.json").read_text())
    assert {person["subject"] for person in people} == {
        user.subject for tenant in load_tenants() for user in tenant.users
    }


def _users(settings: RuntimeSettings) -> dict[str, str]:
    subjects = [user.subject for tenant in load_tenants() for user in tenant.users]
    with psycopg.connect(settings.database_admin_url) as owner:
        query = "SELECT subject, issuer FROM users WHERE subject = ANY(%s)"
        return dict(owner.execute(query, [subjects]).fetchall())
