"""What is attacked, as an attacker sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Visit:
    """A browser that was sent to the provider: what its address says, and its cookies."""

    state: str
    nonce: str
    cookies: Mapping[str, Any]


class RelyingParty(Protocol):
    """A product that lets people in on a provider's word."""

    async def begin(self) -> Visit:
        """Send a browser to the provider."""

    async def finish(self, visit: Visit, parameters: Mapping[str, str]) -> str:
        """Take the callback in the browser of this visit; return who is signed in now.

        Raises:
            Exception: nobody is.
        """


class ResourceServer(Protocol):
    """A service that lets callers in on an access token."""

    async def accept(self, token: str) -> str:
        """Return the token's subject; raises when the token is refused."""


class RefreshingParty(Protocol):
    """A product that renews what the provider gave."""

    async def two_requests_at_once(self) -> None:
        """Serve two requests of one session whose tokens are due."""
