"""``python -m model_proxy.replay RECORD… --model NAME``: ask a candidate what was asked before.

The recorded, redacted requests go to a running proxy as they are; each answer is held against the
recorded one, and the result is 1 when too many differ. It is what a release does before traffic
reaches a new model: nothing is sampled from people again, and the answers go nowhere.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from model_proxy.exchanges import FORMAT, Exchange
from model_proxy.wire import Usage

AT_ONCE = 4
TIMEOUT_S = 120


class _Choice(msgspec.Struct):
    message: dict[str, Any]
    finish_reason: str | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice]
    usage: Usage = Usage()


@dataclass
class Report:
    """What became of the recorded exchanges.

    Attributes:
        differences: how many answers differ from the recorded one, by how.
        tokens: written then and now.
    """

    asked: int = 0
    differing: int = 0
    skipped: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    tokens: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def share(self) -> float:
        """The share of answers that differ; all of them when nothing could be asked."""
        return self.differing / self.asked if self.asked else 1.0

    def add(self, then: Exchange, now: _Answer | None) -> None:
        """Compare one answer."""
        found = differences(then, now)
        self.asked += 1
        self.differing += bool(found)
        self.differences.update(found)
        if now is not None:
            self.tokens[0] += then.usage.completion_tokens
            self.tokens[1] += now.usage.completion_tokens


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay and report; 0 when few enough answers differ, 1 when too many do."""
    options = _parser().parse_args(arguments)
    report = Report()
    exchanges = list(read_exchanges(options.records, report))
    asyncio.run(replay(exchanges, report, url=options.url, key=options.key, model=options.model))
    written = {
        "asked": report.asked,
        "differing": report.differing,
        "skipped": report.skipped,
        "differences": dict(report.differences),
        "tokens": {"then": report.tokens[0], "now": report.tokens[1]},
    }
    sys.stdout.write(json.dumps(written, indent=2) + "\n")
    return int(report.share > options.allow)


def read_exchanges(files: Iterable[Path], report: Report) -> Iterator[Exchange]:
    """Yield what was answered; failures, other formats and broken lines are counted as skipped."""
    for file in files:
        for line in file.read_bytes().splitlines():
            try:
                exchange = msgspec.json.decode(line, type=Exchange)
            except msgspec.DecodeError:
                report.skipped += 1
                continue
            if exchange.format == FORMAT and exchange.error is None and exchange.message:
                yield exchange
            else:
                report.skipped += 1


async def replay(
    exchanges: Sequence[Exchange], report: Report, *, url: str, key: str, model: str
) -> None:
    """Ask every recorded question again, a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)
    headers = {"Authorization": f"Bearer {key}", "Cache-Control": "no-store"}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as http:

        async def one(exchange: Exchange) -> None:
            async with places:
                report.add(
                    exchange, await _ask(http, f"{url}/v1/chat/completions", exchange, model)
                )

        await asyncio.gather(*map(one, exchanges))


def differences(then: Exchange, now: _Answer | None) -> list[str]:
    """Return how the answer differs in what a program would notice; words may be others."""
    if now is None:
        return ["no answer"]
    message = now.choices[0].message
    found = []
    if then.finish_reason != now.choices[0].finish_reason:
        found.append("finish reason")
    if _tools(then.message or {}) != _tools(message):
        found.append("tools")
    if _is_json(then.message or {}) and not _is_json(message):
        found.append("not JSON any more")
    return found


async def _ask(
    http: aiohttp.ClientSession, url: str, exchange: Exchange, model: str
) -> _Answer | None:
    body = {**exchange.request, "model": model, "stream": False}
    body.pop("stream_options", None)
    headers = {"X-Use-Case": exchange.use_case}
    try:
        async with http.post(url, json=body, headers=headers) as response:
            answer = msgspec.json.decode(await response.read(), type=_Answer)
    except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError):
        return None
    return answer if answer.choices else None


def _tools(message: dict[str, Any]) -> list[str]:
    return sorted(call["function"]["name"] for call in message.get("tool_calls") or ())


def _is_json(message: dict[str, Any]) -> bool:
    try:
        return isinstance(json.loads(message.get("content") or ""), dict)
    except ValueError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model_proxy.replay", description=__doc__)
    parser.add_argument("records", nargs="+", type=Path, help="files that the proxy recorded")
    parser.add_argument("--model", required=True, help="the candidate, by its registry's name")
    parser.add_argument("--url", default="http://127.0.0.1:8001", help="the proxy to ask")
    parser.add_argument("--key", default=os.environ.get("MODEL_PROXY_KEY", ""))
    parser.add_argument("--allow", type=float, default=0.05, help="the share that may differ")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
