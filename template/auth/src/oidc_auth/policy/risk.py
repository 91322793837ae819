"""When a sign-in looks unusual, and what follows."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, model_validator

from oidc_auth.policy.section import Section

_LONGEST_WAIT_S = 2.0


class RiskPolicy(Section):
    """What the rules of ``oidc_auth/rules`` weigh, and what their sum leads to.

    Attributes:
        hook: ``module:function`` that makes the hook from this section and keeps to ``RiskHook``.
        timeout_s: a hook that takes longer has not allowed anything: a second factor is asked for.
        pow, step_up, deny: from how many points on each follows.
        failures_s: how long something that was refused is remembered.
        rules: numbers of a rule that differ from its own, by the rule's name.
    """

    hook: str = "oidc_auth.rules:open_hook"
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
        """Refuse a rule that counts nothing, and a hook that people would wait for."""
        for name, tuning in self.rules.items():
            if tuning.get("points", 1) <= 0:
                yield f"rules.{name}.points is not above 0, so the rule is off."
        if self.timeout_s > _LONGEST_WAIT_S:
            yield "timeout_s is longer than 2 s, so a slow hook holds every sign-in up."
