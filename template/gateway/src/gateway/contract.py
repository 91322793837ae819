"""What every operation of the API shares: the problems that it may answer with."""

from typing import Any

from pydantic import BaseModel, Field

from runtime.problems import MEDIA_TYPE


class Problem(BaseModel):
    """What went wrong and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; programs may depend on it")
    detail: str
    correlation_id: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of an operation that may fail with these statuses."""
    described = {
        "description": "What went wrong and what to do next (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
    return dict.fromkeys(statuses, described)
