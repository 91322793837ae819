"""The development identity provider for one test session, and a person who signs in there."""

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
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
import pytest

from devstack.browser import SignInFailedError
from runtime.product import root

REDIRECT_URI = "https://app.test/auth/callback"
PEOPLE = ("ada", "rex", "zoe")

_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_MAX_STEPS = 20


@dataclass(frozen=True)
class Identity:
    """A running provider; it knows ``PEOPLE`` and one client."""

    issuer: str
    client_id: str
    client_secret: str

    async def sign_in(self, url: str, subject: str) -> dict[str, str]:
        """Follow an authorization URL as this person; return the callback's parameters."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            response = await http.get(url)
            for _ in range(_MAX_STEPS):
                if not response.is_redirect:
                    response = await self._choose(http, response, subject)
                    continue
                target = urljoin(str(response.url), response.headers["Location"])
                if target.startswith(REDIRECT_URI):
                    return dict(parse_qsl(urlsplit(target).query))
                response = await http.get(target)
        raise SignInFailedError(f"The sign-in as {subject} never ended.")

    async def _choose(
        self, http: httpx2.AsyncClient, page: httpx2.Response, subject: str
    ) -> httpx2.Response:
        action = _ACTION.search(page.text)
        if action is None:
            raise SignInFailedError(f"{page.url} answered {page.status_code}: {page.text}")
        target = urljoin(str(page.url), unescape(action.group(1)))
        return await http.post(target, data={"subject": subject})


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
        with _running(node, folder, people) as identity:
            yield identity


@contextmanager
def _running(node: str, folder: Path, people: Path) -> Iterator[Identity]:
    client_id, secret = "test", token_urlsafe(32)
    environment = {
        "ENVIRONMENT": "test",
        "PORT": "0",
        "OIDC_CLIENT_ID": client_id,
        "OIDC_CLIENT_SECRET": secret,
        "REDIRECT_URIS": REDIRECT_URI,
        "IDENTITY_USERS": str(people),
    }
    process = subprocess.Popen(  # noqa: S603 - our own program
        [node, str(folder / "server.mjs")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Identity(_issuer(process), client_id, secret)
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
