"""What stands between a session's request and what it asks for, in the order in which it stands.

Limits come first because they are cheapest, then the proof of the session's key, then risk, and
last the second factor that some actions need. Every refusal is recorded with its reasons.
"""

from dataclasses import dataclass, replace

from oidc_auth.audit import Decision
from oidc_auth.dpop import Proof, ProvenRequest
from oidc_auth.errors import (
    NonceNeededError,
    ProofRefusedError,
    RiskDeniedError,
    StepUpNeededError,
)
from oidc_auth.people import LiveSession
from oidc_auth.protection import Judged, Protection
from oidc_auth.risk import Device, RiskContext
from oidc_auth.sessions import Sessions
from oidc_auth.visitors import Visitor

Refusal = ProofRefusedError | NonceNeededError


@dataclass(frozen=True)
class Asked:
    """What a request of a session asks for and brings.

    Attributes:
        sid: the cookie's value.
        request: method and URL, for the proof.
        proof: the ``DPoP`` header.
        solution: the ``Proof-Of-Work`` header.
    """

    sid: str
    request: ProvenRequest
    proof: str | None
    solution: str | None = None

    @property
    def target(self) -> str:
        """Return what is asked for, for the record."""
        return f"{self.request.method} {self.request.url}"


@dataclass(frozen=True)
class Guard:
    """Checks the requests of sessions."""

    protection: Protection
    sessions: Sessions

    async def admit(self, visitor: Visitor, asked: Asked) -> LiveSession:
        """Return the session that asks.

        The proof is read first: whose session it is and whether the proof is new, the database then
        says in one round trip. What is wrong with a proof is told and recorded once it is known
        whose session it is.

        Raises:
            SessionEndedError: there is none.
            TooManyRequestsError: the person asks too often.
            ProofRefusedError, NonceNeededError: it does not prove the session's key.
            StepUpNeededError, WorkNeededError, RiskDeniedError: it looks like somebody else's.
        """
        proof = self._read(asked)
        live = await self.sessions.read(asked.sid, proof if isinstance(proof, Proof) else None)
        await self.protection.limit("person", str(live.person.id), live.person)
        if proof is not None:
            await self._check_proof(live, visitor, asked, proof)
        if (live.network, live.agent) != (visitor.network, visitor.agent):
            await self._check_surroundings(live, visitor, asked)
        return live

    async def check_second_factor(
        self, live: LiveSession, target: str, *, operation: str = "", permission: str = ""
    ) -> None:
        """Raise ``StepUpNeededError`` where the policy wants a fresh second factor and none is."""
        stepup = self.protection.policy.stepup
        if operation not in stepup.operations and permission not in stepup.permissions:
            return
        rule = f"stepup:{permission or operation}"
        needed = self.protection.second_factor
        try:
            needed.check_session(live.assurance, now=self.protection.clock())
        except StepUpNeededError:
            known = {"acr": live.acr, "authenticated_at": live.authenticated_at.isoformat()}
            await self._refuse(live, target, rule, "step_up_required", known)
            raise

    def _read(self, asked: Asked) -> Proof | Refusal | None:
        """Return the proof, or what is wrong with it; None where none is needed."""
        if not self.protection.policy.dpop.required:
            return None
        try:
            return self.protection.proofs.read(asked.proof, asked.request)
        except (ProofRefusedError, NonceNeededError) as error:
            return error

    async def _check_proof(
        self, live: LiveSession, visitor: Visitor, asked: Asked, proof: Proof | Refusal
    ) -> None:
        try:
            _check(live, proof)
        except ProofRefusedError as error:
            await self.protection.history.failed(visitor)
            await self._refuse(live, asked.target, "dpop", f"proof_{error.reason}")
            raise

    async def _check_surroundings(self, live: LiveSession, visitor: Visitor, asked: Asked) -> None:
        own, judged = self.protection, Judged(asked.target, live.person)
        before = Device(live.jkt or "", live.network or "", live.agent or "", live.authenticated_at)
        device = replace(own.device(visitor), jkt=live.jkt or "")
        context = RiskContext("request", own.history.now(), device, before=before)
        verdict = await own.risk.assess(context)
        if verdict.decision == "deny":
            await own.record("access.refused", "deny", verdict, judged)
            raise RiskDeniedError
        if verdict.decision == "step_up":
            await own.record("access.refused", "step_up", verdict, judged)
            raise StepUpNeededError(own.acr_values, 0)
        if verdict.decision == "pow":
            flow = f"session:{live.family}"
            await own.check_work(verdict, asked.solution, flow, judged)
        await own.history.moved(asked.sid, visitor)

    async def _refuse(
        self,
        live: LiveSession,
        target: str,
        rule: str,
        reason: str,
        known: dict[str, str | None] | None = None,
    ) -> None:
        await self.protection.audit.record(
            Decision(
                "access.refused",
                str(live.person.id),
                target,
                live.person.tenant_id,
                known or {},
                outcome="deny" if rule == "dpop" else "step_up",
                rule=rule,
                reasons=(reason,),
            )
        )


def _check(live: LiveSession, proof: Proof | Refusal) -> None:
    if live.jkt is None:
        raise ProofRefusedError("session_without_key")
    if not isinstance(proof, Proof):
        raise proof
    proof.check_key(live.jkt)
    if not live.is_proven:
        raise ProofRefusedError("replayed")
