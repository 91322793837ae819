"""The provider's metadata (OpenID Connect Discovery 1.0, RFC 8414)."""

import asyncio
from dataclasses import dataclass

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from oidc_auth.config import Clock, is_protected
from oidc_auth.errors import ProviderUnavailableError, UntrustedProviderError

_TTL_S = 3600.0


class Metadata(BaseModel):
    """The part of the discovery document that we act on."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    require_pushed_authorization_requests: bool = False
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False

    def endpoints(self) -> list[str]:
        """Return every URL that secrets or people are sent to."""
        optional = (self.end_session_endpoint, self.pushed_authorization_request_endpoint)
        needed = (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)
        return [*needed, *filter(None, optional)]


@dataclass
class Discovery:
    """Fetches the metadata once and again when it is an hour old."""

    http: httpx2.AsyncClient
    issuer: str
    clock: Clock
    production: bool = True

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()
        self._known: tuple[float, Metadata] | None = None

    async def metadata(self) -> Metadata:
        """Return the provider's metadata.

        Raises:
            ProviderUnavailableError: it does not answer.
            UntrustedProviderError: what it publishes must not be used.
        """
        async with self._lock:
            if self._known is None or self.clock() - self._known[0] > _TTL_S:
                self._known = (self.clock(), await self._fetch())
            return self._known[1]

    async def _fetch(self) -> Metadata:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = await fetch_json(self.http, url)
        try:
            metadata = Metadata.model_validate(document)
        except ValidationError as error:
            raise UntrustedProviderError("The provider's metadata is incomplete.") from error
        self._check(metadata)
        return metadata

    def _check(self, metadata: Metadata) -> None:
        if metadata.issuer != self.issuer:  # OpenID Connect Discovery 1.0 §4.3
            raise UntrustedProviderError("The identity provider's metadata names another issuer.")
        if not all(is_protected(url, production=self.production) for url in metadata.endpoints()):
            raise UntrustedProviderError("The provider's metadata has an endpoint without TLS.")
        pushes = metadata.pushed_authorization_request_endpoint
        if metadata.require_pushed_authorization_requests and pushes is None:
            raise UntrustedProviderError("The provider wants requests pushed and names no address.")
        methods = metadata.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise UntrustedProviderError("The identity provider does not support PKCE with S256.")


async def fetch_json(http: httpx2.AsyncClient, url: str) -> object:
    """Get a JSON document; raises ``ProviderUnavailableError``."""
    try:
        response = await http.get(url, headers={"Accept": "application/json"})
        response.raise_for_status()
        return response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderUnavailableError("The identity provider does not answer.") from error
