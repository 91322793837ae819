"""``python -m devstack``: the whole product, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
import webbrowser
from pathlib import Path

from devstack.browser import SignInFailedError
from devstack.console import Console
from devstack.documents import SeedError, upload_seeds
from devstack.ports import PortError
from devstack.processes import ProcessDiedError
from devstack.programs import StackError
from devstack.stack import Options, Stack
from devstack.supervision import supervise
from runtime.product import ProductFileError, load_product, root
from runtime.settings import SettingsError

KNOWN = (
    StackError,
    ProcessDiedError,
    PortError,
    SettingsError,
    ProductFileError,
    SignInFailedError,
    SeedError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run it; return 0 after Ctrl-C, 1 when a part died, 2 when it can't start here."""
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    parser.add_argument("--check", action="store_true", help="stop as soon as everything is ready")
    parser.add_argument("--open", action="store_true", help="open the browser when it is ready")
    parser.add_argument("--no-ui", action="store_true", help="leave the UI's server out")
    parser.add_argument("--data", type=Path, help="where its data is kept (default: .data)")
    chosen = parser.parse_args(arguments)
    console = Console()
    try:
        return asyncio.run(_run(chosen, console))
    except KNOWN as error:
        console.alarm(str(error))
        return 2 if isinstance(error, StackError | SettingsError | ProductFileError) else 1


async def _run(chosen: argparse.Namespace, console: Console) -> int:
    stopped = _on_signals()
    options = Options(folder=chosen.data or root() / ".data", with_ui=not chosen.no_ui)
    starting = asyncio.create_task(_start(Stack(options, console)))
    await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return 0
    stack = starting.result()
    try:
        _announce(stack, console)
        if chosen.open:
            webbrowser.open(stack.public_url)
        return 0 if chosen.check else await supervise(stack, stopped)
    finally:
        console.headline("Stopping …")
        await stack.stop()


async def _start(stack: Stack) -> Stack:
    await stack.__aenter__()
    try:
        await upload_seeds(stack)
    except BaseException:
        await stack.stop()
        raise
    return stack


def _on_signals() -> asyncio.Task[bool]:
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, event.set)
    return asyncio.create_task(event.wait())


def _announce(stack: Stack, console: Console) -> None:
    console.headline(f"\n{load_product().name} is ready: {stack.public_url}\n")
    for tenant in stack.tenants:
        console.headline(f"  {tenant.name}")
        for user in tenant.users:
            console.headline(f"    {user.name:<24} {user.email:<32} {', '.join(user.roles)}")
    console.headline("\nSign in as any of them; no password. Ctrl-C stops everything.\n")


if __name__ == "__main__":
    sys.exit(main())
