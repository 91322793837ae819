"""Milvus Lite, from a wheel: one process that several may use, with Milvus's own protocol."""

import subprocess
import sys
from pathlib import Path

from devstack.ports import free_port, wait_for_port
from devstack.services import Service

PROVIDES = ("MILVUS_URI",)
STOP_S = 10

_SERVE = (
    "import sys; from milvus_lite.adapter.grpc.server import run_server; "
    "run_server(sys.argv[1], '127.0.0.1', int(sys.argv[2]))"
)


def start(folder: Path) -> Service:
    """Start a server on a free port of the loopback interface."""
    port = free_port()
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-P", "-c", _SERVE, str(folder / "data"), str(port)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_for_port(port, alive=lambda: process.poll() is None)

    def stop() -> None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    return Service("milvus", {"MILVUS_URI": f"http://127.0.0.1:{port}"}, stop)
