"""Who may sign in: before the provider is asked, and after it has answered."""

from dataclasses import dataclass

from oidc_auth.errors import RiskDeniedError
from oidc_auth.people import Person
from oidc_auth.protection import Judged, Protection
from oidc_auth.risk import RiskContext
from oidc_auth.stepup import Assurance, Requirement
from oidc_auth.visitors import Visitor


@dataclass(frozen=True)
class Admission:
    """Limits, risk and proof of work around a sign-in."""

    protection: Protection

    async def begins(self, visitor: Visitor, solution: str | None) -> Requirement | None:
        """Return what the sign-in has to be like, or None.

        Args:
            visitor: whose key is proven.
            solution: the ``Proof-Of-Work`` header.

        Raises:
            TooManyRequestsError, WorkNeededError, RiskDeniedError: it may not begin, or not yet.
        """
        own = self.protection
        await own.limit("sign_in", visitor.address)
        failures = await own.history.failures(visitor)
        context = RiskContext(
            "sign_in_begins", own.history.now(), own.device(visitor), failures=failures
        )
        verdict = await own.risk.assess(context)
        if verdict.decision == "deny":
            await own.record("sign_in.refused", "deny", verdict, Judged("sign_in"))
            raise RiskDeniedError
        if verdict.decision == "pow":
            flow = f"sign_in:{visitor.jkt}:{visitor.address}"
            await own.check_work(verdict, solution, flow, Judged("sign_in"))
        return own.second_factor if verdict.decision == "step_up" else None

    async def ends(
        self, visitor: Visitor, person: Person, assurance: Assurance
    ) -> Requirement | None:
        """Return what the person still has to bring, or None and remember the device.

        In the middle of a sign-in no browser can work for us: ``pow`` is a second factor here.

        Raises:
            RiskDeniedError: the person may not come in.
        """
        own, judged = self.protection, Judged("sign_in", person)
        context = RiskContext(
            "sign_in_ends",
            own.history.now(),
            own.device(visitor),
            known=await own.history.known(person),
            failures=await own.history.failures(visitor, str(person.id)),
        )
        verdict = await own.risk.assess(context)
        if verdict.decision == "deny":
            await own.record("sign_in.refused", "deny", verdict, judged)
            raise RiskDeniedError
        needed = own.second_factor
        if verdict.decision != "allow" and not needed.is_met(assurance, now=own.clock()):
            await own.record("sign_in.raised", "step_up", verdict, judged)
            return needed
        await own.history.remember(person, visitor)
        return None

    async def failed(self, visitor: Visitor, person: str = "") -> None:
        """Remember a sign-in that was refused: many of them cost work."""
        await self.protection.history.failed(visitor, person)
