"""A browser without a window: signs in at the development identity provider as a person would."""

import re
from html import unescape
from ssl import SSLContext
from typing import Any, Self
from urllib.parse import urljoin

import httpx2

from devstack.device import Device

_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_CODE = re.compile(r'<output id="code">([^<]+)</output>')

MAX_STEPS = 20
"""A sign-in is a dozen redirects at most."""


class SignInFailedError(Exception):
    """The provider or the gateway refused; the message holds what it said."""

    code = "sign_in_failed"


def answer_of(page: str, subject: str) -> dict[str, str]:
    """Return what a person fills in on the provider's page: who they are, or the second factor."""
    code = _CODE.search(page)
    return {"code": code.group(1)} if code else {"subject": subject}


class Browser:
    """One person's cookies and key; requests carry what the gateway asks of a browser.

    Cookies are kept by host and name only: ``Secure`` ones go over plain HTTP too, as browsers do
    on localhost and HTTP libraries don't.

    Args:
        public_url: where the product is.
        trust: who may vouch for it, where that is not everybody's list of authorities.
    """

    def __init__(self, public_url: str, trust: SSLContext | None = None) -> None:
        self.public_url = public_url
        self.device = Device()
        verify = trust or httpx2.create_ssl_context()
        self.http = httpx2.AsyncClient(trust_env=False, timeout=30, verify=verify)
        self._cookies: dict[str, dict[str, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.http.aclose()

    def headers(self, url: str, method: str) -> dict[str, str]:
        """Return the headers that a browser would add to this request."""
        jar = self._cookies.get(httpx2.URL(url).netloc.decode(), {})
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())} if jar else {}
        if method != "GET":
            headers |= {"Origin": self.public_url, "X-Requested-With": "fetch"}
        return headers

    async def request(self, method: str, url: str, **options: Any) -> httpx2.Response:  # noqa: ANN401 - httpx's own
        """Send one request, without following redirects; a path is the product's own."""
        target = urljoin(f"{self.public_url}/", url)
        headers = self.headers(target, method) | options.pop("headers", {})
        is_ours = target.startswith(f"{self.public_url}/")
        device = self.device if is_ours else None
        response = await self.http.request(method, target, headers=headers, auth=device, **options)
        self._keep_cookies(target, response)
        self.http.cookies.clear()
        return response

    async def sign_in(self, subject: str, *, second_factor: bool = False) -> None:
        """Sign in as a seeded person, if wanted with a second factor.

        Raises:
            SignInFailedError: somebody refused.
        """
        wanted = {"return_to": "/"} | ({"max_age": 900} if second_factor else {})
        started = await self.request("POST", "/auth/login", json=wanted)
        if not started.is_success:
            raise SignInFailedError(f"The sign-in as {subject} was refused: {started.text}")
        response = await self.request("GET", started.json()["redirect_to"])
        for _ in range(MAX_STEPS):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["Location"])
                if target.rstrip("/") == self.public_url.rstrip("/"):
                    return
                response = await self.request("GET", target)
            else:
                response = await self._submit(response, subject)
        raise SignInFailedError(f"The sign-in as {subject} never ended.")

    async def _submit(self, page: httpx2.Response, subject: str) -> httpx2.Response:
        """Press this person's button, or type the code."""
        action = _ACTION.search(page.text)
        is_known = subject in page.text or _CODE.search(page.text)
        if not page.is_success or action is None or not is_known:
            raise SignInFailedError(f"{page.url} answered {page.status_code}: {page.text[-800:]}")
        target = urljoin(str(page.url), unescape(action.group(1)))
        return await self.request("POST", target, data=answer_of(page.text, subject))

    def _keep_cookies(self, url: str, response: httpx2.Response) -> None:
        jar = self._cookies.setdefault(httpx2.URL(url).netloc.decode(), {})
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if value and "max-age=0" not in line.lower():
                jar[name.strip()] = value.strip()
            else:
                jar.pop(name.strip(), None)
