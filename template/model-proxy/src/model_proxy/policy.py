"""Who may send what where: ``models/policy.yaml`` and every file of ``models/policy.d/``.

Nothing is allowed until a grant says so, and a grant can only be added, so each widening is a line
in a diff.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from model_proxy.registry import SCHEMA_ID, Entry, Model, Module, Name
from model_proxy.sources import read_folder


class Grant(Entry):
    """What the use cases named here may use."""

    use_cases: tuple[Name, ...]
    """As callers say in X-Use-Case; ``general`` is what a caller without the header does."""
    providers: tuple[Module, ...]
    """Who may see the data."""
    regions: tuple[str, ...]
    """Where it may go: local, global or a region's name."""
    retention_days: Annotated[int, Field(ge=0)]
    """The longest that the provider may keep it."""
    sizes: tuple[Literal["small", "large"], ...] = ("small", "large")
    """Which models, by size."""
    reason: Annotated[str, Field(min_length=1)]
    """Why this is acceptable."""

    def admits(self, use_case: str, model: Model) -> bool:
        """Say whether this grant alone allows the model for the use case."""
        return (
            use_case in self.use_cases
            and model.provider in self.providers
            and model.region in self.regions
            and model.size in self.sizes
            and model.retention_days <= self.retention_days
        )


class PolicyFile(Entry):
    """One file of the policy."""

    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class Policy:
    """All grants together."""

    grants: tuple[Grant, ...]

    def admits(self, use_case: str, model: Model) -> bool:
        """Say whether any grant allows the model for the use case."""
        return any(grant.admits(use_case, model) for grant in self.grants)


def load_policy(folder: Path) -> Policy:
    """Read ``policy.yaml`` and ``policy.d/``; raises ``ConfigurationError`` with file and line."""
    files = [source.parse(PolicyFile) for source in read_folder(folder / "policy.yaml")]
    return Policy(tuple(grant for file in files for grant in file.grants))


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema of a policy file; ``contracts/models/policy.json`` holds it."""
    return {"$schema": SCHEMA_ID, **PolicyFile.model_json_schema()}
