"""How strict sign-in is: ``auth/policy.yaml``, parsed at start, one section per concern.

Every setting has a safe default, so an empty file is the strongest policy. What weakens a
protection is possible while developing and keeps the service from starting anywhere else. A setting
that is misspelled is an error: nothing is silently off.
"""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oidc_auth.policy.audit import AuditPolicy
from oidc_auth.policy.dpop import DpopPolicy
from oidc_auth.policy.jwks import JwksPolicy
from oidc_auth.policy.keys import KeysPolicy
from oidc_auth.policy.limits import LimitsPolicy
from oidc_auth.policy.pow import PowPolicy
from oidc_auth.policy.risk import RiskPolicy
from oidc_auth.policy.section import Section
from oidc_auth.policy.sessions import SessionsPolicy
from oidc_auth.policy.stepup import StepUpPolicy
from oidc_auth.policy.tokens import TokensPolicy
from runtime.logs import logger
from runtime.product import root
from runtime.settings import SettingsError

FILE = Path("auth") / "policy.yaml"


class AuthPolicy(BaseModel):
    """The whole file; each section is described in the module that is named like it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sessions: SessionsPolicy = Field(default_factory=SessionsPolicy)
    keys: KeysPolicy = Field(default_factory=KeysPolicy)
    jwks: JwksPolicy = Field(default_factory=JwksPolicy)
    tokens: TokensPolicy = Field(default_factory=TokensPolicy)
    stepup: StepUpPolicy = Field(default_factory=StepUpPolicy)
    dpop: DpopPolicy = Field(default_factory=DpopPolicy)
    risk: RiskPolicy = Field(default_factory=RiskPolicy)
    limits: LimitsPolicy = Field(default_factory=LimitsPolicy)
    pow: PowPolicy = Field(default_factory=PowPolicy)
    audit: AuditPolicy = Field(default_factory=AuditPolicy)

    def weaknesses(self) -> list[str]:
        """Return what this policy gives up, one sentence each, its section first."""
        sections: list[tuple[str, Section]] = [
            (name, getattr(self, name)) for name in type(self).model_fields
        ]
        return [
            f"{name}: {reason}" for name, section in sections for reason in section.weaknesses()
        ]


def load_policy(path: Path | None = None, *, environment: str) -> AuthPolicy:
    """Return the policy of this repo.

    Raises:
        SettingsError: the file is missing or wrong, or weakens a protection outside development.
    """
    path = path or root() / FILE
    try:
        policy = AuthPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    except ValidationError as error:
        raise SettingsError(f"{FILE} is wrong: {_faults(error)}.") from error
    _refuse_weakness(policy, environment)
    return policy


def _refuse_weakness(policy: AuthPolicy, environment: str) -> None:
    weaknesses = policy.weaknesses()
    if not weaknesses:
        return
    if environment not in {"development", "test"}:
        raise SettingsError(
            f"{FILE} is too weak for ENVIRONMENT={environment}: {' '.join(weaknesses)}"
        )
    logger(__name__).warning("auth_policy_is_weak", weaknesses=weaknesses)


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
