"""What the gateway is told from outside."""

from oidc_auth.config import AuthSettings


class GatewaySettings(AuthSettings):
    """Settings of sign-in and of the edge.

    Attributes:
        gateway_host: the address to listen on.
        gateway_port: its port.
        upload_max_bytes: the largest document.
        latency_budget_ms: a request that could not be answered within it is not begun.
        passages: how many passages an answer may rest on.
        search_timeout_s: a vector search that takes longer is given up for the sparse one.
        review_sample: the share of answers that people check although nothing is wrong.
    """

    required_in_production = ("database_url",)

    gateway_host: str = "127.0.0.1"
    gateway_port: int = 8000
    upload_max_bytes: int = 5 * 1024 * 1024
    latency_budget_ms: int = 30_000
    passages: int = 5
    search_timeout_s: float = 2.0
    review_sample: float = 0.01
