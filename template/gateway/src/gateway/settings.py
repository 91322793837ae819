"""What the gateway is told from outside."""

from ipaddress import ip_network
from typing import Self

from pydantic import model_validator

from oidc_auth.config import AuthSettings

_WIDEST = {4: 8, 6: 32}


class GatewaySettings(AuthSettings):
    """Settings of sign-in and of the edge.

    Attributes:
        gateway_host: the address to listen on.
        gateway_port: its port.
        forwarded_allow_ips: whose ``X-Forwarded-For`` counts, addresses or networks, by commas.
        upload_max_bytes: the largest document.
        latency_budget_ms: a request that could not be answered within it is not begun.
        passages: how many passages an answer may rest on.
        search_timeout_s: a vector search that takes longer is given up for the sparse one.
        review_sample: the share of answers that people check although nothing is wrong.
    """

    required_in_production = ("database_url",)

    gateway_host: str = "127.0.0.1"
    gateway_port: int = 8000
    forwarded_allow_ips: str = "127.0.0.1"
    upload_max_bytes: int = 5 * 1024 * 1024
    latency_budget_ms: int = 30_000
    passages: int = 5
    search_timeout_s: float = 2.0
    review_sample: float = 0.01

    @model_validator(mode="after")
    def _only_proxies_tell_addresses(self) -> Self:
        """Refuse to believe anybody: limits and risk would count what an attacker writes."""
        for given in self.forwarded_allow_ips.split(","):
            try:
                network = ip_network(given.strip())
            except ValueError as error:
                raise ValueError(f"FORWARDED_ALLOW_IPS takes addresses, not {given!r}") from error
            if network.prefixlen < _WIDEST[network.version]:
                raise ValueError(f"FORWARDED_ALLOW_IPS must name your proxies, not all of {given}")
        return self
