"""``make bench``: measure, print, and exit 1 when a goal is missed."""

import argparse
import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import uvloop

from . import rival
from .figures import WARM_UP_S, Growth, grow, measure
from .goals import LACKS, Round, results, table
from .servers import OTHER_CORE, Server, litellm, pin, proxy, upstream


def main() -> int:
    """Run the rounds and judge them."""
    options = _options()
    pin(os.getpid(), OTHER_CORE)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        model = stack.enter_context(upstream())
        # Images hold compiled bytecode, and so does LiteLLM's environment: here a start writes it.
        with proxy(folder, model.port):
            pass
        ours = stack.enter_context(proxy(folder, model.port))
        theirs, bare = _rivals(stack, folder, model.port) if options.rounds else (None, None)
        rounds = []
        for number in range(1, options.rounds + 1):
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                direct = runner.run(measure(model, None, options.seconds))
                mine = runner.run(measure(ours.target, ours, options.seconds))
                others = [
                    runner.run(measure(server.target, server, options.seconds))
                    for server in (theirs, bare)
                    if server
                ]
            rounds.append(Round(direct, mine, *others))
            say(f"round {number} of {options.rounds}\n{table(rounds[-1:], 'LiteLLM')}\n")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            seconds = min(options.seconds, WARM_UP_S)
            grown = runner.run(grow(ours.target, ours, options.requests, seconds))
    return _judge(rounds, ours, theirs, grown)


def say(line: str) -> None:
    """Print at once: a round takes a while."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="0 looks at memory only")
    parser.add_argument("--seconds", type=float, default=4.0, help="per load, of which there are 4")
    parser.add_argument("--requests", type=int, default=100_000, help="of the run for memory")
    return parser.parse_args()


def _rivals(stack: ExitStack, folder: Path, port: int) -> tuple[Server, Server] | tuple[None, None]:
    """Start LiteLLM's proxy with policies of its own, and bare."""
    try:
        program = rival.install()
    except rival.UnavailableError as error:
        say(f"SKIPPED: LiteLLM {rival.version()} can't be installed here, so no ratio is measured.")
        say(f"SKIPPED because: {error}")
        return None, None
    start = stack.enter_context
    return (
        start(litellm(folder, port, program, policies=True)),
        start(litellm(folder, port, program, policies=False)),
    )


def _judge(rounds: list[Round], ours: Server, theirs: Server | None, grown: Growth) -> int:
    if rounds:
        say(f"medians of {len(rounds)} rounds\n{table(rounds, f'LiteLLM {rival.version()}')}\n")
    for mark in grown.marks:
        say(f"memory after {mark.requests:>7,} requests of the long run: {mark.rss_mb:.1f} MB")
    if theirs:
        say(f"start: this proxy {ours.start_s:.1f} s, LiteLLM {theirs.start_s:.1f} s")
    found = list(results(rounds, ours.start_s, grown))
    for result in found:
        say(f"{'met   ' if result.is_met else 'MISSED'} {result.goal:<58} {result.measured:>10}")
    say("\nWhat LiteLLM does and this proxy does not:")
    for line in LACKS:
        say(f"- {line}")
    return 0 if all(result.is_met for result in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
