"""The demo tenants and their users: ``seeds/<domain>/tenants.yaml``."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
import yaml

from runtime.product import product_entry, root


@dataclass(frozen=True)
class DemoUser:
    """A person that the development identity provider lets in."""

    subject: str
    email: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class DemoTenant:
    """An organisation of the seeds; its documents are in ``documents/<slug>/``."""

    slug: str
    name: str
    users: tuple[DemoUser, ...]

    @property
    def id(self) -> UUID:
        """The same on every machine."""
        return uuid5(NAMESPACE_URL, f"seed:{self.slug}")


def seeds() -> Path:
    """Return the folder of the product's domain."""
    return root() / "seeds" / str(product_entry("domain"))


def load_tenants() -> list[DemoTenant]:
    """Return the tenants of the seeds; a repo without seeds has none."""
    file = seeds() / "tenants.yaml"
    if not file.is_file():
        return []
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["tenants"]
    return [
        DemoTenant(entry["slug"], entry["name"], tuple(_user(user) for user in entry["users"]))
        for entry in entries
    ]


def write_people(file: Path, tenants: list[DemoTenant]) -> None:
    """Write the list that the development identity provider reads.

    It shows the roles on its page and puts them into no token: roles are ours to say.
    """
    people = [
        {
            "subject": user.subject,
            "email": user.email,
            "name": user.name,
            "tenant": tenant.name,
            "roles": list(user.roles),
        }
        for tenant in tenants
        for user in tenant.users
    ]
    file.write_text(json.dumps(people, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def store_tenants(admin_url: str, issuer: str, tenants: list[DemoTenant]) -> None:
    """Make the tenants and their users, or bring them up to date."""
    with psycopg.connect(admin_url) as connection:
        for tenant in tenants:
            # The owner may be bound by the policies too, where it is no superuser.
            connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.id)])
            connection.execute(
                "INSERT INTO tenants (id, slug, name) VALUES (%s, %s, %s)"
                " ON CONFLICT (slug) DO UPDATE SET name = excluded.name",
                [tenant.id, tenant.slug, tenant.name],
            )
            for user in tenant.users:
                _store_user(connection, issuer, tenant.id, user)


def _store_user(
    connection: psycopg.Connection, issuer: str, tenant_id: UUID, user: DemoUser
) -> None:
    connection.execute(
        "INSERT INTO users (id, tenant_id, issuer, subject, email, name, roles)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET issuer = excluded.issuer, email = excluded.email,"
        " name = excluded.name, roles = excluded.roles",
        [
            uuid5(tenant_id, user.subject),
            tenant_id,
            issuer,
            user.subject,
            user.email,
            user.name,
            list(user.roles),
        ],
    )


def _user(entry: dict[str, object]) -> DemoUser:
    roles = entry["roles"]
    return DemoUser(
        subject=str(entry["subject"]),
        email=str(entry["email"]),
        name=str(entry["name"]),
        roles=tuple(map(str, roles)) if isinstance(roles, list) else (),
    )
