"""The session cookie's value: ``<region>.<256 random bits>``.

The region tells a load balancer where the session lives. Another region never looks it up, whatever
reached it by replication: there, the person signs in again.
"""

import secrets

ENTROPY_BYTES = 32
_SEPARATOR = "."


def new_sid(region: str) -> str:
    """Draw a session id of this region."""
    return f"{region}{_SEPARATOR}{secrets.token_urlsafe(ENTROPY_BYTES)}"


def region_of(sid: str) -> str | None:
    """Return the region that a session id is pinned to, or None where it is no session id."""
    region, separator, secret = sid.partition(_SEPARATOR)
    return region if separator and region and secret else None
