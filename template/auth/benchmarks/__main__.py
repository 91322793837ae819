"""``make bench``: measure, print a table, and exit 1 when a goal is missed."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from .figures import Figure, table
from .requests import request_figures
from .rotation import rotation_figures
from .rotation_load import rotation_load_figures
from .sessions import session_figures
from .verification import verification_figures
from .world import World, opened_world


def main() -> int:
    """Measure everything; 0 when every goal is met."""
    options = _options()
    figures = asyncio.run(_measure(options))
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    sys.stdout.write(table(figures))
    return 0 if all(figure.is_met for figure in figures) else 1


async def _measure(options: argparse.Namespace) -> list[Figure]:
    async with opened_world() as world:
        return await _figures(world, options)


async def _figures(world: World, options: argparse.Namespace) -> list[Figure]:
    return [
        *await request_figures(world, rate=options.rate, seconds=options.seconds),
        *await verification_figures(world, options.tokens),
        *await session_figures(world, options.sessions),
        *await rotation_load_figures(world, options.rotation_seconds),
        *await rotation_figures(world),  # the last: it moves its keys' time into the future
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests per second")
    parser.add_argument("--seconds", type=float, default=5.0, help="per side and round; 3 rounds")
    parser.add_argument("--tokens", type=int, default=2000, help="tokens to verify")
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--rotation-seconds", type=float, default=20.0, help="of keys replaced")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
