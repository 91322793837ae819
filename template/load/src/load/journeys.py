"""What people do, as Locust plays it: of a hundred steps 80 read, 15 write, 5 administer.

Run it through ``python -m load``, which signs in first. Locust replaces the sockets of the process
that imports this module, so nothing else does.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent  # type: ignore[import-untyped] # its stubs are a package of their own
from locust import HttpUser, between, events, task
from locust.env import Environment
from locust.stats import RequestStats, StatsEntry
from requests import PreparedRequest, Response
from requests.auth import AuthBase

from devstack.device import Device
from load.gate import API, ASK, FIRST_TOKEN, Figures, find_violations, load_limits

QUESTIONS: list[str] = json.loads(os.environ.get("LOAD_QUESTIONS", '["What is in here?"]'))
OK = 200


class Proving(AuthBase):
    """Adds the proof that each request of a session needs (RFC 9449)."""

    def __init__(self, device: Device, origin: str) -> None:
        self.device, self.origin = device, origin

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign the request, and listen for the nonce of the next one."""
        request.headers["DPoP"] = self._proof(request)
        request.register_hook("response", self._learn)
        return request

    def _proof(self, request: PreparedRequest) -> str:
        path = urlsplit(request.url or "").path
        return self.device.proof(request.method or "GET", f"{self.origin}{path}")

    def _learn(self, response: Response, **options: Any) -> Response:  # noqa: ANN401 - requests' signature
        self.device.learn(response.headers)
        if "use_dpop_nonce" not in response.headers.get("www-authenticate", ""):
            return response
        _ = response.content  # the connection is free for the second try
        again = response.request.copy()
        again.deregister_hook("response", self._learn)
        again.headers["DPoP"] = self._proof(again)
        return response.connection.send(again, **options)


class Person(HttpUser):
    """Somebody who is signed in; cookie and key come from the environment."""

    wait_time = between(0.1, 0.5)
    conversation = ""

    def on_start(self) -> None:
        """Begin a conversation."""
        self.client.trust_env = False
        own = {"Cookie": os.environ["LOAD_COOKIE"], "Origin": os.environ["LOAD_ORIGIN"]}
        self.client.headers.update(own | {"X-Requested-With": "fetch"})
        if key := os.environ.get("LOAD_KEY"):
            self.client.auth = Proving(Device.of(key), os.environ["LOAD_ORIGIN"])
        self.conversation = self.client.post("/api/conversations", name=API).json()["id"]

    @task(40)
    def read_documents(self) -> None:
        """Look at the list of documents."""
        self.client.get("/api/documents", name=API)

    @task(40)
    def read_answers(self) -> None:
        """Look at what was answered before."""
        self.client.get(f"/api/conversations/{self.conversation}/answers", name=API)

    @task(10)
    def ask(self) -> None:
        """Ask, and wait until the answer is complete."""
        path, begun = f"/api/conversations/{self.conversation}/answers", time.perf_counter()
        body = {"question": random.choice(QUESTIONS)}  # noqa: S311 - a mix, not a secret
        with self.client.post(
            path, json=body, stream=True, catch_response=True, name=ASK
        ) as response:
            seen = list(self._watch(response.iter_lines(), begun))
            if response.status_code != OK or "done" not in seen:
                response.failure(f"{response.status_code}, events: {seen[-3:]}")

    @task(5)
    def upload(self) -> None:
        """Add a small document."""
        file = ("load.md", f"# Load\n\nWritten at {time.time()}.\n", "text/markdown")
        self.client.post("/api/documents", files={"file": file}, name=API)

    @task(5)
    def administer(self) -> None:
        """Look at the tenant's figures."""
        self.client.get("/api/admin/overview", name=API)

    def _watch(self, lines: Iterator[bytes], begun: float) -> Iterator[str]:
        """Yield the names of the stream's events, and report when the first token came."""
        is_first = True
        for line in lines:
            name = line.decode().partition("event:")[2].strip()
            if name == "token" and is_first:
                is_first = False
                elapsed_ms = (time.perf_counter() - begun) * 1000
                self.environment.events.request.fire(
                    request_type="SSE",
                    name=FIRST_TOKEN,
                    response_time=elapsed_ms,
                    response_length=0,
                    exception=None,
                    context={},
                )
            if name:
                yield name


@events.init.add_listener  # type: ignore[untyped-decorator] # Locust has no types for it
def catch_up(**_: Any) -> None:  # noqa: ANN401 - Locust's signature
    """Tell gevent's clock how late it is: it stood still during the start, and run times suffer."""
    gevent.get_hub().loop.update_now()


@events.quitting.add_listener  # type: ignore[untyped-decorator] # Locust has no types for it
def judge(environment: Environment, **_: Any) -> None:  # noqa: ANN401 - Locust's signature
    """Set the exit code: 1 when a service level was missed."""
    limits = load_limits(Path(os.environ["LOAD_ROOT"]))
    violations = find_violations(_figures(environment.stats), limits)
    for violation in violations:
        print(violation)  # noqa: T201 - the run's result
    environment.process_exit_code = int(bool(violations))


def _figures(stats: RequestStats) -> Iterator[Figures]:
    for kind in (API, ASK, FIRST_TOKEN):
        total = StatsEntry(stats, kind, "")
        for (name, _method), entry in stats.entries.items():
            if name == kind:
                total.extend(entry)
        yield Figures(kind, total.num_requests, total.num_failures, _seconds(total))


def _seconds(entry: StatsEntry) -> Any:  # noqa: ANN401
    return lambda share: entry.get_response_time_percentile(share) / 1000
