"""How questions end, and how soon their answers begin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Histogram

from runtime.errors import ServiceError
from runtime.metrics import BOUNDS_S

Outcome = Literal["done", "error", "left"]


class AnswerMetrics:
    """Counts the questions that we had to answer; ``left`` is a reader who did not wait."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answers = Counter(
            "gateway_answers",
            "Questions, by how their answers ended",
            ["tenant_id", "outcome"],
            registry=registry,
        )
        self._first_token = Histogram(
            "gateway_first_token_seconds",
            "Seconds from a question to its answer's first token",
            buckets=BOUNDS_S,
            registry=registry,
        )

    @contextmanager
    def beginning(self, tenant_id: UUID) -> Iterator[float]:
        """Yield the second of the question; a failure inside that is ours counts as an error."""
        try:
            yield self._clock()
        except Exception as error:
            status = error.status if isinstance(error, ServiceError) else 500
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self.ended(tenant_id, "error")
            raise

    def first_token(self, asked_s: float) -> None:
        """Note that the answer to the question of that second begins now."""
        self._first_token.observe(self._clock() - asked_s)

    def ended(self, tenant_id: UUID, outcome: Outcome) -> None:
        """Count one question."""
        self._answers.labels(tenant_id, outcome).inc()
