"""What every section of the policy has in common."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Settings of one concern; bounds that must never be left are part of the types."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def weaknesses(self) -> Iterable[str]:
        """Return a sentence for each setting that gives up a protection."""
        return ()
