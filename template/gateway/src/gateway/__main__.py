"""``python -m gateway``: serve until told to stop."""

import signal
import sys

import uvicorn

from gateway.bootstrap import bootstrap
from gateway.settings import GatewaySettings
from runtime import heap
from runtime.logs import configure_logs
from runtime.settings import SettingsError, settings_or_exit
from runtime.telemetry import configure_telemetry

_GRACE_S = 10


def main() -> int:
    """Read the settings and serve; return 2 when they do not allow it."""
    settings = settings_or_exit(GatewaySettings)
    configure_logs("gateway", settings)
    telemetry = configure_telemetry("gateway", settings)
    try:
        app = bootstrap(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    heap.settle()
    # uvicorn stops gracefully at the signal, then raises it again; the default would end us there,
    # with the last spans unsent.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    uvicorn.run(
        app,
        host=settings.gateway_host,
        port=settings.gateway_port,
        loop="auto" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=_GRACE_S,
    )
    telemetry.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
