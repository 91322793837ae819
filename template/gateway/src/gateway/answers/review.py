"""Which answers a person should look at (R-0313)."""

from hashlib import sha256
from uuid import UUID

NO_CITATION = "The answer cites no passage."
SAMPLED = "Chosen for the regular check."


def review_reason(answer_id: UUID, *, has_citation: bool, sample: float) -> str | None:
    """Return why the answer needs a review, or None.

    The sample depends on the id alone: the same answer is chosen again when a job is repeated.
    """
    if not has_citation:
        return NO_CITATION
    drawn = int.from_bytes(sha256(answer_id.bytes).digest()[:8]) / 2**64
    return SAMPLED if drawn < sample else None
