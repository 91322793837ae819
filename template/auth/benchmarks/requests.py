"""What session, key, limits, role and record add to a request, at a steady rate on one worker."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

import httpx2
import psutil

from devstack.wire import Connection, Exchange

from .figures import Figure, percentile
from .server import GUARDED, PLAIN
from .world import AGENT, PUBLIC_URL, World

ROUNDS = 3
ADDED_MS = 2.0


@dataclass
class Load:
    """How long each request took, in milliseconds, and how many went wrong.

    Attributes:
        cpu_ms: processor time of the gateway per request; it says the same on a busy machine.
    """

    took_ms: list[float] = field(default_factory=list)
    failed: int = 0
    cpu_ms: float = 0.0


@dataclass
class Browser:
    """The session's browser, with as many connections as it needs at a time.

    What it costs itself is little, or it would wait for its own processor.
    """

    world: World
    idle: list[Connection] = field(default_factory=list)

    async def get(self, path: str, proof: str) -> Exchange:
        """Ask with a proof; raises ``OSError`` where there is no answer."""
        # The server hangs up on those that were idle for seconds.
        self.idle = [connection for connection in self.idle if connection.is_open]
        connection = self.idle.pop() if self.idle else await self._connect()
        head = f"GET {path} HTTP/1.1\r\nhost: {self._host}\r\nuser-agent: {AGENT}\r\n"
        given = f"cookie: __Host-sid={self.world.sid}\r\ndpop: {proof}\r\n\r\n"
        exchange = await connection.ask((head + given).encode())
        self.idle.append(connection)
        return exchange

    def close(self) -> None:
        """Hang up."""
        for connection in self.idle:
            connection.close()

    @property
    def _host(self) -> str:
        return self.world.gateway.removeprefix("http://")

    async def _connect(self) -> Connection:
        name, _, port = self._host.rpartition(":")
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(Connection, name, int(port))
        return made


async def request_figures(world: World, *, rate: int, seconds: float) -> list[Figure]:
    """Measure both routes by turns."""
    pairs, browser = [], Browser(world)
    await _learn_nonce(world)
    await _load(browser, GUARDED, rate=min(rate, 50), seconds=0.5)  # the pools fill
    for _ in range(ROUNDS):
        plain = await _measured(browser, PLAIN, rate=rate, seconds=seconds)
        guarded = await _measured(browser, GUARDED, rate=rate, seconds=seconds)
        pairs.append((plain, guarded))
    browser.close()
    return [*compared(pairs, rate), failed(pairs)]


def compared(pairs: list[tuple[Load, Load]], rate: int) -> list[Figure]:
    """Return what the second of each pair took beside the first."""
    plain = [percentile(pair[0].took_ms, 0.95) for pair in pairs]
    guarded = [percentile(pair[1].took_ms, 0.95) for pair in pairs]
    added = statistics.median(g - p for p, g in zip(plain, guarded, strict=True))
    goal = f"at most {ADDED_MS:g} ms at {rate} requests per second"
    middle = statistics.median(percentile(pair[1].took_ms, 0.5) for pair in pairs)
    beside = statistics.median(percentile(pair[0].took_ms, 0.5) for pair in pairs)
    cpu = statistics.median(pair[1].cpu_ms for pair in pairs)
    cpu_beside = statistics.median(pair[0].cpu_ms for pair in pairs)
    return [
        Figure("processor time of a request", cpu, "ms", cpu_beside),
        Figure("median of a request", middle, "ms", beside),
        Figure("p95 of a request", statistics.median(guarded), "ms", statistics.median(plain)),
        Figure("added to p95", added, "ms", goal=goal, is_met=added <= ADDED_MS),
    ]


def failed(pairs: list[tuple[Load, Load]]) -> Figure:
    """Return how many requests went wrong."""
    count = sum(load.failed for pair in pairs for load in pair)
    return Figure("failed requests", count, "", goal="none", is_met=count == 0)


async def _measured(browser: Browser, path: str, *, rate: int, seconds: float) -> Load:
    await _learn_nonce(browser.world)
    gateway = psutil.Process(browser.world.gateway_pid)
    before = gateway.cpu_times()
    load = await _load(browser, path, rate=rate, seconds=seconds)
    after = gateway.cpu_times()
    spent = after.user + after.system - before.user - before.system
    load.cpu_ms = spent * 1000 / len(load.took_ms)
    return load


async def _load(browser: Browser, path: str, *, rate: int, seconds: float) -> Load:
    # Signing is the browser's work: it is done before, on none of the processors in use.
    device, url = browser.world.device, PUBLIC_URL + path
    signed = [device.proof("GET", url) for _ in range(max(1, int(rate * seconds)))]
    load, started = Load(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, proof in enumerate(signed):
            due = started + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            group.create_task(_one(browser, path, proof, load))
    return load


async def _learn_nonce(world: World) -> None:
    proof = {"DPoP": world.device.proof("GET", PUBLIC_URL + GUARDED), "User-Agent": AGENT}
    async with httpx2.AsyncClient(base_url=world.gateway, headers=proof) as http:
        cookies = {"Cookie": f"__Host-sid={world.sid}"}
        world.device.learn((await http.get(GUARDED, headers=cookies)).headers)


async def _one(browser: Browser, path: str, proof: str, load: Load) -> None:
    began = time.perf_counter()
    try:
        exchange = await browser.get(path, proof)
        load.failed += exchange.status != 200  # noqa: PLR2004 - OK
    except OSError:
        load.failed += 1
    load.took_ms.append((time.perf_counter() - began) * 1000)
