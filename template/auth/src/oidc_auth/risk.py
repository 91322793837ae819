"""Risk: what speaks against a sign-in or a request, and what follows from it.

A hook looks at the context and decides: allow, ask for a second factor (``step_up``), ask for a
proof of work (``pow``) or ``deny``. It always has to say why and by which version of its policy.
A hook that is late or fails has not allowed anything: the answer is then ``step_up``.
"""

import asyncio
import importlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from oidc_auth.policy.risk import RiskPolicy
from runtime.logs import logger
from runtime.settings import SettingsError

Decision = Literal["allow", "step_up", "pow", "deny"]
Moment = Literal["sign_in_begins", "sign_in_ends", "request"]


@dataclass(frozen=True)
class Device:
    """A browser key that a person has signed in with.

    Attributes:
        network: a digest of the address's network, not the address.
        agent: a digest of the user agent.
    """

    jkt: str
    network: str
    agent: str
    last_seen_at: datetime


@dataclass(frozen=True)
class RiskContext:
    """What is known when a decision is made.

    Attributes:
        moment: what is about to happen. At ``sign_in_begins`` nobody knows who it is.
        device: the browser as it is now.
        before: the same browser at the session's last request, at the moment ``request``.
        known: the person's devices, the latest first.
        failures: what was refused lately from this address or for this person.
    """

    moment: Moment
    at: datetime
    device: Device
    before: Device | None = None
    known: tuple[Device, ...] = ()
    failures: int = 0


@dataclass(frozen=True)
class Verdict:
    """A decision, why, and by which policy."""

    decision: Decision
    reasons: tuple[str, ...]
    policy_version: str
    points: int = 0

    @property
    def detail(self) -> dict[str, object]:
        """Return it for the audit log."""
        return {
            "decision": self.decision,
            "reasons": list(self.reasons),
            "points": self.points,
            "policy_version": self.policy_version,
        }


class RiskHook(Protocol):
    """Assesses risk. The product's own adds up points of ``rules/``; a service may take its place.

    Attributes:
        policy_version: changes whenever the same context could be judged differently.
    """

    @property
    def policy_version(self) -> str:
        """Return the version of the policy."""

    async def assess(self, context: RiskContext) -> Verdict:
        """Decide."""


@dataclass(frozen=True)
class Risk:
    """A hook that can be relied on: never late, never silent."""

    hook: RiskHook
    timeout_s: float

    async def assess(self, context: RiskContext) -> Verdict:
        """Return the hook's verdict, or ``step_up`` when there is none in time."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self.hook.assess(context)
        except TimeoutError:
            return self._unknown("risk_timeout")
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not let anybody in
            logger(__name__).warning("risk_hook_failed", error=type(error).__name__)
            return self._unknown("risk_error")

    def _unknown(self, reason: str) -> Verdict:
        return Verdict("step_up", (reason,), self.hook.policy_version)


def open_risk(policy: RiskPolicy) -> Risk:
    """Return the hook that the policy names, guarded.

    Raises:
        SettingsError: there is no such hook, or it does not take its settings.
    """
    module, _, function = policy.hook.partition(":")
    try:
        opened: RiskHook = getattr(importlib.import_module(module), function)(policy)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"There is no risk hook {policy.hook}: {error}") from error
    return Risk(opened, policy.timeout_s)


@dataclass(frozen=True)
class Thresholds:
    """From how many points on each answer is given."""

    pow: int = 30
    step_up: int = 50
    deny: int = 100


@dataclass(frozen=True)
class Signal:
    """One thing that speaks against it, and how much."""

    reason: str
    points: int


@dataclass(frozen=True)
class RuleSet:
    """Adds up the points of all rules; ``rules.load`` makes it from the settings."""

    rules: "tuple[BoundRule, ...]"
    policy_version: str
    thresholds: Thresholds = field(default_factory=Thresholds)

    async def assess(self, context: RiskContext) -> Verdict:
        """Ask every rule."""
        signals = [signal for rule in self.rules if (signal := rule(context)) is not None]
        points = sum(signal.points for signal in signals)
        reasons = tuple(signal.reason for signal in signals)
        return Verdict(self._decision(points), reasons, self.policy_version, points)

    def _decision(self, points: int) -> Decision:
        if points >= self.thresholds.deny:
            return "deny"
        if points >= self.thresholds.step_up:
            return "step_up"
        return "pow" if points >= self.thresholds.pow else "allow"


class BoundRule(Protocol):
    """A rule with its tuning."""

    def __call__(self, context: RiskContext) -> Signal | None:
        """Return what speaks against it, or None."""
