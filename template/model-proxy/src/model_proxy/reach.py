"""What a version of ``models/`` allows, as sentences with a level each.

A change widens it when it adds a sentence or raises a level; whatever only takes away is no news.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

from model_proxy.budgets import EVERYBODY, WINDOWS_S, Allowance, Budgets, load_budgets
from model_proxy.policy import Policy, load_policy
from model_proxy.registry import Model, Registry, load_registry
from model_proxy.rules import Rules, load_rules
from model_proxy.weights import load_pins

STAGES = ("retired", "candidate", "canary", "stable")
_DAY_S = 86_400

Reach = Mapping[str, float]


@dataclass(frozen=True)
class Version:
    """``models/`` at one time."""

    registry: Registry
    policy: Policy
    budgets: Budgets
    rules: Rules
    pins: Mapping[str, str]


def read_version(folder: Path) -> Version:
    """Read a folder; raises ``ConfigurationError`` with file and line."""
    return Version(
        load_registry(folder),
        load_policy(folder),
        load_budgets(folder),
        load_rules(folder),
        load_pins(folder),
    )


def widenings(old: Version, new: Version) -> dict[str, tuple[float, float]]:
    """Return what the new version allows and the old one does not: sentence → old and new level."""
    names = _names(old) | _names(new)
    before, after = reach(old, names), reach(new, names)
    return {
        sentence: (before.get(sentence, 0), level)
        for sentence, level in after.items()
        if level > before.get(sentence, -1)
    }


def reach(version: Version, names: "set[tuple[str, str]] | None" = None) -> Reach:
    """Return every sentence; ``names`` are the budget lines and refusals to speak about."""
    names = _names(version) if names is None else names
    found: dict[str, float] = {}
    for sentence, level in (
        *_granted(version.policy),
        *(pair for model in version.registry.models.values() for pair in _served(model)),
        *((f"weights {path} are {digest}", 1) for path, digest in version.pins.items()),
        *_budgeted(version.budgets, names),
        *_ruled(version.rules, names),
    ):
        found[sentence] = max(level, found.get(sentence, level))
    return found


def stage_sentence(name: str) -> str:
    """Return the sentence whose level is a model's stage."""
    return f"model {name} has stage (1 candidate, 2 canary, 3 stable)"


def _granted(policy: Policy) -> Iterator[tuple[str, float]]:
    for grant in policy.grants:
        for use_case in grant.use_cases:
            for provider in grant.providers:
                for region in grant.regions:
                    for size in grant.sizes:
                        place = f"{provider} in {region}, {size} models"
                        yield (
                            f"use case {use_case} may go to {place}, days kept",
                            (grant.retention_days),
                        )


def _served(model: Model) -> Iterator[tuple[str, float]]:
    if model.stage == "retired":
        return
    name = model.name
    yield stage_sentence(name), STAGES.index(model.stage)
    yield f"model {name} is {model.upstream} version {model.version}", 1
    yield f"model {name} is run by {model.provider} in {model.region} through {model.adapter}", 1
    yield f"model {name} is kept by its provider, days", model.retention_days
    yield f"model {name} costs US dollars per million tokens read", model.prices.input
    yield f"model {name} costs US dollars per million tokens written", model.prices.output
    if model.base_url:
        yield f"model {name} is at {model.base_url.env} or {model.base_url.default}", 1
    if not model.weights:
        yield f"model {name} is served without pinned weights", 1
    yield from ((f"model {name} answers for {alias}", 1) for alias in model.serves)
    yield from ((f"model {name} is used in {place}", 1) for place in model.environments)


def _budgeted(budgets: Budgets, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    lines = {"feature": budgets.features, "tenant": budgets.tenants}
    for noun, name in names:
        if noun in lines:
            allowance = lines[noun].get(name) or lines[noun].get(EVERYBODY)
            yield f"{noun} {name} may use tokens a day", _per_day(allowance)


def _ruled(rules: Rules, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    yield "percent of an alias's requests reach its canary", rules.canary_percent
    yield "percent of the answers are repeated in the shadow", rules.shadow_percent
    yield "doubt that an answer may show and be handed on", 1 - rules.quality.confidence
    if rules.hedging.after_ms or any(rules.hedging.use_cases.values()):
        yield "a call that waits is sent to a second model, and paid for twice", 1
    kept = set(rules.quality.refusals)
    for noun, text in names:
        if noun == "refusal" and text not in kept:
            yield f"an answer that begins {text!r} is handed on at once", 1


def _names(version: Version) -> set[tuple[str, str]]:
    return {
        *(("feature", name) for name in (*version.budgets.features, EVERYBODY)),
        *(("tenant", name) for name in (*version.budgets.tenants, EVERYBODY)),
        *(("refusal", text) for text in version.rules.quality.refusals),
    }


def _per_day(allowance: Allowance | None) -> float:
    return inf if allowance is None else allowance.tokens * _DAY_S / WINDOWS_S[allowance.per]
