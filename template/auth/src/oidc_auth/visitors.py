"""Where a request comes from, as far as limits and risk need to know.

Addresses and user agents are kept only as keyed digests: enough to see that they changed.
"""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

_V4_PREFIX, _V6_PREFIX = 24, 48
_V6_HOST = 64
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Visitor:
    """A browser or a script.

    Attributes:
        address: what limits count: the address, with IPv6 its /64, which one household has.
        network: a digest of the network around it (/24 or /48).
        agent: a digest of the user agent.
        jkt: the thumbprint of its key, once that is proven.
    """

    address: str
    network: str
    agent: str
    jkt: str | None = None


def visitor(secret: str, host: str | None, agent: str, *, jkt: str | None = None) -> Visitor:
    """Describe a request by the address that the server vouches for and its user agent."""
    address, network = _places(host or "unknown")
    return Visitor(address, _digest(secret, network), _digest(secret, agent), jkt)


@lru_cache(maxsize=4096)
def _places(host: str) -> tuple[str, str]:
    try:
        address = ip_address(host)
    except ValueError:
        return host, host
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return host, str(ip_network((host, _V4_PREFIX), strict=False))
    household = ip_network((host, _V6_HOST), strict=False)
    return str(household), str(ip_network((host, _V6_PREFIX), strict=False))


@lru_cache(maxsize=8192)
def _digest(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), text.encode(), "sha256")[:_DIGEST_BYTES].hex()
