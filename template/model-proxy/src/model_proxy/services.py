"""Our own services, known by their tokens: ``at+jwt`` for this proxy and one tenant (RFC 9068)."""

import time
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec

from model_proxy.errors import KeysUnavailableError, TenantMismatchError, UnauthorizedError
from model_proxy.settings import ProxySettings
from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.config import Clock, origin_of
from oidc_auth.errors import (
    AccessTokenRejectedError,
    ProviderUnavailableError,
    UntrustedProviderError,
)
from oidc_auth.jwks import PublishedKeys
from oidc_auth.policy import load_policy
from runtime.hops import MODEL_PROXY
from runtime.logs import logger

FETCH_S = 2.0
MAX_BYTES = 64 * 1024


class Services:
    """Verifies tokens; each is remembered by its digest, so most calls cost a look-up."""

    def __init__(self, verifier: AccessTokenVerifier) -> None:
        self._verifier = verifier

    async def identify(self, token: str, tenant: str) -> str:
        """Return the service's name.

        Args:
            token: as received.
            tenant: whom the request says that it is for; a token is good for its own tenant only.

        Raises:
            UnauthorizedError, TenantMismatchError, KeysUnavailableError: it does not come in.
        """
        try:
            claims = await self._verifier.verify(token)
        except AccessTokenRejectedError as error:
            logger(__name__).warning("token_refused", reason=error.reason)
            raise UnauthorizedError("The token is not accepted.") from error
        except (ProviderUnavailableError, UntrustedProviderError) as error:
            raise KeysUnavailableError(error.detail, retry_after_s=1) from error
        if claims.get("tenant", "") != tenant:
            raise TenantMismatchError("The token is for another tenant than the request.")
        return str(claims["client_id"])


def open_services(settings: ProxySettings, clock: Clock = time.time) -> Services | None:
    """Return what knows our services, or None where their keys are published nowhere.

    Raises:
        SettingsError: ``auth/policy.yaml`` is wrong.
    """
    if not settings.model_proxy_jwks_url:
        return None
    policy = load_policy(environment=settings.environment)
    keys = PublishedKeys(_fetch(settings.model_proxy_jwks_url), clock, policy.jwks)
    issuer = origin_of(settings.public_url)
    return Services(AccessTokenVerifier(keys, issuer, MODEL_PROXY, clock, policy.tokens))


def _fetch(url: str) -> Callable[[], Awaitable[object]]:
    timeout = aiohttp.ClientTimeout(total=FETCH_S)

    async def fetch() -> object:
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as http,
                http.get(url, allow_redirects=False) as response,
            ):
                return msgspec.json.decode(await response.content.read(MAX_BYTES))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ProviderUnavailableError("Our services' keys can't be read now.") from error

    return fetch
