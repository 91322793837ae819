"""A machine's key: shown once, stored as a digest, recognised by its prefix.

It holds 256 random bits, so its digest needs no salt and no slow hash; the prefix lets a person,
or a scanner of leaked secrets, tell whose it is.
"""

import re
import secrets
from dataclasses import dataclass, field

from oidc_auth.sealing import digest

_FORM = re.compile(r"(ak_[0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class NewKey:
    """A key that nobody has seen yet."""

    prefix: str
    secret: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What is stored of it."""
        return digest(self.secret)


def draw_key() -> NewKey:
    """Return a key that nobody can guess."""
    prefix = f"ak_{secrets.token_hex(6)}"
    return NewKey(prefix, f"{prefix}_{secrets.token_urlsafe(32)}")


def prefix_of(secret: str) -> str | None:
    """Return a key's public part, or None where it is no key at all."""
    found = _FORM.fullmatch(secret)
    return found[1] if found else None
