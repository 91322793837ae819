"""The whole product on this machine: services, schema, seeds, processes."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from devstack import programs
from devstack.console import Console
from devstack.credentials import load_credentials
from devstack.people import load_tenants, store_tenants, write_people
from devstack.processes import Process, ProcessDiedError, Program
from devstack.programs import Ports
from devstack.services import Service, start_missing, stop_all
from runtime.migrations import migrate
from runtime.product import root
from runtime.settings import RuntimeSettings

CLIENT_ID = "development"


@dataclass(frozen=True)
class Options:
    """How to run it.

    Attributes:
        folder: where its data is; ``.data`` of the repo by default.
        ephemeral: free ports and nothing of ``.env`` or the caller's environment: for tests.
        with_ui: run the UI's development server, where the repo has one.
    """

    folder: Path
    ephemeral: bool = False
    with_ui: bool = True


class Stack:
    """Everything that runs; ``async with Stack(options) as stack`` starts and stops it."""

    def __init__(self, options: Options, console: Console | None = None) -> None:
        self.options = options
        self.console = console or Console()
        self.tenants = load_tenants()
        self.processes: dict[str, Process] = {}
        self.environment: dict[str, str] = {}
        self._services: list[Service] = []

    @property
    def public_url(self) -> str:
        """What people open."""
        return self.environment["PUBLIC_URL"]

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything and return when the last part answers.

        Raises:
            StackError: something is missing on this machine.
            ProcessDiedError: a part ended while starting.
        """
        self.options.folder.mkdir(parents=True, exist_ok=True)
        wanted = self._plan()
        self._services = await asyncio.to_thread(
            start_missing, self.options.folder, self.environment
        )
        for service in self._services:
            self.environment |= service.settings
            self.console.line(service.name, "started")
        await asyncio.to_thread(self._prepare_database)
        await asyncio.gather(*(self._start(program) for program in wanted))

    async def stop(self) -> None:
        """Stop everything that was started: who asks before who answers, services last."""
        asked = {"identity", "model-proxy"}
        for names in (self.processes.keys() - asked, self.processes.keys() & asked):
            await asyncio.gather(*(self.processes[name].stop() for name in names))
        services, self._services = self._services, []
        await asyncio.to_thread(stop_all, services)

    async def wait(self) -> ProcessDiedError:
        """Return the error of the first process that ends by itself."""
        waits = [asyncio.create_task(process.died()) for process in self.processes.values()]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return done.pop().result()

    def _plan(self) -> list[Program]:
        """Settle ports and environment; return what will run, refusing before anything has."""
        here, ports = root(), Ports.pick(ephemeral=self.options.ephemeral)
        has_ui = self.options.with_ui and (here / "ui" / "package.json").is_file()
        self.environment = self._base_environment()
        self.environment |= _addresses(ports, self.environment, has_ui=has_ui)
        wanted = [programs.model_proxy(here, ports), programs.gateway(here, ports)]
        wanted.append(programs.workers(here, ports))
        if self._has_own_identity(ports):
            people = self.options.folder / "people.json"
            write_people(people, self.tenants)
            wanted.insert(0, programs.identity(here, ports, people, self.environment))
        if has_ui:
            wanted.append(programs.ui(here, ports))
        moved = {} if self.options.ephemeral else ports.moved()
        for name in [program.name for program in wanted if program.name in moved]:
            self.console.line(name, moved[name])
        return wanted

    def _base_environment(self) -> dict[str, str]:
        made = {
            **load_credentials(self.options.folder),
            "ENVIRONMENT": "test" if self.options.ephemeral else "development",
            "OIDC_CLIENT_ID": CLIENT_ID,
            "LOG_FORMAT": "json" if self.options.ephemeral else "console",
            "PYTHONUNBUFFERED": "1",
        }
        if self.options.ephemeral:
            kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            return {**kept, **made}
        file = {key: value for key, value in dotenv_values(root() / ".env").items() if value}
        return {**made, **file, **os.environ}

    def _has_own_identity(self, ports: Ports) -> bool:
        return self.environment["OIDC_ISSUER"] == _issuer(ports)

    def _prepare_database(self) -> None:
        names = {name.upper() for name in RuntimeSettings.model_fields}
        values = {k.lower(): v for k, v in self.environment.items() if k in names}
        migrate(RuntimeSettings.model_validate(values))
        store_tenants(
            self.environment["DATABASE_ADMIN_URL"], self.environment["OIDC_ISSUER"], self.tenants
        )

    async def _start(self, program: Program) -> None:
        process = Process(program, self.environment, root(), self.console.line)
        self.processes[program.name] = process
        await process.start()
        await process.ready()


def _issuer(ports: Ports) -> str:
    return f"http://localhost:{ports.identity}"


def _addresses(ports: Ports, environment: Mapping[str, str], *, has_ui: bool) -> dict[str, str]:
    made = {
        "MODEL_PROXY_URL": f"http://127.0.0.1:{ports.model_proxy}",
        "PUBLIC_URL": f"http://localhost:{ports.ui if has_ui else ports.gateway}",
        "MODEL_PROXY_JWKS_URL": f"http://127.0.0.1:{ports.gateway}/.well-known/jwks.json",
        "OIDC_ISSUER": _issuer(ports),
    }
    return {name: environment.get(name) or value for name, value in made.items()}
