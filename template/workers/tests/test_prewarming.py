"""Popular questions are embedded ahead, for their own tenant. covers R-0207."""

from typing import Any
from uuid import uuid4

import pytest

from devstack.fixtures import TestTenant
from runtime.database import Database
from runtime.database.models import Answer, Conversation
from workers.context import Context
from workers.jobs import store_answer
from workers.model import ModelProxy, ModelUnavailableError
from workers.prewarming import EVERY_S, Prewarming


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def asked(database: Database, tenant: TestTenant, conversation: Conversation) -> Any:
    """Store answers to these questions."""

    async def store(*questions: str) -> None:
        values = {"text": "-", "model": "-", "prompt_hash": "-", "correlation_id": "-"}
        whose = {"tenant_id": tenant.id, "user_id": tenant.member.id}
        async with database.tenant(tenant.id) as session:
            for question in questions:
                session.add(
                    Answer(
                        id=uuid4(),
                        question=question,
                        conversation_id=conversation.id,
                        citations=[],
                        input_tokens=1,
                        output_tokens=1,
                        **values,
                        **whose,
                    )
                )

    return store


async def test_prewarming_embeds_what_was_asked_more_than_once(
    database: Database, model: Any, tenant: TestTenant, asked: Any
) -> None:
    await asked("Once?", "Twice?", "Twice?", "Thrice?", "Thrice?", "Thrice?")
    await Prewarming(database, model).run(tenant.id)
    assert model.embedded == ["Thrice?", "Twice?"]


async def test_prewarming_is_done_once_in_its_time(
    database: Database, model: Any, tenant: TestTenant, asked: Any
) -> None:
    clock = Clock()
    prewarming = Prewarming(database, model, clock=clock)
    await asked("Twice?", "Twice?")
    for _ in range(3):
        await prewarming.run(tenant.id)
    assert model.embedded == ["Twice?"]
    clock.now += EVERY_S
    await prewarming.run(tenant.id)
    assert model.embedded == ["Twice?"] * 2


async def test_prewarming_that_fails_harms_nobody(
    database: Database, tenant: TestTenant, asked: Any
) -> None:
    class Down(ModelProxy):
        async def embed(self, *_: Any) -> Any:
            raise ModelUnavailableError("The model proxy does not answer.")

    await asked("Twice?", "Twice?")
    await Prewarming(database, Down(None)).run(tenant.id)  # type: ignore[arg-type]  # never used


async def test_prewarming_makes_the_next_question_a_hit(
    context: Context, model: Any, tenant: TestTenant, asked: Any, make_job: Any
) -> None:
    await asked("Is tea hot?", "Is tea hot?")
    gone = make_job("store_answer", answer_id=str(uuid4()), conversation_id=str(uuid4()))
    await store_answer.handle(context, gone)
    body = {"model": "embed", "input": "Is tea hot?"}
    headers = {"X-Tenant-Id": str(tenant.id), "X-Use-Case": "retrieval"}
    async with model.http.post("/v1/embeddings", json=body, headers=headers) as response:
        assert response.headers["X-Cache"] == "hit"
