"""``python -m load``: play the journeys against a running product and judge what was measured."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from devstack.browser import Browser

JOURNEYS = Path(__file__).parent / "journeys.py"
STOP_S = 10


def main(arguments: list[str] | None = None) -> int:
    """Run a profile; 0 when every service level was kept, 1 when one was missed."""
    options = _parser().parse_args(arguments)
    profiles = yaml.safe_load((options.root / "load" / "profiles.yaml").read_text("utf-8"))
    own = {"users": options.users, "seconds": options.seconds}
    profile = profiles[options.profile] | {key: value for key, value in own.items() if value}
    cookie, key = (options.cookie, "") if options.cookie else _session(options)
    told = {
        "LOAD_COOKIE": cookie,
        "LOAD_KEY": key,
        "LOAD_ORIGIN": options.url,
        "LOAD_QUESTIONS": json.dumps(_questions(options.root)),
        "LOAD_ROOT": str(options.root.resolve()),
    }
    command = _locust(options.target or options.url, profile)
    return subprocess.run(command, env=os.environ | told, check=False).returncode  # noqa: S603 - our own command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m load", description="Play and judge.")
    parser.add_argument("profile", nargs="?", default="smoke", help="a name in load/profiles.yaml")
    parser.add_argument(
        "--url", default="http://localhost:5173", help="the product's public address"
    )
    parser.add_argument("--target", help="where requests go, if not to the public address")
    parser.add_argument("--subject", help="whom to sign in as at the development provider")
    parser.add_argument("--cookie", help="a session's cookie, instead of signing in")
    parser.add_argument("--users", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--root", type=Path, default=Path(), help="the repo (default: here)")
    return parser


def _locust(target: str, profile: dict[str, Any]) -> list[str]:
    flags = {
        "--locustfile": JOURNEYS,
        "--host": target,
        "--users": profile["users"],
        "--spawn-rate": profile["spawn_rate"],
        "--run-time": f"{profile['seconds']}s",
        "--stop-timeout": STOP_S,
    }
    values = [str(part) for flag in flags.items() for part in flag]
    return [sys.executable, "-m", "locust", "--headless", "--only-summary", *values]


def _session(options: argparse.Namespace) -> tuple[str, str]:
    return asyncio.run(_sign_in(options.url, options.subject))


async def _sign_in(url: str, subject: str) -> tuple[str, str]:
    """Return the session's cookie and the key that it is bound to, with a second factor given."""
    async with Browser(url) as browser:
        await browser.sign_in(subject, second_factor=True)
        return browser.headers(url, "GET")["Cookie"], browser.device.export()


def _questions(root: Path) -> list[str]:
    texts = (path.read_text("utf-8") for path in (root / "seeds").glob("*/welcome.yaml"))
    return [question for text in texts for question in yaml.safe_load(text)["suggestions"]]


if __name__ == "__main__":
    raise SystemExit(main())
