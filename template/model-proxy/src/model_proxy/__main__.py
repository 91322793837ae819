"""``python -m model_proxy``: serve."""

import signal
import sys

import uvicorn

from model_proxy.app import bootstrap
from model_proxy.settings import ProxySettings
from model_proxy.sources import ConfigurationError
from runtime import heap
from runtime.logs import configure_logs
from runtime.settings import SettingsError, settings_or_exit
from runtime.telemetry import configure_telemetry

GRACE_S = 30


def main() -> int:
    """Serve until told to stop; return 2 when the configuration does not allow it."""
    settings = settings_or_exit(ProxySettings)
    configure_logs("model-proxy", settings)
    telemetry = configure_telemetry("model-proxy", settings)
    try:
        app = bootstrap(settings)
    except (ConfigurationError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    heap.settle()
    # uvicorn stops gracefully at the signal, then raises it again; the default would end us there,
    # with the last spans unsent.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    uvicorn.run(
        app,
        host=settings.model_proxy_host,
        port=settings.model_proxy_port,
        log_config=None,
        access_log=False,
        loop="auto" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    telemetry.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
