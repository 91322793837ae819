"""Who may call: our own services by their tokens, other programs by a key.

Settings make sure that production asks for one of the two.
"""

from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers

from model_proxy.caller import TENANT
from model_proxy.errors import UnauthorizedError
from model_proxy.keys import Keys


class Services(Protocol):
    """Knows our own services by their tokens."""

    async def identify(self, token: str, tenant: str) -> str:
        """Return the service's name, or refuse it with a ``ProxyError``."""


@dataclass(frozen=True)
class Callers:
    """Names callers; with neither keys nor services, anybody is nobody and may come in."""

    keys: Keys
    services: Services | None = None

    async def identify(self, headers: Headers) -> str:
        """Return the caller's name: a service's, or one that stands for a key.

        Raises:
            UnauthorizedError: nothing acceptable was sent.
            TenantMismatchError: the token is for another tenant than the request.
            KeysUnavailableError: the token can't be verified just now.
        """
        if self.services is None and not self.keys:
            return ""
        scheme, _, value = headers.get("Authorization", "").partition(" ")
        token = value.strip() if scheme.lower() == "bearer" else ""
        name = self.keys.holder(token)
        if name is not None:
            return name
        if self.services is None or not token:
            raise UnauthorizedError("Send a token or a key as 'Authorization: Bearer <...>'.")
        return await self.services.identify(token, headers.get(TENANT, ""))
