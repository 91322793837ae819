"""What the workers are told from outside."""

from typing import Annotated, ClassVar

from pydantic import Field

from oidc_auth.config import AuditSettings


class WorkerSettings(AuditSettings):
    """The workers' own settings."""

    required_in_production: ClassVar[tuple[str, ...]] = ("database_url", "session_secret")

    workers_host: str = "127.0.0.1"
    """Where ``/metrics`` is served."""
    workers_port: Annotated[int, Field(ge=0, le=65535)] = 8002
    """Its port; 0 takes any free one."""
    job_attempts: Annotated[int, Field(ge=1)] = 5
    """How often a failing job runs before it becomes a dead letter."""
    job_retry_s: Annotated[float, Field(gt=0)] = 2.0
    """Seconds before the second run; doubled before each further one."""
    embedding_timeout_s: Annotated[float, Field(gt=0)] = 60.0
