"""``python -m gateway``: serve until told to stop."""

import sys

import uvicorn

from gateway.bootstrap import bootstrap
from gateway.settings import GatewaySettings
from runtime.logs import configure_logs
from runtime.settings import settings_or_exit
from runtime.telemetry import configure_telemetry

_GRACE_S = 10


def main() -> None:
    """Read the settings and serve."""
    settings = settings_or_exit(GatewaySettings)
    configure_logs("gateway", settings)
    telemetry = configure_telemetry("gateway", settings)
    uvicorn.run(
        bootstrap(settings),
        host=settings.gateway_host,
        port=settings.gateway_port,
        loop="auto" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    telemetry.shutdown()


if __name__ == "__main__":
    main()
