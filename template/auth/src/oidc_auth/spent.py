"""What may be used once: token ids, nonces, proofs (RFC 7519 §4.1.7, RFC 9449 §11.1).

Only a digest is stored, in the database that every process shares, so a replay is seen wherever it
arrives. Upkeep forgets what would be refused for its age anyway.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert

from oidc_auth.config import Clock
from oidc_auth.sealing import digest
from runtime.database import Database
from runtime.database.models import Spent


@dataclass(frozen=True)
class Once:
    """Lets each value of one purpose pass a single time."""

    database: Database
    clock: Clock
    purpose: str

    async def is_first(self, value: str, *, ttl_s: float) -> bool:
        """Say whether this value is new, and remember it for ``ttl_s`` seconds (atomic)."""
        row = {
            "purpose": self.purpose,
            "digest": digest(value),
            "expires_at": datetime.fromtimestamp(self.clock() + ttl_s, UTC),
        }
        async with self.database.session() as session:
            connection = await session.connection(execution_options={"preserve_rowcount": True})
            done = await connection.execute(insert(Spent).values(row).on_conflict_do_nothing())
        return done.rowcount == 1
