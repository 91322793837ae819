"""Answers are kept once, in their tenant, with the review they need."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from devstack.fixtures import TestTenant
from runtime.database import Database
from runtime.database.models import Answer, Conversation, Review
from workers.context import Context
from workers.jobs import store_answer


def payload(conversation: Conversation, **changes: Any) -> Any:
    return {
        "answer_id": str(uuid4()),
        "conversation_id": str(conversation.id),
        "question": "Is tea hot?",
        "text": "Tea is hot [1].",
        "citations": [
            {
                "number": 1,
                "document_id": str(uuid4()),
                "title": "Tea",
                "ordinal": 0,
                "quote": "Tea is hot.",
            }
        ],
        "model": "deterministic-1",
        "prompt_hash": "0" * 64,
        "usage": {"input_tokens": 10, "output_tokens": 4},
        "review_reason": None,
        **changes,
    }


async def rows(database: Database, tenant_id: Any, table: Any) -> Any:
    async with database.tenant(tenant_id) as session:
        return list((await session.execute(select(table))).scalars())


async def test_store_answer_keeps_what_was_streamed(
    context: Context, make_job: Any, conversation: Conversation, tenant: TestTenant
) -> None:
    given = payload(conversation)
    await store_answer.handle(context, make_job("store_answer", **given))
    (answer,) = await rows(context.database, tenant.id, Answer)
    assert str(answer.id) == given["answer_id"]
    assert (answer.text, answer.citations) == (given["text"], given["citations"])
    assert (answer.user_id, answer.correlation_id) == (tenant.member.id, "correlation-of-the-test")
    assert (answer.input_tokens, answer.output_tokens) == (10, 4)
    assert await rows(context.database, tenant.id, Review) == []


# covers R-0212
async def test_store_answer_delivered_twice_is_one_answer_and_one_review(
    context: Context, make_job: Any, conversation: Conversation, tenant: TestTenant
) -> None:
    job = make_job("store_answer", **payload(conversation, review_reason="No source was cited"))
    for _ in range(2):
        await store_answer.handle(context, job)
    (answer,) = await rows(context.database, tenant.id, Answer)
    (review,) = await rows(context.database, tenant.id, Review)
    assert (review.answer_id, review.reason, review.status) == (
        answer.id,
        "No source was cited",
        "open",
    )


async def test_store_answer_of_a_purged_conversation_is_dropped(
    context: Context, make_job: Any, conversation: Conversation, tenant: TestTenant
) -> None:
    job = make_job("store_answer", **payload(conversation, conversation_id=str(uuid4())))
    await store_answer.handle(context, job)
    assert await rows(context.database, tenant.id, Answer) == []


async def test_store_answer_cannot_write_into_another_tenants_conversation(
    context: Context, make_job: Any, conversation: Conversation, other_tenant: TestTenant
) -> None:
    job = make_job("store_answer", **payload(conversation))
    await store_answer.handle(context, replace(job, tenant_id=other_tenant.id))
    async with context.database.tenant(other_tenant.id) as session:
        assert await session.scalar(select(func.count()).select_from(Answer)) == 0
