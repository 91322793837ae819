"""Requests that are all different, sent over so many connections for so long."""

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from devstack.wire import Connection, Exchange

# About what a question with its passages is.
_PASSAGES = "\n".join(
    f"[{n}] (Handbook) Unused goods go back within {n + 9} days of delivery, in their packaging, "
    "with the slip that came with them; collection is arranged by the depot and costs nothing."
    for n in range(1, 16)
)
# So many that none comes near its share of tokens.
TENANTS = 100
_SERIAL = itertools.count(1)


@dataclass(frozen=True)
class Target:
    """Who is asked; the key is the proxy's."""

    port: int
    key: str

    def request(self, *, stream: bool) -> bytes:
        """Return a chat request that nobody has sent before."""
        serial = next(_SERIAL)
        question = f"Question: How long may order {serial} go back?"
        body = json.dumps(
            {
                "model": "answer",
                "temperature": 0,
                "stream": stream,
                "messages": [
                    {"role": "system", "content": "Answer from the passages."},
                    {"role": "user", "content": f"Passages:\n{_PASSAGES}\n\n{question}"},
                ],
            }
        ).encode()
        head = (
            "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            f"authorization: Bearer {self.key}\r\ncontent-type: application/json\r\n"
            f"x-tenant-id: bench-{serial % TENANTS}\r\nx-use-case: answer\r\n"
            "x-latency-budget-ms: 30000\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Load:
    """What came back."""

    exchanges: tuple[Exchange, ...]
    seconds: float

    @property
    def failures(self) -> int:
        """Answers that were none."""
        return sum(exchange.status != 200 for exchange in self.exchanges)  # noqa: PLR2004

    @property
    def answers(self) -> int:
        """How many came."""
        return len(self.exchanges)

    @property
    def per_s(self) -> float:
        """Answers per second."""
        return len(self.exchanges) / self.seconds

    def total_ms(self, percent: int) -> float:
        """Return a percentile of the whole time."""
        return _percentile([exchange.total_s for exchange in self.exchanges], percent)

    def first_ms(self, percent: int) -> float:
        """Return a percentile of the time to the first byte."""
        return _percentile([exchange.first_s for exchange in self.exchanges], percent)


async def send(target: Target, *, connections: int, seconds: float, stream: bool = False) -> Load:
    """Keep that many requests on their way until the time is up."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()

    async def client() -> list[Exchange]:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", target.port)
        exchanges = []
        for request in _until(started + seconds, target, stream=stream):
            exchanges.append(await connection.ask(request))  # noqa: PERF401 - one after another
        connection.close()
        return exchanges

    several = await asyncio.gather(*(client() for _ in range(connections)))
    elapsed = time.perf_counter() - started
    return Load(tuple(itertools.chain.from_iterable(several)), elapsed)


def _until(end: float, target: Target, *, stream: bool) -> Iterator[bytes]:
    while time.perf_counter() < end:
        yield target.request(stream=stream)


def _percentile(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000
