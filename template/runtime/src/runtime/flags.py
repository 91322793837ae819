"""Feature flags through OpenFeature, read from ``flags.yaml``.

The file speaks flagd's vocabulary: ``state``, ``variants``, ``defaultVariant``, and ``targeting``
from a tenant's slug or id to the variant it gets.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

DOMAIN = "product"


class FlagsError(Exception):
    """``flags.yaml`` is missing or malformed."""

    code = "flags"


class Flag(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    variants: Annotated[dict[str, Any], Field(min_length=1)]
    default_variant: Annotated[str, Field(alias="defaultVariant")]
    targeting: dict[str, str] = {}

    @model_validator(mode="after")
    def know_every_variant(self) -> "Flag":
        """Refuse a variant that nobody described."""
        unknown = {self.default_variant, *self.targeting.values()} - set(self.variants)
        if unknown:
            raise ValueError(f"unknown variants: {', '.join(sorted(unknown))}")
        return self


def open_flags(path: Path) -> OpenFeatureClient:
    """Return a client of the flags in a file; evaluate with ``tenant_context(tenant)``.

    Raises:
        FlagsError: the file can't be read.
    """
    # A disabled flag is not there: whoever asks gets their own default.
    enabled = {name: flag for name, flag in read_flags(path).items() if flag.state == "ENABLED"}
    flags = {name: _in_memory(flag) for name, flag in enabled.items()}
    api.set_provider(InMemoryProvider(flags), DOMAIN)
    return api.get_client(DOMAIN)


def read_flags(path: Path) -> Mapping[str, Flag]:
    """Return the file's flags by name.

    Raises:
        FlagsError: the file can't be read.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["flags"]
        return {name: Flag.model_validate(entry) for name, entry in entries.items()}
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValidationError) as error:
        raise FlagsError(f"{path} can't be used: {error}") from error


def tenant_context(tenant: str) -> EvaluationContext:
    """Return the context of a tenant's request; the same tenant always gets the same variant."""
    return EvaluationContext(targeting_key=tenant)


def _in_memory(flag: Flag) -> InMemoryFlag[Any]:
    def evaluate(
        _flag: InMemoryFlag[Any], context: EvaluationContext
    ) -> FlagResolutionDetails[Any]:
        variant = flag.targeting.get(context.targeting_key or "")
        chosen = variant or flag.default_variant
        reason = Reason.TARGETING_MATCH if variant else Reason.DEFAULT
        return FlagResolutionDetails(flag.variants[chosen], variant=chosen, reason=reason)

    return InMemoryFlag(flag.default_variant, flag.variants, context_evaluator=evaluate)
