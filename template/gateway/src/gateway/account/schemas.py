"""What the API says to people about their own sessions."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from oidc_auth.people import LiveSession
from runtime.database import models


class OwnSession(BaseModel):
    """A browser in which the person is signed in.

    Addresses and user agents are kept as digests only, so a session can be compared with the one
    that asks and not described any further.
    """

    id: UUID
    signed_in_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    is_current: bool
    is_same_network: bool
    is_same_browser: bool

    @classmethod
    def of(cls, row: models.Session, asking: LiveSession) -> "OwnSession":
        """Read a session from its row, as seen from the one that asks."""
        return cls(
            id=row.family,
            signed_in_at=row.created_at,
            last_seen_at=row.last_seen_at,
            ends_at=row.expires_at,
            is_current=row.family == asking.family,
            is_same_network=row.network == asking.network,
            is_same_browser=row.agent == asking.agent,
        )
