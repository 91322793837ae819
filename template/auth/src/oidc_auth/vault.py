"""The provider's tokens in a session's row: sealed under the row's own name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oidc_auth.errors import SealBrokenError
from oidc_auth.grants import Grant
from oidc_auth.sealing import Sealer
from runtime.database.models import Session

_LEAST_FRESH_S = 30
_KEPT = (
    "tenant_id",
    "user_id",
    "family",
    "region",
    "provider_subject",
    "provider_session",
    "created_at",
    "expires_at",
    "authenticated_at",
    "acr",
    "amr",
    "jkt",
    "network",
    "agent",
)


@dataclass(frozen=True)
class Vault:
    """Puts grants into rows and takes tokens out of them."""

    sealer: Sealer
    now: Callable[[], datetime]

    def fill(self, row: Session, sid_hash: str, grant: Grant) -> None:
        """Put what the provider gave at a sign-in into a session's row."""
        row.sid_hash = sid_hash
        row.provider_subject, row.provider_session = grant.provider_subject, grant.provider_session
        # Without auth_time a second factor may be from any day, so it counts for nothing.
        row.acr = None if grant.authenticated_at is None else grant.acr
        row.amr = list(grant.amr)
        if grant.authenticated_at is not None:
            row.authenticated_at = datetime.fromtimestamp(grant.authenticated_at, UTC)
        self.keep(row, grant)

    def keep(self, row: Session, grant: Grant) -> None:
        """Put a grant's tokens into a row that has its name."""
        row.id_token = self._seal(row.sid_hash, grant.id_token)
        row.refresh_token = self._seal(row.sid_hash, grant.refresh_token)
        row.refresh_at = self._due(grant)

    def successor(self, row: Session, sid_hash: str, grant: Grant | None) -> Session:
        """Return the row that takes a session's place, with the grant or the tokens it had."""
        kept = {name: getattr(row, name) for name in _KEPT}
        successor = Session(**kept, sid_hash=sid_hash, last_seen_at=self.now())
        if grant is not None:
            self.fill(successor, sid_hash, grant)
            return successor
        successor.refresh_at = row.refresh_at
        successor.refresh_lease = row.refresh_lease  # whoever is renewing finds the tokens here
        successor.refresh_lease_until = row.refresh_lease_until
        successor.id_token = self._seal(sid_hash, self.open(row.sid_hash, row.id_token))
        successor.refresh_token = self._seal(sid_hash, self.open(row.sid_hash, row.refresh_token))
        return successor

    def open(self, sid_hash: str, sealed: bytes | None) -> str | None:
        """Return a sealed token, or None where the secret was changed since."""
        if sealed is None:
            return None
        try:
            return str(self.sealer.open(sealed, context=sid_hash)["token"])
        except SealBrokenError:
            return None

    def _due(self, grant: Grant) -> datetime | None:
        if grant.refresh_token is None or grant.expires_in_s is None:
            return None
        return self.now() + timedelta(seconds=max(grant.expires_in_s, _LEAST_FRESH_S))

    def _seal(self, sid_hash: str, token: str | None) -> bytes | None:
        return self.sealer.seal({"token": token}, context=sid_hash) if token else None
