import json
from pathlib import Path

import psycopg
import pytest

from devstack.people import DemoTenant, DemoUser, load_tenants, store_tenants, write_people

ISSUER = "http://localhost:9000"
TENANTS = """
tenants:
  - slug: bakery
    name: Bakery
    users:
      - {subject: mia, email: mia@bakery.example, name: Mia, roles: [member]}
      - {subject: ada, email: ada@bakery.example, name: Ada, roles: [reviewer, admin]}
  - slug: garage
    name: Garage
    users:
      - {subject: rob, email: rob@garage.example, name: Rob, roles: [admin]}
"""


@pytest.fixture
def tenants(seeds: Path) -> list[DemoTenant]:
    """The tenants of that product."""
    (seeds / "tenants.yaml").write_text(TENANTS)
    return load_tenants()


def test_load_tenants_reads_the_seeds_of_the_domain(tenants: list[DemoTenant]) -> None:
    bakery, garage = tenants
    assert (bakery.slug, garage.name) == ("bakery", "Garage")
    assert bakery.id != garage.id
    assert bakery.users[1] == DemoUser("ada", "ada@bakery.example", "Ada", ("reviewer", "admin"))


@pytest.mark.usefixtures("seeds")
def test_load_tenants_of_a_repo_without_any_are_none() -> None:
    assert load_tenants() == []


def test_store_tenants_twice_is_the_same_as_once(
    database_urls: tuple[str, str], tenants: list[DemoTenant]
) -> None:
    # covers R-0306
    _, owner = database_urls
    for _ in range(2):
        store_tenants(owner, ISSUER, tenants)
    assert _users(owner) == dict.fromkeys(["mia", "ada", "rob"], ISSUER)


def test_store_tenants_follows_the_provider_to_another_port(
    database_urls: tuple[str, str], tenants: list[DemoTenant]
) -> None:
    _, owner = database_urls
    for issuer in (ISSUER, "http://localhost:9001"):
        store_tenants(owner, issuer, tenants)
    assert set(_users(owner).values()) == {"http://localhost:9001"}


def test_write_people_lists_everybody_for_the_provider(
    tmp_path: Path, tenants: list[DemoTenant]
) -> None:
    write_people(tmp_path / "people.json", tenants)
    people = json.loads((tmp_path / "people.json").read_text())
    assert {person["subject"]: person["tenant"] for person in people} == {
        "mia": "Bakery",
        "ada": "Bakery",
        "rob": "Garage",
    }


def _users(owner_url: str) -> dict[str, str]:
    with psycopg.connect(owner_url) as owner:
        return dict(owner.execute("SELECT subject, issuer FROM users").fetchall())
