"""Exit 0 when the address given answers 200, 1 when it does not. Needs nothing but Python."""

import http
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 2.5


def is_healthy(url: str) -> bool:
    """Say whether `url` answers 200 in time."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:  # noqa: S310 - ours
            return bool(response.status == http.HTTPStatus.OK)
    except (urllib.error.URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
