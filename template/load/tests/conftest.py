"""A product that isn't one: the API's answers, as fast and as faulty as a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

DONE = (
    'event: citations\ndata: {}\n\nevent: token\ndata: {"text": "x"}\n\nevent: done\ndata: {}\n\n'
)


@dataclass
class Behaviour:
    """How the product does."""

    delay_s: float = 0.0
    status: int = 200
    stream: str = DONE


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(json.dumps([]), behaviour.status)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("/answers"):
                time.sleep(behaviour.delay_s)
                self._answer(behaviour.stream, 200)
            else:
                self._answer(json.dumps({"id": "1"}), 201)

        def _answer(self, body: str, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def root() -> Path:
    """The repo."""
    return Path(__file__).parents[2]


@pytest.fixture
def product() -> Callable[..., AbstractContextManager[str]]:
    """Serve a product that behaves as the keywords say; yields its address."""

    @contextmanager
    def serve(**behaviour: Any) -> Iterator[str]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(Behaviour(**behaviour)))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    return serve
