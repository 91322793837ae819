"""Requests over HTTP that fail while the gateway's signing keys are really replaced: none may.

A machine asks with tokens that are seconds old, up to the end of their life; the keys' times are
seconds, too, so that several rotations fit into the measurement.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
from joserfc import jws

from oidc_auth.audit import AuditKeys, AuditLog
from oidc_auth.config import system_clock
from oidc_auth.machines import registry
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer

from .figures import Figure
from .server import GUARDED, QUICK
from .world import World

RATE = 50
EVERY_S = 1.0
KEPT = 3
"""How many tokens are in use: the oldest is nearly at its end."""
LEAST_KEYS = 3
"""Fewer that signed while requests came, and nothing was measured."""
LONG_ENOUGH_S = 15.0


@dataclass
class Machine:
    """A client of the token endpoint, and how its requests went."""

    http: aiohttp.ClientSession
    client_id: str
    secret: str
    tokens: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    signed_by: set[str] = field(default_factory=set)
    asked: int = 0
    failed: int = 0

    async def renew(self) -> None:
        """Get another token (RFC 6749 §4.4)."""
        form = {"grant_type": "client_credentials"}
        basic = {"Authorization": aiohttp.encode_basic_auth(self.client_id, self.secret)}
        async with self.http.post("/oauth/token", data=form, headers=basic) as response:
            response.raise_for_status()
            token = (await response.json())["access_token"]
        self.tokens.append(token)
        self.signed_by.add(str(jws.extract_compact(token.encode()).headers()["kid"]))

    async def ask(self, number: int) -> None:
        """Ask with one of the tokens in use."""
        bearer = {"Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}"}
        self.asked += 1
        try:
            async with self.http.get(GUARDED, headers=bearer) as response:
                self.failed += response.status != 200  # noqa: PLR2004 - OK
        except aiohttp.ClientError:
            self.failed += 1


async def rotation_load_figures(world: World, seconds: float) -> list[Figure]:
    """Ask steadily while keys are announced, take over and are forgotten."""
    async with aiohttp.ClientSession(base_url=world.gateway) as http:
        machine = await _machine(world, http)
        await _under_load(world, machine, seconds)
    keys, is_long = len(machine.signed_by), seconds >= LONG_ENOUGH_S
    return [
        Figure(
            "keys that signed under load",
            keys,
            "",
            goal=f"at least {LEAST_KEYS}" if is_long else "",
            is_met=keys >= LEAST_KEYS or not is_long,
        ),
        Figure("requests meanwhile", machine.asked, ""),
        Figure(
            "failed requests meanwhile",
            machine.failed,
            "",
            goal="none",
            is_met=machine.failed == 0,
        ),
    ]


async def _under_load(world: World, machine: Machine, seconds: float) -> None:
    keys = SigningKeys(
        world.database, Sealer(world.settings.session_secrets, PURPOSE), system_clock, QUICK
    )
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(max(1, int(RATE * seconds))):
            due = began + number / RATE
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if number % int(RATE * EVERY_S) == 0:
                await keys.rotate(actor="bench")
                await machine.renew()
            group.create_task(machine.ask(number))


async def _machine(world: World, http: aiohttp.ClientSession) -> Machine:
    AuditLog(world.database, AuditKeys.read(world.settings))
    actor = registry.Actor(world.person.id, world.person.tenant_id)
    until = datetime.now(UTC) + timedelta(days=1)
    async with world.database.tenant(actor.tenant_id) as session:
        machine, key = await registry.create(
            session, actor, "bench", ["conversations:read"], until=until
        )
    return Machine(http, str(machine.id), key.secret)
