"""Ports of the loopback interface."""

import socket
import time
from collections.abc import Callable, Collection, Sequence

WAIT_S = 60.0
TRIES = 50


class PortError(Exception):
    """Nothing answers where something should, or every port is taken."""

    code = "port"


def free_port(preferred: int = 0, *, apart_from: Collection[int] = ()) -> int:
    """Return the preferred port or the next free one after it; without one, any free port.

    Raises:
        PortError: the next ``TRIES`` are all taken.
    """
    for port in range(preferred, preferred + TRIES) if preferred else [0] * TRIES:
        bound = _bind(port)
        if bound is not None and bound not in apart_from:
            return bound
    raise PortError(f"Ports {preferred} to {preferred + TRIES - 1} are all taken.")


def free_ports(preferred: Sequence[int]) -> list[int]:
    """Return as many free ports, all different; where one is taken, none that another prefers."""
    found: list[int] = []
    for port in preferred:
        found.append(free_port(port, apart_from={*preferred, *found} - {port}))
    return found


def wait_for_port(port: int, *, alive: Callable[[], bool]) -> None:
    """Return once something listens.

    Raises:
        PortError: the process is no longer ``alive``, or ``WAIT_S`` seconds have passed.
    """
    ends_at = time.monotonic() + WAIT_S
    while alive() and time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise PortError(f"Nothing listens on port {port}.")


def _bind(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        bound: int = probe.getsockname()[1]
        return bound
