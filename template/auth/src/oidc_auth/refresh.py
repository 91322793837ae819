"""Keeping a session in step with the provider (RFC 6749 §6, RFC 9700 §4.14).

When the provider wants to be asked again, one request of the session asks, and all others wait for
it: in this process because they await the same task, in others because it has the session's lease.
A refresh token is used once; the answer's takes its place before the lease is given back. If the
provider refuses, because the person was shut out or somebody used a copy of the token, all sessions
of the family end. While it is down or slow, sessions go on for ``sessions.outage_s`` and no longer.
Nobody keeps a database connection while the provider thinks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from oidc_auth.errors import (
    ProviderUnavailableError,
    RefreshRefusedError,
    SessionEndedError,
    TokenRejectedError,
)
from oidc_auth.grants import Grant
from oidc_auth.leases import CALL_S, Lease, Leases, LeaseTakenError
from oidc_auth.oidc import OidcClient
from oidc_auth.people import LiveSession
from oidc_auth.sessions import Sessions
from runtime.database.models import Session
from runtime.logs import logger

_REST_S = 10
"""While the provider is down it is asked this often, not by every request."""

_LOOK_AGAIN_S = 0.1
_LOOKS = round(CALL_S / _LOOK_AGAIN_S)
"""How often the requests of another process look whether the answer is there."""


@dataclass
class Refresher:
    """Refreshes sessions when they are due."""

    sessions: Sessions
    provider: OidcClient
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def __post_init__(self) -> None:
        self.leases = Leases(self.sessions)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._rests_until: datetime | None = None

    async def keep_fresh(self, sid: str, live: LiveSession) -> None:
        """Ask the provider if it is time to.

        Raises:
            SessionEndedError: the provider no longer vouches for the person.
            ProviderUnavailableError: it has been down for too long.
        """
        if live.refresh_at is None or self.sessions.now() < live.refresh_at:
            return
        if self._is_resting():
            self._bear(live.refresh_at)
            return
        running = self._running.get(live.family)
        if running is None:
            running = asyncio.create_task(self._refresh(sid), name="refresh")
            self._running[live.family] = running
            running.add_done_callback(lambda _task: self._running.pop(live.family, None))
        await asyncio.shield(running)

    async def _refresh(self, sid: str) -> None:
        lease = await self._lease(sid)
        if lease is None:
            return
        try:
            async with asyncio.timeout(CALL_S):
                grant = await self._renewed(lease.row)
        except (RefreshRefusedError, TokenRejectedError) as error:
            await self._revoke(lease, error)
            raise SessionEndedError from error
        except (ProviderUnavailableError, TimeoutError):
            self._rests_until = self.sessions.now() + timedelta(seconds=_REST_S)
            async with self.leases.settle(lease):
                pass
            self._bear(lease.row.refresh_at)
            return
        async with self.leases.settle(lease) as (_, row):
            if row is not None:
                self.sessions.vault.keep(row, grant)

    async def _lease(self, sid: str) -> Lease | None:
        """Return the lease, or None when somebody else has renewed, or asks for too long."""
        for _ in range(_LOOKS):
            try:
                return await self.leases.take(sid)
            except LeaseTakenError:
                await self.sleep(_LOOK_AGAIN_S)
        self._bear((await self.sessions.read(sid)).refresh_at)
        return None

    async def _renewed(self, row: Session) -> Grant:
        vault = self.sessions.vault
        token = vault.open(row.sid_hash, row.refresh_token)
        id_token = vault.open(row.sid_hash, row.id_token)
        if token is None or id_token is None:
            raise RefreshRefusedError
        grant = await self.provider.refresh(token, id_token=id_token)
        if grant.subject and grant.provider_subject != row.provider_subject:
            raise RefreshRefusedError
        return grant

    async def _revoke(self, lease: Lease, error: Exception) -> None:
        logger(__name__).warning("refresh_refused", error=type(error).__name__)
        async with self.leases.settle(lease) as (session, row):
            if row is not None:
                await session.flush()
                await self.sessions.revoke(session, row, "refresh_refused")

    def _is_resting(self) -> bool:
        return self._rests_until is not None and self.sessions.now() < self._rests_until

    def _bear(self, refresh_at: datetime | None) -> None:
        longest = timedelta(seconds=self.sessions.policy.outage_s)
        if refresh_at is not None and self.sessions.now() >= refresh_at + longest:
            raise ProviderUnavailableError("The identity provider has been away for too long.")
