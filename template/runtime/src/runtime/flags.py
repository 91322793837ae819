"""Feature flags through OpenFeature, read from ``flags.yaml``.

The file speaks flagd's vocabulary: ``state``, ``variants``, ``defaultVariant``, and ``targeting``
from a tenant's slug or id to the variant it gets. ``rollout`` gives a variant to a share of the
tenants, in percent: always the same ones, and more of them as the share grows.
"""

import hashlib
from collections.abc import Callable, Mapping
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
Percent = Annotated[float, Field(ge=0, le=100)]


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
    rollout: dict[str, Percent] = {}

    @model_validator(mode="after")
    def know_every_variant(self) -> "Flag":
        """Refuse a variant that nobody described, and shares that are more than the whole."""
        named = {self.default_variant, *self.targeting.values(), *self.rollout}
        if unknown := named - set(self.variants):
            raise ValueError(f"unknown variants: {', '.join(sorted(unknown))}")
        if sum(self.rollout.values()) > 100:  # noqa: PLR2004 - percent
            raise ValueError("the rollout's shares are more than 100 percent")
        return self

    def cohort(self, name: str, tenant: str) -> str | None:
        """Return the variant that the rollout gives a tenant; None for the rest."""
        place = _percentile(f"{name}:{tenant}") if self.rollout and tenant else 100.0
        for variant, share in self.rollout.items():
            place -= share
            if place < 0:
                return variant
        return None


class WatchedFlags:
    """The flags of a file, read again when it changes; a broken file leaves the last good ones.

    Attributes:
        client: evaluates them; it stays the same object when the file changes.
    """

    def __init__(self, path: Path, *, on_change: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._on_change = on_change
        self._stamp = _stamp(path)
        self.client = open_flags(path, domain=str(path))

    def refresh(self) -> bool:
        """Read the file if it is another one now; say whether it was.

        Raises:
            FlagsError: it can't be used; it is not read again until it changes once more.
        """
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        open_flags(self._path, domain=str(self._path))
        self._on_change()
        return True


def open_flags(path: Path, *, domain: str = DOMAIN) -> OpenFeatureClient:
    """Return a client of the flags in a file; evaluate with ``tenant_context(tenant)``.

    Args:
        path: of the file.
        domain: whoever opens a file under the same domain replaces its flags.

    Raises:
        FlagsError: the file can't be read.
    """
    # A disabled flag is not there: whoever asks gets their own default.
    enabled = {name: flag for name, flag in read_flags(path).items() if flag.state == "ENABLED"}
    flags = {name: _in_memory(name, flag) for name, flag in enabled.items()}
    api.set_provider(InMemoryProvider(flags), domain)
    return api.get_client(domain)


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


def _in_memory(name: str, flag: Flag) -> InMemoryFlag[Any]:
    def evaluate(
        _flag: InMemoryFlag[Any], context: EvaluationContext
    ) -> FlagResolutionDetails[Any]:
        tenant = context.targeting_key or ""
        variant, reason = flag.targeting.get(tenant), Reason.TARGETING_MATCH
        if variant is None:
            variant, reason = flag.cohort(name, tenant), Reason.SPLIT
        if variant is None:
            variant, reason = flag.default_variant, Reason.DEFAULT
        return FlagResolutionDetails(flag.variants[variant], variant=variant, reason=reason)

    return InMemoryFlag(flag.default_variant, flag.variants, context_evaluator=evaluate)


def _percentile(text: str) -> float:
    """Return a figure from 0 up to 100 that is always the same for a text and even over many."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64 * 100


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino
