"""The keys that open this proxy (RFC 6750 §2.1)."""

import hashlib
import hmac
from collections.abc import Iterable

from starlette.datastructures import Headers

from model_proxy.errors import UnauthorizedError

_NAME_LETTERS = 12


class Keys:
    """Accepts any of the keys; without one, anybody. Settings make sure that production has one."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._names = {key.encode(): _name(key) for key in keys if key}

    def holder(self, headers: Headers) -> str:
        """Return a name for the key that was sent, which does not tell the key.

        Raises:
            UnauthorizedError: none was sent, or one that is not accepted.
        """
        if not self._names:
            return ""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        given = token.strip().encode()
        # Every key is compared, so that the time taken says nothing about which one is near.
        matches = [name for key, name in self._names.items() if hmac.compare_digest(given, key)]
        if scheme.lower() != "bearer" or not matches:
            raise UnauthorizedError("Send the proxy's key as 'Authorization: Bearer <key>'.")
        return matches[0]


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_NAME_LETTERS]
