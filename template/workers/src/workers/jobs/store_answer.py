"""Keep an answer that was streamed, and open a review where its reason asks for one.

Running it again changes nothing: the answer's id was given out when it was streamed, and it has one
review at most.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from runtime.database.models import Answer, Conversation, Review
from runtime.logs import logger
from runtime.queues import Job
from workers.context import Context

name = "store_answer"


async def handle(context: Context, job: Job) -> None:
    """Store the answer in its conversation, and keep warm what the tenant asks often."""
    await _store(context, job)
    await context.prewarming.run(job.tenant_id)


async def _store(context: Context, job: Job) -> None:
    """Store the answer; a conversation that was purged takes it along."""
    answer_id = UUID(job.payload["answer_id"])
    async with context.database.tenant(job.tenant_id) as session:
        conversation = await session.get(Conversation, UUID(job.payload["conversation_id"]))
        if conversation is None:
            logger(__name__).info("conversation_is_gone", answer_id=str(answer_id))
            return
        values = _answer(job) | {"user_id": conversation.user_id}
        await session.execute(insert(Answer).values(values).on_conflict_do_nothing())
        if reason := job.payload["review_reason"]:
            review = {"tenant_id": job.tenant_id, "answer_id": answer_id, "reason": reason}
            await session.execute(insert(Review).values(review).on_conflict_do_nothing())


def _answer(job: Job) -> dict[str, Any]:
    payload = job.payload
    return {
        "id": UUID(payload["answer_id"]),
        "tenant_id": job.tenant_id,
        "conversation_id": UUID(payload["conversation_id"]),
        "question": payload["question"],
        "text": payload["text"],
        "citations": payload["citations"],
        "model": payload["model"],
        "prompt_hash": payload["prompt_hash"],
        "input_tokens": payload["usage"]["input_tokens"],
        "output_tokens": payload["usage"]["output_tokens"],
        "correlation_id": job.correlation_id,
    }
