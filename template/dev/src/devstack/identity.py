"""The development identity provider for one test session, and a person who signs in there."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from secrets import token_urlsafe
from socket import create_server, socket
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from devstack.browser import SignInFailedError, answer_of
from runtime.product import root

REDIRECT_URI = "https://app.test/auth/callback"
PEOPLE = ("ada", "rex", "zoe")

_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_SECRET = re.compile(r'name="xsrf" value="([^"]+)"')
_MAX_STEPS = 20
_PATIENCE_S = 60


@dataclass(frozen=True)
class Identity:
    """A running provider; it knows ``PEOPLE`` and one client.

    Attributes:
        issuer, client_id, client_secret: what our side is told.
        backchannel: listens where the provider posts its logout tokens; a test accepts them.
    """

    issuer: str
    client_id: str
    client_secret: str
    backchannel: socket

    async def sign_in(
        self, url: str, subject: str, browser: httpx2.AsyncClient | None = None
    ) -> dict[str, str]:
        """Follow an authorization URL as this person; return the callback's parameters.

        Args:
            url: where our side sent the browser.
            subject: who signs in.
            browser: keeps the provider's cookies; a new one by default.
        """
        if browser is None:
            async with new_browser() as forgetful:
                return await self.sign_in(url, subject, forgetful)
        response = await browser.get(url)
        for _ in range(_MAX_STEPS):
            if not response.is_redirect:
                response = await self._choose(browser, response, subject)
                continue
            target = urljoin(str(response.url), response.headers["Location"])
            if target.startswith(REDIRECT_URI):
                return dict(parse_qsl(urlsplit(target).query))
            response = await browser.get(target)
        raise SignInFailedError(f"The sign-in as {subject} never ended.")

    async def sign_out(self, url: str, browser: httpx2.AsyncClient) -> None:
        """Follow a sign-out URL and confirm; returns when the provider has told everybody."""
        page = await browser.get(url)
        secret = _SECRET.search(page.text)
        if secret is None:
            raise SignInFailedError(f"{page.url} answered {page.status_code}: {page.text}")
        form = {"xsrf": secret.group(1), "logout": "yes"}
        await browser.post(f"{self.issuer}/session/end/confirm", data=form)

    async def logout_token(self) -> str:
        """Take the next logout token that the provider posts, and answer that it was understood."""
        async with asyncio.timeout(_PATIENCE_S):
            connection, _ = await asyncio.get_running_loop().sock_accept(self.backchannel)
            body = await _posted(*await asyncio.open_connection(sock=connection))
        return body["logout_token"]

    async def _choose(
        self, http: httpx2.AsyncClient, page: httpx2.Response, subject: str
    ) -> httpx2.Response:
        action = _ACTION.search(page.text)
        if action is None:
            raise SignInFailedError(f"{page.url} answered {page.status_code}: {page.text}")
        target = urljoin(str(page.url), unescape(action.group(1)))
        return await http.post(target, data=answer_of(page.text, subject))


def new_browser() -> httpx2.AsyncClient:
    """Return a browser without cookies."""
    return httpx2.AsyncClient(trust_env=False)


@pytest.fixture(scope="session")
def identity() -> Iterator[Identity]:
    """A real, certified OpenID provider on loopback."""
    node, folder = shutil.which("node"), root() / "auth" / "identity"
    if node is None:
        pytest.skip("no `node` on PATH: sign-in is NOT tested against a real provider")
    if not (folder / "node_modules").is_dir():
        pytest.skip("auth/identity has no node_modules (run `make setup`): sign-in is NOT tested")
    with TemporaryDirectory() as temporary:
        people = Path(temporary) / "people.json"
        people.write_text(json.dumps([_person(subject) for subject in PEOPLE]))
        with create_server(("127.0.0.1", 0)) as backchannel:
            backchannel.setblocking(False)  # noqa: FBT003 - the socket's own signature
            with _running(node, folder, people, backchannel) as identity:
                yield identity


async def _posted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    body = await reader.readexactly(int(length.group(1)) if length else 0)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()
    return dict(parse_qsl(body.decode()))


@contextmanager
def _running(node: str, folder: Path, people: Path, backchannel: socket) -> Iterator[Identity]:
    client_id, secret = "test", token_urlsafe(32)
    port = backchannel.getsockname()[1]
    environment = {
        "ENVIRONMENT": "test",
        "PORT": "0",
        "OIDC_CLIENT_ID": client_id,
        "OIDC_CLIENT_SECRET": secret,
        "REDIRECT_URIS": REDIRECT_URI,
        "BACKCHANNEL_URI": f"http://127.0.0.1:{port}/auth/backchannel",
        "IDENTITY_USERS": str(people),
    }
    process = subprocess.Popen(  # noqa: S603 - our own program
        [node, str(folder / "server.mjs")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Identity(_issuer(process), client_id, secret, backchannel)
    finally:
        process.terminate()
        process.communicate()


def _issuer(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if line.startswith("{"):
            return str(json.loads(line)["issuer"])
    raise SignInFailedError("The development identity provider did not start.")


def _person(subject: str) -> dict[str, str]:
    name = f"{subject.title()} <Example>"
    return {"subject": subject, "email": f"{subject}@example.com", "name": name, "tenant": "Test"}
