"""A database, a tenant and a gateway on a port: one worker, in a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import psycopg
from pydantic import SecretStr

from devstack.databases import IN_MEMORY, fresh_database, shared_server
from devstack.device import Device
from devstack.products import write_repo
from oidc_auth.config import AuthSettings, system_clock
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from oidc_auth.sessions import Sessions
from oidc_auth.visitors import visitor
from runtime.database import Database

ISSUER = "https://provider.test"
PUBLIC_URL = "https://app.test"
AGENT = "benchmark"


@dataclass(frozen=True)
class World:
    """What every measurement needs."""

    database: Database
    settings: AuthSettings
    owner_url: str
    person: Person
    sid: str
    device: Device
    gateway: str
    gateway_pid: int

    @property
    def sessions(self) -> Sessions:
        """Return the sessions of this process."""
        return Sessions(self.database, self.settings, system_clock)


@asynccontextmanager
async def opened_world() -> AsyncIterator[World]:
    """Make a world, and take it down."""
    with (
        TemporaryDirectory() as folder,
        fresh_database(shared_server(), ports=()) as (app_url, owner_url),
    ):
        settings = _settings(app_url)
        database = Database.open(settings)
        person = _person(owner_url)
        device = Device()
        secret = settings.session_secret.get_secret_value()
        here = visitor(secret, "127.0.0.1", AGENT, jkt=device.jkt)
        sid = await Sessions(database, settings, system_clock).start(person, Grant("token"), here)
        process, address = await _start(settings, Path(folder))
        try:
            pid = process.pid
            yield World(database, settings, owner_url, person, sid, device, address, pid)
        finally:
            process.terminate()
            await process.wait()
            await database.close()


def _settings(app_url: str) -> AuthSettings:
    os.environ["ENVIRONMENT"] = "test"
    return AuthSettings(
        environment="test",
        **IN_MEMORY,
        database_url=app_url,
        public_url=PUBLIC_URL,
        oidc_issuer=ISSUER,
        oidc_client_id="bench",
        oidc_client_secret=SecretStr(uuid4().hex),
        session_secret=SecretStr(uuid4().hex),
    )


def _person(owner_url: str) -> Person:
    tenant_id, user_id = uuid4(), uuid4()
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "INSERT INTO tenants (id, slug, name) VALUES (%s, 'bench', 'Bench')", [tenant_id]
        )
        owner.execute(
            "INSERT INTO users (id, tenant_id, issuer, subject, email, name, roles)"
            " VALUES (%s, %s, %s, 'ada', 'ada@example.com', 'Ada', '{member}')",
            [user_id, tenant_id, ISSUER],
        )
    return _as_person(user_id, tenant_id)


def _as_person(user_id: UUID, tenant_id: UUID) -> Person:
    return Person(
        id=user_id,
        email="ada@example.com",
        name="Ada",
        roles=frozenset({"member"}),
        tenant_id=tenant_id,
        tenant_slug="bench",
        tenant_name="Bench",
        is_paused=False,
    )


async def _start(settings: AuthSettings, folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    secrets = {
        "DATABASE_URL": settings.database_url,
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret.get_secret_value(),
        "SESSION_SECRET": settings.session_secret.get_secret_value(),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # requests.py beside it is not the library
        str(Path(__file__).with_name("server.py")),
        cwd=folder,
        env={**os.environ, **secrets, **write_repo(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    while line := await process.stdout.readline():
        if line.startswith(b'{"ready"'):
            return process, str(json.loads(line)["ready"])
    raise RuntimeError("The gateway did not start.")
