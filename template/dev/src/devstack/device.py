"""A browser's key: a proof for every request, as the product's own pages make them (RFC 9449)."""

import json
import secrets
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey


class Device(httpx2.Auth):
    """Signs what a client sends: ``AsyncClient(auth=Device())``."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.key = ECKey.generate_key("P-256")
        self.nonce: str | None = None

    @property
    def jkt(self) -> str:
        """The key's thumbprint (RFC 7638), to which a session is bound."""
        return self.key.thumbprint()

    @classmethod
    def of(cls, exported: str) -> Self:
        """Return the device whose key was exported."""
        device = cls()
        device.key = ECKey.import_key(json.loads(exported))
        return device

    def export(self) -> str:
        """Return the key, for another process of the same test run."""
        return json.dumps(self.key.as_dict(private=True))

    def proof(self, method: str, url: str, **changed: Any) -> str:  # noqa: ANN401 - any claim
        """Return a proof of one request; None takes a claim away."""
        parts = urlsplit(url)
        claims = {
            "htm": method,
            "htu": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "iat": int(self.clock()),
            "jti": secrets.token_urlsafe(16),
            "nonce": self.nonce,
            **changed,
        }
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.as_dict(private=False)}
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, said, self.key, algorithms=["ES256"])

    def learn(self, headers: Mapping[str, str]) -> None:
        """Keep the server's nonce for the next proof (RFC 9449 §8.2)."""
        self.nonce = headers.get("dpop-nonce", self.nonce)

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with a proof; once more with the nonce, where the server wants one."""
        request.headers["DPoP"] = self.proof(request.method, str(request.url))
        response = yield request
        self.learn(response.headers)
        if "use_dpop_nonce" in response.headers.get("www-authenticate", ""):
            request.headers["DPoP"] = self.proof(request.method, str(request.url))
            self.learn((yield request).headers)
