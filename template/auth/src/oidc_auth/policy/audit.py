"""What the record of decisions holds, and how much may wait to be written."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from oidc_auth.policy.section import Section


class AuditPolicy(Section):
    """The audit log; refusals, step-ups, limits and changes are always recorded.

    Attributes:
        allows: which permitted requests are recorded: every one, those that may change something,
            or none.
        flush_s: how long an entry of the buffer waits at most.
        buffer_entries: how many may wait while the database does not answer; then requests fail.
        checkpoint_s, checkpoint_entries: when the next checkpoint leaves the database.
        keep_days: how old entries become; the database itself keeps those of the last 30 days.
        archive: whether they leave only for AUDIT_ARCHIVE_FOLDER, or, where nobody may keep them,
            for good.
    """

    allows: Literal["all", "changes", "none"] = "all"
    flush_s: Annotated[float, Field(gt=0, le=5)] = 0.05
    buffer_entries: Annotated[int, Field(gt=0, le=100_000)] = 10_000
    checkpoint_s: Annotated[float, Field(gt=0)] = 60
    checkpoint_entries: Annotated[int, Field(gt=0)] = 1000

    keep_days: Annotated[int, Field(ge=31)] = 400
    archive: Literal["required", "none"] = "required"

    def weaknesses(self) -> Iterable[str]:
        """Refuse a record that says nothing of what was allowed, or has no recent proof."""
        if self.allows == "none":
            yield "allows is none, so nobody can say afterwards what was read."
        if self.checkpoint_s > 3600:  # noqa: PLR2004 - an hour
            yield "checkpoint_s is over an hour, so that much could be cut off unseen."
