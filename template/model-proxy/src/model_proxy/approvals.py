"""Who decided on a widening: ``models/approvals.yaml``, and the record of promotions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from model_proxy.reach import STAGES, stage_sentence
from model_proxy.registry import SCHEMA_ID, Entry, Name
from model_proxy.sources import read_source

PROMOTIONS = "promotions.yaml"
Text = Annotated[str, Field(min_length=1)]


class Approval(Entry):
    """One widening that is wanted."""

    change: Text
    """The line as ``make review`` prints it."""
    approved_by: Text
    reason: Text


class Approvals(Entry):
    """The whole file."""

    approvals: tuple[Approval, ...]


class Promotion(Entry):
    """A model that was raised to a stage, and what it had shown by then."""

    model: Name
    upstream: str
    version: str
    stage: Literal["canary", "stable"]
    approved_by: Text
    date: str
    samples_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The holdout set that it was asked."""
    prompts: Mapping[str, str]
    """The prompts that it was asked with, by their hashes."""
    families: Mapping[str, float]
    """The share of each family's samples that it passed."""


class Promotions(Entry):
    """The whole file."""

    promotions: tuple[Promotion, ...]


def load_approvals(folder: Path) -> list[Approval]:
    """Read ``approvals.yaml``; no file means none."""
    path = folder / "approvals.yaml"
    return list(read_source(path).parse(Approvals).approvals) if path.exists() else []


def load_promotions(folder: Path) -> list[Promotion]:
    """Read ``promotions.yaml``; no file means none."""
    path = folder / PROMOTIONS
    return list(read_source(path).parse(Promotions).promotions) if path.exists() else []


def decided(folder: Path) -> dict[str, int]:
    """Return each decided change and how often it was decided, promotions included."""
    changes = [approval.change for approval in load_approvals(folder)]
    changes += [
        f"{stage_sentence(promotion.model)}: {STAGES.index(promotion.stage)}"
        for promotion in load_promotions(folder)
    ]
    return {change: changes.count(change) for change in changes}


def approvals_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``approvals.yaml``."""
    return {"$schema": SCHEMA_ID, **Approvals.model_json_schema()}


def promotions_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``promotions.yaml``."""
    return {"$schema": SCHEMA_ID, **Promotions.model_json_schema()}
