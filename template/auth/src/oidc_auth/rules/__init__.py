"""The rules of risk, one module each; a new file here counts from the next start on.

A rule is a module with

- ``TUNING``: a mapping of names to numbers, ``points`` among them; settings may change each;
- ``def assess(context: RiskContext, tuning: Mapping[str, float]) -> str | None``: the reason why
  this looks risky, for the audit log, or None.

Rules look and compute; they never wait for anything. What has to ask a service is a ``RiskHook``.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from types import ModuleType

from oidc_auth.policy.risk import RiskPolicy
from oidc_auth.risk import RiskContext, RuleSet, Signal, Thresholds
from runtime.settings import SettingsError

Tuning = Mapping[str, float]

_OF_REQUESTS = {"changed_surroundings"}
"""They judge requests of a session and say nothing about a sign-in."""


@dataclass(frozen=True)
class Rule:
    """A rule and the numbers that it goes by."""

    name: str
    assess: Callable[[RiskContext, Tuning], str | None]
    tuning: Tuning

    def __call__(self, context: RiskContext) -> Signal | None:
        """Return the rule's points if it finds a reason."""
        reason = self.assess(context, self.tuning)
        return None if reason is None else Signal(reason, int(self.tuning["points"]))


def open_hook(policy: RiskPolicy) -> RuleSet:
    """Return the product's own risk hook: the rules of this folder, tuned by the policy."""
    return load_rules(policy.rules, Thresholds(policy.pow, policy.step_up, policy.deny))


def load_rules(changes: Mapping[str, Tuning], thresholds: Thresholds) -> RuleSet:
    """Return all rules of this folder, tuned.

    Raises:
        SettingsError: the settings name a rule or a number that does not exist, or deny only what
            all rules together never reach.
    """
    modules = rule_modules()
    if unknown := changes.keys() - modules.keys():
        raise SettingsError(f"There is no risk rule called {', '.join(sorted(unknown))}.")
    rules = tuple(
        Rule(name, module.assess, _tuned(name, module.TUNING, changes.get(name, {})))
        for name, module in modules.items()
    )
    most = sum(rule.tuning["points"] for rule in rules if rule.name not in _OF_REQUESTS)
    if thresholds.deny > most:
        raise SettingsError(
            f"risk.deny is {thresholds.deny}, but all rules together give {most:g} points to a"
            " sign-in: none would ever be refused."
        )
    return RuleSet(rules, _version(rules, thresholds), thresholds)


def rule_modules() -> dict[str, ModuleType]:
    """Return the modules of this folder by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def _tuned(name: str, defaults: Tuning, changes: Tuning) -> Tuning:
    if unknown := changes.keys() - defaults.keys():
        raise SettingsError(f"The risk rule {name} has no {', '.join(sorted(unknown))}.")
    return {**defaults, **changes}


def _version(rules: tuple[Rule, ...], thresholds: Thresholds) -> str:
    """Return a digest of everything that a person can tune, so that a change is visible."""
    policy = {"rules": {rule.name: dict(rule.tuning) for rule in rules}} | asdict(thresholds)
    return sha256(json.dumps(policy, sort_keys=True).encode()).hexdigest()[:12]
