"""How one of our services tells another who is asking, and for which tenant (RFC 9068).

A token is used again until half of its life is over or another key signs: a call costs a look-up,
and after a key was compromised nothing that it signed is sent again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from oidc_auth.config import AuditSettings, Clock, origin_of
from oidc_auth.minting import AccessTokens
from oidc_auth.policy import AuthPolicy
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from runtime.database import Database

_MOST_KEPT = 10_000


@dataclass(frozen=True)
class _Kept:
    token: str
    kid: str
    until: float


@dataclass
class ServiceTokens:
    """The tokens that ``service`` presents to ``audience``, one per tenant."""

    mint: AccessTokens
    service: str
    audience: str

    def __post_init__(self) -> None:
        self._kept: OrderedDict[UUID | None, _Kept] = OrderedDict()

    @classmethod
    def open(
        cls,
        database: Database,
        settings: AuditSettings,
        policy: AuthPolicy,
        clock: Clock,
        *,
        service: str,
        audience: str,
    ) -> Self:
        """Return the tokens of a service that reads the ring of keys itself."""
        keys = SigningKeys(database, Sealer(settings.session_secrets, PURPOSE), clock, policy)
        issuer = origin_of(settings.public_url)
        return cls(AccessTokens(issuer, keys, clock, policy.tokens), service, audience)

    async def headers(self, tenant_id: UUID | None) -> dict[str, str]:
        """Return what a call for this tenant, or for none, presents."""
        return {"Authorization": f"Bearer {await self.token(tenant_id)}"}

    async def token(self, tenant_id: UUID | None) -> str:
        """Return a token that is good for at least half of its life."""
        kid, now = str((await self.mint.keys.signing()).kid), self.mint.clock()
        kept = self._kept.get(tenant_id)
        if kept is None or kept.kid != kid or kept.until <= now:
            until = now + self.mint.policy.lifetime_s / 2
            kept = _Kept(await self._minted(tenant_id), kid, until)
            self._keep(tenant_id, kept)
        return kept.token

    async def _minted(self, tenant_id: UUID | None) -> str:
        return await self.mint.mint(
            subject=self.service,
            audience=self.audience,
            client_id=self.service,
            claims={"tenant": str(tenant_id)} if tenant_id else None,
        )

    def _keep(self, tenant_id: UUID | None, kept: _Kept) -> None:
        self._kept[tenant_id] = kept
        self._kept.move_to_end(tenant_id)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
