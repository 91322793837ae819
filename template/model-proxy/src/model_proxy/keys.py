"""The static keys that open this proxy to programs that are no service of ours (RFC 6750 §2.1)."""

import hashlib
import hmac
from collections.abc import Iterable

_NAME_LETTERS = 12


class Keys:
    """Accepts any of the keys."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._names = {key.encode(): _name(key) for key in keys if key}

    def __bool__(self) -> bool:
        """Say whether there is one."""
        return bool(self._names)

    def holder(self, given: str) -> str | None:
        """Return a name for a key, which does not tell the key, or None for one that is not ours.

        Every key is compared, so that the time taken says nothing about which one is near.
        """
        token = given.encode()
        matches = [name for key, name in self._names.items() if hmac.compare_digest(token, key)]
        return matches[0] if matches else None


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_NAME_LETTERS]
