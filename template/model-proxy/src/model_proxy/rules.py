"""How the models of an alias share the work: ``models/routing.yaml``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from model_proxy.registry import SCHEMA_ID, Entry, Name
from model_proxy.sources import read_source

Percent = Annotated[float, Field(ge=0, le=100)]
Size = Literal["small", "large"]


class RightSize(Entry):
    """Which model is asked first."""

    small_tokens: Annotated[int, Field(ge=0)] = 2000
    """A prompt of at most so many (estimated) tokens and without tools begins with a small one."""
    use_cases: Mapping[Name, Size] = {}
    """Use cases whose first model has this size, whatever the prompt."""


class Quality(Entry):
    """What an answer must be, or else the next model is asked."""

    refusals: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """An answer that begins so (case aside) says nothing."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.3
    """The least mean probability of the answer's tokens, where the model tells (logprobs)."""


class Breaking(Entry):
    """When a model is left alone for a while."""

    calls: Annotated[int, Field(ge=1, le=1000)] = 20
    """How many of the last calls count."""
    failures: Annotated[int, Field(ge=1)] = 8
    """So many failures among them open the circuit."""
    open_s: Annotated[float, Field(gt=0)] = 15
    """How long nobody is sent there."""
    probes: Annotated[int, Field(ge=1)] = 1
    """How many calls at once may find out whether it is well again."""
    slow_s: Annotated[float, Field(ge=0)] = 5
    """A timeout is the model's failure where it had at least so long, else the caller's."""


class Hedging(Entry):
    """When the next model is asked although the first has not failed, only kept us waiting."""

    after_ms: Annotated[int, Field(ge=0)] = 0
    """How long the first may take to begin; 0 waits for it alone."""
    use_cases: Mapping[Name, Annotated[int, Field(ge=0)]] = {}
    """The same for use cases that differ."""


class Rules(Entry):
    """The whole file."""

    right_size: RightSize = RightSize()
    models_per_request: Annotated[int, Field(ge=1)] = 3
    """How many models one request may reach, repairs aside."""
    quality: Quality = Quality()
    breaker: Breaking = Breaking()
    hedging: Hedging = Hedging()
    canary_percent: Percent = 5
    """Of an alias's requests, how many reach its canary (flag ``canary``)."""
    shadow_percent: Percent = 5
    """Of the answers, how many are compared with a candidate's or a canary's (flag ``shadow``)."""
    shadow_queue: Annotated[int, Field(ge=1)] = 64
    """How many comparisons may wait; the rest is dropped and counted."""


def load_rules(folder: Path) -> Rules:
    """Read ``routing.yaml``; without one the defaults hold."""
    path = folder / "routing.yaml"
    return read_source(path).parse(Rules) if path.exists() else Rules()


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file; ``contracts/models/routing.json`` holds it."""
    return {"$schema": SCHEMA_ID, **Rules.model_json_schema()}
