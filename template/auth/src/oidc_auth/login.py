"""Sign-in and sign-out as a whole: what happens, in which order, and what is recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from oidc_auth.admission import Admission
from oidc_auth.audit import AuditLog, Decision, append
from oidc_auth.authz import check_active, granted_roles
from oidc_auth.contract import ClaimGrant
from oidc_auth.errors import (
    SessionEndedError,
    SignInError,
    TenantPausedError,
    UnknownPersonError,
)
from oidc_auth.logout import LogoutTokenVerifier, Notice
from oidc_auth.oidc import Challenge, OidcClient, SignedIn
from oidc_auth.people import Person
from oidc_auth.profiles import Identity
from oidc_auth.refresh import Refresher
from oidc_auth.sessions import Sessions
from oidc_auth.stepup import Requirement
from oidc_auth.transactions import Transactions
from oidc_auth.visitors import Visitor
from runtime.database import Database
from runtime.database.models import Tenant, User

_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_MAX_PATH = 2000


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and the binding for the cookie of this ``state``."""

    url: str
    state: str
    binding: str


@dataclass(frozen=True)
class Arrival:
    """A finished sign-in: the session id for the cookie, and the page to go to."""

    sid: str
    return_to: str


@dataclass(frozen=True)
class Login:
    """Signs people in and out.

    Attributes:
        granted: the only claims that give anybody a role.
    """

    database: Database
    provider: OidcClient
    transactions: Transactions
    sessions: Sessions
    audit: AuditLog
    logout_tokens: LogoutTokenVerifier
    refresher: Refresher
    granted: tuple[ClaimGrant, ...] = ()
    admission: Admission | None = None

    async def begin(
        self,
        *,
        return_to: str,
        visitor: Visitor | None = None,
        requirement: Requirement | None = None,
        solution: str | None = None,
    ) -> Departure:
        """Start a sign-in that ends on one of our own pages.

        Args:
            return_to: where.
            visitor: who starts it; the session will be bound to the key.
            requirement: what it has to be like, for a step-up.
            solution: the proof of work, where one was asked for.

        Raises:
            TooManyRequestsError, WorkNeededError, RiskDeniedError: not now, or not so.
        """
        if visitor and self.admission:
            requirement = await self.admission.begins(visitor, solution) or requirement
        jkt = visitor.jkt if visitor else None
        return await self._depart(local_path(return_to), jkt, requirement)

    async def complete(
        self,
        parameters: Mapping[str, str],
        *,
        binding: str,
        visitor: Visitor | None = None,
        former: str | None = None,
    ) -> "Arrival | Departure":
        """Finish a sign-in with the provider's answer, or go back there for a second factor.

        Args:
            parameters: of the callback.
            binding: the sign-in's own cookie.
            visitor: whose browser it is.
            former: the session that the browser had; it ends, or a step-up continues it.

        Raises:
            SignInError: it was not begun here, was already used, or the answer is not right.
            UnknownPersonError, TenantPausedError, RiskDeniedError: the person may not come in.
        """
        try:
            state = parameters.get("state", "")
            challenge, return_to = await self.transactions.take(state=state, binding=binding)
            signed_in = await self.provider.complete(challenge, parameters)
            person = await self._admit(signed_in)
        except (SignInError, UnknownPersonError, TenantPausedError) as error:
            if isinstance(error, SignInError):
                await self._refused("anonymous", "provider", error.reason)
            if visitor and self.admission:
                await self.admission.failed(visitor)
            raise
        here = replace(visitor, jkt=challenge.jkt) if visitor else None
        if here and self.admission:
            needed = await self.admission.ends(here, person, signed_in.grant.assurance)
            if needed:
                return await self._depart(return_to, challenge.jkt, needed)
        person = await self._with_granted_roles(person, signed_in, challenge)
        return Arrival(await self._session(person, signed_in, here, challenge, former), return_to)

    async def leave(self, sid: str) -> str | None:
        """End the session; return where to send the browser so that the provider signs out too."""
        id_token = await self.sessions.end(sid)
        return await self.provider.sign_out_url(id_token) if id_token else None

    async def end_at_provider(self, logout_token: str) -> None:
        """End what the provider's logout token names; raises ``TokenRejectedError``."""
        await self.end_named(await self.logout_tokens.verify(logout_token))

    async def end_named(self, notice: Notice) -> None:
        """End the sessions of a sign-in that the provider has ended, and record whose they were."""
        ended = await self.sessions.end_at_provider(
            notice.issuer, session=notice.session, subject=notice.subject
        )
        for tenant_id, person_id in ended:
            decision = Decision(
                "session.ended",
                str(person_id),
                notice.issuer,
                tenant_id,
                reasons=("provider_signed_out",),
            )
            await self.audit.record(decision)

    async def _admit(self, signed_in: SignedIn) -> Person:
        identity = signed_in.identity
        person = await self._known(identity)
        if person is None:
            await self._refused(identity.subject, identity.issuer, "unknown_person")
            raise UnknownPersonError(_invitation(identity))
        try:
            check_active(person)
        except TenantPausedError:
            await self._refused(str(person.id), str(person.tenant_id), "tenant_paused")
            raise
        return person

    async def _depart(
        self, return_to: str, jkt: str | None, requirement: Requirement | None
    ) -> Departure:
        begun = await self.transactions.begin(return_to=return_to, jkt=jkt, requirement=requirement)
        url = await self.provider.authorization_url(begun.challenge)
        return Departure(url, begun.challenge.state, begun.binding)

    async def _session(
        self,
        person: Person,
        signed_in: SignedIn,
        visitor: Visitor | None,
        challenge: Challenge,
        former: str | None,
    ) -> str:
        """Continue the session under a new id at a step-up; else end the former and begin one."""
        if former and challenge.requirement and await self._is_same(former, person, challenge.jkt):
            return await self.sessions.replace(former, signed_in.grant, visitor)
        if former:
            await self.sessions.end(former)
        return await self.sessions.start(person, signed_in.grant, visitor)

    async def _is_same(self, sid: str, person: Person, jkt: str | None) -> bool:
        try:
            live = await self.sessions.read(sid)
        except SessionEndedError:
            return False
        return (live.person.id, live.jkt, live.is_replaced) == (person.id, jkt, False)

    async def _with_granted_roles(
        self, person: Person, signed_in: SignedIn, challenge: Challenge
    ) -> Person:
        """Keep what the allow-listed claims give now; what they gave before ends."""
        roles = granted_roles(signed_in.claims, self.granted)
        allowed = Decision(
            "sign_in.allowed",
            str(person.id),
            signed_in.identity.issuer,
            person.tenant_id,
            {"granted_roles": list(roles), "acr": signed_in.grant.acr},
            reasons=("stepped_up",) if challenge.requirement else (),
        )
        async with self.database.tenant(person.tenant_id) as session:
            user = await session.get_one(User, person.id)
            user.granted_roles = list(roles)
            tenant = await session.get_one(Tenant, person.tenant_id)
            await session.flush()
            await append(session, allowed)
        return Person.of(user, tenant)

    async def _known(self, identity: Identity) -> Person | None:
        known = select(User, Tenant).join(Tenant, Tenant.id == User.tenant_id)
        key = (identity.issuer, identity.subject)
        async with self.database.session(identity=key) as session:
            found = await session.execute(
                known.where(User.issuer == key[0], User.subject == key[1])
            )
            row = found.first()
        return None if row is None else Person.of(row[0], row[1])

    async def _refused(self, actor: str, target: str, reason: str) -> None:
        decision = Decision("sign_in.refused", actor, target, detail={"reason": reason})
        await self.audit.record(decision)


def local_path(value: str) -> str:
    """Return the path if it is on this origin, else ``/`` (RFC 9700 §4.11)."""
    return value if len(value) <= _MAX_PATH and _LOCAL_PATH.fullmatch(value) else "/"


def _invitation(identity: Identity) -> str:
    return (
        "You are signed in at the identity provider, but nobody has added you here. "
        f"Give an administrator your subject: {identity.subject}"
    )
