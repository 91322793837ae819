"""What limits, proofs of work and risk need, and how their verdicts are recorded."""

from dataclasses import dataclass

from oidc_auth.audit import AuditLog, Decision
from oidc_auth.audit.entries import Outcome
from oidc_auth.config import AuthSettings, Clock
from oidc_auth.dpop import Nonces, Proofs
from oidc_auth.errors import WorkNeededError
from oidc_auth.history import History
from oidc_auth.limits import Limit, LimitedError, Limits, open_limits
from oidc_auth.people import Person
from oidc_auth.policy import AuthPolicy
from oidc_auth.proof_of_work import Work
from oidc_auth.replay import open_replays
from oidc_auth.risk import Device, Risk, Verdict, open_risk
from oidc_auth.stepup import Requirement
from oidc_auth.visitors import Visitor
from runtime.caches import Cache
from runtime.database import Database


@dataclass(frozen=True)
class Shared:
    """What the process has once."""

    database: Database
    cache: Cache
    audit: AuditLog
    clock: Clock


@dataclass(frozen=True)
class Judged:
    """What a verdict is about: who does what."""

    target: str
    person: Person | None = None

    @property
    def actor(self) -> str:
        """Return the name for the record."""
        return str(self.person.id) if self.person else "anonymous"


@dataclass(frozen=True)
class Protection:
    """The parts, wired once.

    Attributes:
        acr_values: what the provider calls a second factor.
    """

    policy: AuthPolicy
    limits: Limits
    proofs: Proofs
    work: Work
    risk: Risk
    history: History
    audit: AuditLog
    clock: Clock
    acr_values: tuple[str, ...]

    @property
    def second_factor(self) -> Requirement:
        """Return what is needed where more than a session is needed."""
        return Requirement(self.acr_values, self.policy.stepup.max_age_s)

    async def limit(self, name: str, key: str, person: Person | None = None) -> None:
        """Take a token; raises ``TooManyRequestsError`` when there is none."""
        rate = getattr(self.policy.limits, name)
        try:
            await self.limits.take(Limit(name, rate.per_s, rate.burst), key)
        except LimitedError as error:
            if error.is_news:  # a flood is recorded once per wait, not once per request
                self._note_limit(name, Judged(key if person is None else name, person))
            raise

    async def check_work(
        self, verdict: Verdict, solution: str | None, flow: str, judged: Judged
    ) -> None:
        """Raise ``WorkNeededError`` unless the flow's work was done."""
        try:
            await self.work.check(solution, flow=flow)
        except WorkNeededError:
            await self.record("work.asked", "limit", verdict, judged)
            raise
        await self.record("work.done", "allow", verdict, judged)

    async def record(self, action: str, outcome: Outcome, verdict: Verdict, judged: Judged) -> None:
        """Record a verdict of risk with its reasons and the version of its policy."""
        await self.audit.record(
            Decision(
                action,
                judged.actor,
                judged.target,
                judged.person.tenant_id if judged.person else None,
                {"points": verdict.points, "decision": verdict.decision},
                outcome=outcome,
                rule=f"risk:{verdict.policy_version}",
                reasons=verdict.reasons,
            )
        )

    def device(self, visitor: Visitor) -> Device:
        """Return the visitor as risk sees it, now."""
        return Device(visitor.jkt or "", visitor.network, visitor.agent, self.history.now())

    def _note_limit(self, name: str, judged: Judged) -> None:
        self.audit.note(
            Decision(
                "access.limited",
                judged.actor,
                judged.target,
                judged.person.tenant_id if judged.person else None,
                outcome="limit",
                rule=f"limit:{name}",
                reasons=("too_many_requests",),
            )
        )


def open_nonces(settings: AuthSettings, policy: AuthPolicy, clock: Clock) -> Nonces:
    """Return the nonces of this deployment."""
    secret = settings.session_secret.get_secret_value()
    return Nonces(secret, clock, window_s=policy.dpop.nonce_s)


def open_protection(
    shared: Shared, settings: AuthSettings, policy: AuthPolicy, second_factor: tuple[str, ...]
) -> Protection:
    """Wire the parts; ``second_factor`` is the provider's, where the policy names none."""
    database, cache, clock = shared.database, shared.cache, shared.clock
    replays = open_replays(database, cache, clock)
    nonces = open_nonces(settings, policy, clock)
    secret = settings.session_secret.get_secret_value()
    return Protection(
        policy=policy,
        limits=open_limits(database, cache, clock),
        proofs=Proofs(replays, nonces, clock, policy.dpop.skew_s),
        work=Work(secret, replays, clock, policy.pow),
        risk=open_risk(policy.risk),
        history=History(database, clock, policy.risk.failures_s),
        audit=shared.audit,
        clock=clock,
        acr_values=policy.stepup.acr_values or second_factor,
    )
