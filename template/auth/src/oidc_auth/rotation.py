"""Where the ring is kept, and how a key is replaced: by the worker's upkeep or by hand.

The ring is in the database, private parts sealed; every process reads it again every ``reload_s``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit import Decision, append
from oidc_auth.config import Clock
from oidc_auth.errors import SealBrokenError, SigningKeyMissingError
from oidc_auth.keys import KeyRing, Overlap, RingKey, new_key
from oidc_auth.policy import AuthPolicy
from oidc_auth.sealing import Sealer
from runtime.database import Database
from runtime.database.models import SigningKey
from runtime.logs import logger

PURPOSE = "signing keys"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('oidc_auth.signing_keys'))")


@dataclass
class SigningKeys:
    """The ring of this deployment, as this process last read it."""

    database: Database
    sealer: Sealer
    clock: Clock
    policy: AuthPolicy = field(default_factory=AuthPolicy)

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()
        self._known: tuple[float, KeyRing] | None = None

    async def ring(self) -> KeyRing:
        """Return the ring, with a first key where there was none."""
        async with self._lock:
            if self._known is None or self._age() >= self.policy.keys.reload_s:
                await self._reload()
            assert self._known is not None  # noqa: S101 - it was just read
            return self._known[1]

    async def signing(self) -> ECKey:
        """Return the key that signs now."""
        key = (await self.ring()).active(self.clock())
        if key is None:
            raise SigningKeyMissingError
        return key

    async def document(self) -> dict[str, Any]:
        """Return the public set."""
        return (await self.ring()).document(self.clock())

    async def rotate(self, *, is_compromised: bool = False, actor: str = "upkeep") -> str:
        """Announce the next key; return its id. One that is announced already is not doubled.

        Args:
            is_compromised: the new key signs at once and every other one is forgotten. Tokens that
                the old ones signed fail until they are minted anew: within minutes.
            actor: who asked for it.
        """
        async with self._alone() as session:
            ring = await self._read(session)
            if is_compromised:
                await session.execute(delete(SigningKey))
                ring = replace(ring, keys=())
            reason = "key_compromised" if is_compromised else "key_due"
            kid = await self._announce(session, ring, actor=actor, reason=reason)
        self._known = None
        return kid

    async def maintain(self) -> str | None:
        """Forget retired keys, and rotate when the active one is old; return a new key's id.

        However many workers do it at once, one of them announces a key and the others see it.
        """
        async with self._alone() as session:
            ring = await self._read(session)
            if retired := ring.retired(self.clock()):
                await session.execute(delete(SigningKey).where(SigningKey.kid.in_(retired)))
            newest = max((key.active_at for key in ring.keys), default=0.0)
            if self.clock() - newest < self.policy.keys.rotate_s:
                return None
            kid = await self._announce(session, ring, actor="upkeep", reason="key_due")
        self._known = None
        return kid

    async def _announce(
        self, session: AsyncSession, ring: KeyRing, *, actor: str, reason: str
    ) -> str:
        """Add a key and its entry in the record; a lone key signs at once."""
        states = ring.states(self.clock())
        if waiting := [kid for kid, state in states.items() if state == "next"]:
            return waiting[0]
        kid = self._add(session, in_s=ring.overlap.lead_s if ring.keys else 0)
        await session.flush()
        decision = Decision("keys.rotated", actor, kid, outcome="rotate", reasons=(reason,))
        await append(session, decision)
        return kid

    async def _reload(self) -> None:
        try:
            async with self._alone() as session:
                ring = await self._read(session)
                if not ring.keys:
                    self._add(session, in_s=0)
                    await session.flush()
                    ring = await self._read(session)
        except (SQLAlchemyError, OSError) as error:
            if self._known is None:
                raise
            logger(__name__).warning("signing_keys_are_stale", error=str(error))
            ring = self._known[1]
        self._known = (self.clock(), ring)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[AsyncSession]:
        async with self.database.session(purpose="keys") as session:
            await session.execute(_ALONE)
            yield session

    async def _read(self, session: AsyncSession) -> KeyRing:
        rows = await session.scalars(select(SigningKey).order_by(SigningKey.active_at))
        keys = (self._open(row) for row in rows)
        return KeyRing(tuple(key for key in keys if key), Overlap.of(self.policy))

    def _add(self, session: AsyncSession, *, in_s: float) -> str:
        key = new_key()
        kid = str(key.kid)
        # A clock that is behind must not find a lone key inactive.
        active_at = int(self.clock() + (in_s or -self.policy.tokens.clock_skew_s))
        session.add(
            SigningKey(
                kid=kid,
                private_key=self.sealer.seal(key.as_dict(private=True), context=kid),
                created_at=datetime.fromtimestamp(self.clock(), UTC),
                active_at=datetime.fromtimestamp(active_at, UTC),
            )
        )
        return kid

    def _open(self, row: SigningKey) -> RingKey | None:
        try:
            opened = self.sealer.open(row.private_key, context=row.kid)
        except SealBrokenError:  # the secret was changed: this key is lost
            logger(__name__).error("signing_key_is_sealed", kid=row.kid)
            return None
        return RingKey(ECKey.import_key(opened), row.active_at.timestamp())

    def _age(self) -> float:
        return float("inf") if self._known is None else self.clock() - self._known[0]
