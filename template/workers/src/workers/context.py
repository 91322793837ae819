"""What a job may use."""

from dataclasses import dataclass
from functools import cached_property

from runtime.database import Database
from runtime.queues import Backoff, Job
from runtime.vectors import VectorStore
from workers.model import ModelProxy
from workers.prewarming import Prewarming


@dataclass(frozen=True)
class Context:
    """The services behind every job; built once by ``bootstrap``."""

    database: Database
    store: VectorStore
    model: ModelProxy
    backoff: Backoff

    @cached_property
    def prewarming(self) -> Prewarming:
        """What keeps popular questions warm."""
        return Prewarming(self.database, self.model)

    def is_last_attempt(self, job: Job) -> bool:
        """Say whether a failure now makes the job a dead letter."""
        return self.backoff.delay_s(job.attempt) is None
