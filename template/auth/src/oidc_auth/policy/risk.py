"""When a sign-in looks unusual, and what follows."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, model_validator

from oidc_auth.policy.section import Section

OURS = "oidc_auth.rules:open_hook"
_LONGEST_WAIT_S = 2.0
_MOST_FAILURES = 50
_LEAST_MEMORY_S = 60

MUST_REACH = {
    "pow": ("many_failures", 40, "guessing costs no work"),
    "step_up": ("changed_surroundings", 60, "a session that moved is asked for no second factor"),
}
"""By threshold: the rule that has to reach it alone, the points it gives, and what else is so."""


class RiskPolicy(Section):
    """What the rules of ``oidc_auth/rules`` weigh, and what their sum leads to.

    Attributes:
        hook: ``module:function`` that makes the hook from this section and keeps to ``RiskHook``.
        timeout_s: a hook that takes longer has not allowed anything: a second factor is asked for.
        pow, step_up, deny: from how many points on each follows.
        failures_s: how long something that was refused is remembered.
        rules: numbers of a rule that differ from its own, by the rule's name.
    """

    hook: str = OURS
    timeout_s: Annotated[float, Field(gt=0)] = 0.25
    pow: Annotated[int, Field(gt=0)] = 30
    step_up: Annotated[int, Field(gt=0)] = 50
    deny: Annotated[int, Field(gt=0)] = 100
    failures_s: Annotated[int, Field(gt=0, le=86_400)] = 900
    rules: dict[str, dict[str, float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if not self.pow <= self.step_up <= self.deny:
            raise ValueError("pow, step_up and deny must not fall")
        return self

    def weaknesses(self) -> Iterable[str]:
        """Refuse what makes a rule or a threshold idle, and a hook that people would wait for."""
        for name, tuning in self.rules.items():
            if tuning.get("points", 1) <= 0:
                yield f"rules.{name}.points is not above 0, so the rule is off."
        if self.rules.get("many_failures", {}).get("failures", 1) > _MOST_FAILURES:
            yield "rules.many_failures.failures is above 50, so guessing costs no work."
        if self.failures_s < _LEAST_MEMORY_S:
            yield "failures_s is below a minute, so guessing slowly costs no work."
        if self.timeout_s > _LONGEST_WAIT_S:
            yield "timeout_s is longer than 2 s, so a slow hook holds every sign-in up."
        if self.hook == OURS:
            yield from self._unreachable()

    def _unreachable(self) -> Iterable[str]:
        for threshold, (rule, usual, consequence) in MUST_REACH.items():
            reached = self.rules.get(rule, {}).get("points", usual)
            if getattr(self, threshold) > reached:
                yield f"{threshold} is above the {reached:g} points of {rule}, so {consequence}."
