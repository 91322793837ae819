"""One round's figures, and what is made of several."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields

from .load import Load, Target, send
from .servers import Server

CONNECTIONS = 32
WARM_UP_S = 1.0


@dataclass(frozen=True)
class Figures:
    """What one proxy did in one round, or the medians of several.

    Attributes:
        rps: answers per second over 32 connections.
        cpu_ms: processor time per answer, over the same.
        streams: whole streams of 50 events per second over 32 connections.
        p50_ms: median time of an answer over one connection.
        p95_ms: the same, for all but one in twenty.
        first_ms: median time to a stream's first byte over one connection.
        rss_mb: memory at the end.
        failures: answers that were none.
    """

    rps: float
    cpu_ms: float
    streams: float
    p50_ms: float
    p95_ms: float
    first_ms: float
    rss_mb: float
    failures: float


async def measure(target: Target, server: Server | None, seconds: float) -> Figures:
    """Measure one proxy, or the model itself when there is none."""
    await send(target, connections=CONNECTIONS, seconds=WARM_UP_S)
    cpu_s = server.cpu_s() if server else 0.0
    whole = await send(target, connections=CONNECTIONS, seconds=seconds)
    cpu_s = server.cpu_s() - cpu_s if server else 0.0
    streams = await send(target, connections=CONNECTIONS, seconds=seconds, stream=True)
    one = await send(target, connections=1, seconds=seconds)
    first = await send(target, connections=1, seconds=seconds, stream=True)
    loads: Sequence[Load] = (whole, streams, one, first)
    return Figures(
        rps=whole.per_s,
        cpu_ms=cpu_s * 1000 / len(whole.exchanges),
        streams=streams.per_s,
        p50_ms=one.total_ms(50),
        p95_ms=one.total_ms(95),
        first_ms=first.first_ms(50),
        rss_mb=server.rss_mb() if server else 0.0,
        failures=sum(load.failures for load in loads),
    )


@dataclass(frozen=True)
class Mark:
    """Memory after so many requests."""

    requests: int
    rss_mb: float


@dataclass(frozen=True)
class Growth:
    """Memory on the way through a long run; the last two marks are its half and its end."""

    marks: tuple[Mark, ...]

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.marks[-1].requests

    @property
    def added_mb(self) -> float:
        """What the second half added."""
        return self.marks[-1].rss_mb - self.marks[-2].rss_mb


async def grow(target: Target, server: Server, requests: int, seconds: float) -> Growth:
    """Send so many different requests, ``seconds`` at a time, and see the memory on the way."""
    sent, marks = 0, [Mark(0, server.rss_mb())]
    for share in (0.1, 0.5, 1.0):
        while sent < share * requests:
            sent += (await send(target, connections=CONNECTIONS, seconds=seconds)).answers
        marks.append(Mark(sent, server.rss_mb()))
    return Growth(tuple(marks))


def median(rounds: Sequence[Figures]) -> Figures:
    """Return each figure's median."""
    return Figures(
        *(statistics.median(getattr(r, field.name) for r in rounds) for field in fields(Figures))
    )
