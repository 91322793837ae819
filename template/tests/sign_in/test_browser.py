"""Sign-in in Chromium, as ui/e2e tells it: the provider, the gateway and the pages.

What options bring has no part in it: the whole product is walked through beside it.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests import chromium

from devstack import programs
from devstack.console import Console
from devstack.credentials import load_credentials
from devstack.databases import IN_MEMORY
from devstack.people import DemoTenant, DemoUser, store_tenants, write_people
from devstack.processes import Process, Program
from devstack.products import write_product
from devstack.programs import Ports
from devstack.stack import CLIENT_ID
from gateway.bootstrap import World, bootstrap
from gateway.settings import GatewaySettings
from model_proxy.testing import serve
from runtime.product import root

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

MIA = DemoUser("mia", "mia@bakery.example", "Mia", ("member",))
ADA = DemoUser("ada", "ada@bakery.example", "Ada", ("admin",))
BAKERY = DemoTenant("bakery", "Bakery", (MIA, ADA))


@dataclass
class Place:
    """Where the parts are."""

    folder: Path
    ports: Ports = field(default_factory=lambda: Ports.pick(ephemeral=True))

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.ports.ui}"

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.ports.identity}"

    @asynccontextmanager
    async def running(self, program: Program) -> AsyncIterator[None]:
        """Run a program of the product."""
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **load_credentials(self.folder),
            "OIDC_CLIENT_ID": CLIENT_ID,
        }
        process = Process(program, environment, root(), Console().line)
        try:
            await process.start()
            await process.ready()
            yield
        finally:
            await process.stop()


@pytest.fixture
def settings(database_urls: tuple[str, str], place: Place) -> GatewaySettings:
    credentials: dict[str, Any] = load_credentials(place.folder)
    return GatewaySettings(
        environment="test",
        database_url=database_urls[0],
        **IN_MEMORY,
        public_url=place.public_url,
        oidc_issuer=place.issuer,
        oidc_client_id=CLIENT_ID,
        **{name.lower(): value for name, value in credentials.items()},
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest_asyncio.fixture
async def product(
    settings: GatewaySettings, database_urls: tuple[str, str], place: Place
) -> AsyncIterator[Place]:
    """The parts of sign-in, with two people."""
    store_tenants(database_urls[1], place.issuer, [BAKERY])
    people = place.folder / "people.json"
    write_people(people, [BAKERY])
    own = write_product(place.folder)
    world = World(product=own, content=place.folder)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(bootstrap(settings, world)))
        ports = replace(place.ports, gateway=int(address.rpartition(":")[2]))
        public = {"PUBLIC_URL": place.public_url}
        for program in (
            programs.identity(root(), ports, people, public),
            replace(programs.ui(root(), ports), command=await _built(place.folder / "pages")),
        ):
            await stack.enter_async_context(place.running(program))
        yield place


async def _built(folder: Path) -> list[str]:
    """Build the pages as for production; return the command that serves them."""
    run = [shutil.which("npm") or "npm", "--prefix", "ui", "run", "--silent"]
    out = ["--", "--outDir", str(folder)]
    process = await asyncio.create_subprocess_exec(*run, "build", *out, cwd=root())
    assert await process.wait() == 0
    return [*run, "preview", *out]


async def test_browser_signs_in_and_out(product: Place) -> None:
    # covers R-0402, R-0405
    await chromium.run("sign-in", product.public_url, MIA.name)
