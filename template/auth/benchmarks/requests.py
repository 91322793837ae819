"""What session, key, limits, role and record add to a request, at a steady rate on one worker."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

import aiohttp
import psutil

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


async def request_figures(world: World, *, rate: int, seconds: float) -> list[Figure]:
    """Measure both routes by turns."""
    pairs = []
    async with aiohttp.ClientSession(
        base_url=world.gateway,
        headers={"Cookie": f"__Host-sid={world.sid}", "User-Agent": AGENT},
    ) as http:
        await _learn_nonce(world, http)
        await _load(world, http, GUARDED, rate=min(rate, 50), seconds=0.5)  # the pools fill
        for _ in range(ROUNDS):
            plain = await _measured(world, http, PLAIN, rate=rate, seconds=seconds)
            guarded = await _measured(world, http, GUARDED, rate=rate, seconds=seconds)
            pairs.append((plain, guarded))
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


async def _measured(
    world: World, http: aiohttp.ClientSession, path: str, *, rate: int, seconds: float
) -> Load:
    gateway = psutil.Process(world.gateway_pid)
    before = gateway.cpu_times()
    load = await _load(world, http, path, rate=rate, seconds=seconds)
    after = gateway.cpu_times()
    spent = after.user + after.system - before.user - before.system
    load.cpu_ms = spent * 1000 / len(load.took_ms)
    return load


async def _load(
    world: World, http: aiohttp.ClientSession, path: str, *, rate: int, seconds: float
) -> Load:
    # Signing is the browser's work: it is done before, on none of the processors in use.
    signed = [
        world.device.proof("GET", PUBLIC_URL + path) for _ in range(max(1, int(rate * seconds)))
    ]
    load, started = Load(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, proof in enumerate(signed):
            due = started + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            group.create_task(_one(world, http, path, proof, load))
    return load


async def _learn_nonce(world: World, http: aiohttp.ClientSession) -> None:
    proof = {"DPoP": world.device.proof("GET", PUBLIC_URL + GUARDED)}
    async with http.get(GUARDED, headers=proof) as response:
        world.device.learn(response.headers)


async def _one(
    world: World, http: aiohttp.ClientSession, path: str, proof: str, load: Load
) -> None:
    began = time.perf_counter()
    try:
        async with http.get(path, headers={"DPoP": proof}) as response:
            await response.read()
            world.device.learn(response.headers)
            load.failed += response.status != 200  # noqa: PLR2004 - OK
    except aiohttp.ClientError:
        load.failed += 1
    load.took_ms.append((time.perf_counter() - began) * 1000)
