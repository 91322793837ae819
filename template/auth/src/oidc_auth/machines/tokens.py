"""OAuth client credentials (RFC 6749 §4.4): a machine's key for a token of minutes (RFC 9068).

The client's id is the machine's, its secret is the key. A token says which tenant it is for; what
the machine may do there is looked up at every request, so that revoking and pausing take effect.
"""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select

from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.config import AuthSettings, Clock
from oidc_auth.errors import AccessTokenRejectedError, KeyRejectedError
from oidc_auth.jwks import PublishedKeys
from oidc_auth.machines.entrance import Entrance
from oidc_auth.minting import AccessTokens
from oidc_auth.people import Person
from oidc_auth.policy import AuthPolicy
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from runtime.database import Database
from runtime.database.models import Machine, Tenant, User

_KNOWN = (
    select(Machine, User, Tenant)
    .join(User, User.id == Machine.user_id)
    .join(Tenant, Tenant.id == Machine.tenant_id)
)


class GrantRefusedError(Exception):
    """The token endpoint refuses; ``error`` is a code of RFC 6749 §5.2."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(error)
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class MachineTokens:
    """Issues tokens to machines, and lets them in with those."""

    database: Database
    entrance: Entrance
    mint: AccessTokens
    verifier: AccessTokenVerifier

    @classmethod
    def open(
        cls, database: Database, settings: AuthSettings, policy: AuthPolicy, *, clock: Clock
    ) -> Self:
        """Return what lets machines into this deployment: it issues and takes its own tokens."""
        keys = SigningKeys(database, Sealer(settings.session_secrets, PURPOSE), clock, policy)
        issuer = settings.public_origin
        return cls(
            database=database,
            entrance=Entrance(database, clock),
            mint=AccessTokens(issuer, keys, clock, policy.tokens),
            verifier=AccessTokenVerifier(
                keys=PublishedKeys(keys.document, clock, policy.jwks),
                issuer=issuer,
                audience=f"{issuer}/api",
                clock=clock,
                policy=policy.tokens,
            ),
        )

    async def issue(self, *, client_id: str, secret: str, scope: str = "") -> dict[str, Any]:
        """Return a token response (RFC 6749 §5.1).

        Raises:
            GrantRefusedError: the client is not who it says, or wants more than it may.
        """
        try:
            machine, person = await self.entrance.find(secret)
        except KeyRejectedError as error:
            raise GrantRefusedError("invalid_client", error.reason) from error
        if str(machine.id) != client_id:
            raise GrantRefusedError("invalid_client", "key_unknown")
        if person.is_paused:
            raise GrantRefusedError("invalid_client", "tenant_paused")
        wanted, held = set(scope.split()) or set(machine.scopes), set(machine.scopes)
        if not wanted <= held:
            raise GrantRefusedError("invalid_scope", "scope_missing")
        granted = " ".join(sorted(wanted))
        token = await self.mint.mint(
            subject=str(machine.id),
            audience=self.verifier.audience,
            client_id=client_id,
            claims={"tenant": str(machine.tenant_id), "scope": granted},
        )
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.mint.policy.lifetime_s,
            "scope": granted,
        }

    async def admit(self, token: str) -> Person:
        """Return the machine of a token, with no more than it may do today.

        Raises:
            AccessTokenRejectedError: it is not one of ours, not valid now, or for another service.
            KeyRejectedError: the machine was revoked, or is not one of the token's tenant.
        """
        claims = await self.verifier.verify(token)
        try:
            machine_id, tenant_id = UUID(claims["client_id"]), UUID(str(claims.get("tenant")))
        except ValueError as error:
            raise AccessTokenRejectedError("tenant_missing") from error
        async with self.database.tenant(tenant_id) as session:
            found = (await session.execute(_KNOWN.where(Machine.id == machine_id))).first()
        if found is None:
            raise KeyRejectedError("tenant_mismatch")
        machine, user, tenant = found
        if machine.revoked_at is not None:
            raise KeyRejectedError("key_revoked")
        granted = frozenset(str(claims.get("scope", "")).split())
        return Person.of(user, tenant, granted & frozenset(machine.scopes))
