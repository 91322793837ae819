"""From a question to a streamed answer and the job that stores it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from gateway.answers.metrics import AnswerMetrics, Outcome
from gateway.answers.passages import citations_of, cited, context_of
from gateway.answers.prompting import PromptChoice
from gateway.answers.retrieval import Retrieval
from gateway.answers.review import review_reason
from gateway.answers.schemas import AnswerDone, Citation, Usage
from gateway.billing import Consumption, Meter
from gateway.conversations import repository as conversations
from gateway.events import event
from gateway.model import ModelProxy, ModelStream, Purpose
from oidc_auth.people import Person
from runtime.correlation import correlation_id
from runtime.database import Database
from runtime.errors import ServiceError
from runtime.logs import logger
from runtime.problems import problem
from runtime.prompts import Prompt
from runtime.queues import Job, JobQueue

USE_CASE = "answer"
_BROKEN = "The fault is ours and has been logged. Ask again."


@dataclass(frozen=True)
class Asked:
    """A question whose answer has begun to arrive; ``stream`` must be closed."""

    answer_id: UUID
    person: Person
    conversation_id: UUID
    question: str
    prompt: Prompt
    citations: list[Citation]
    stream: ModelStream
    asked_s: float


@dataclass(frozen=True)
class Asking:
    """Answers questions from the tenant's documents."""

    database: Database
    retrieval: Retrieval
    model: ModelProxy
    prompts: PromptChoice
    queue: JobQueue
    meter: Meter
    figures: AnswerMetrics
    review_sample: float

    async def ask(self, person: Person, conversation_id: UUID, question: str) -> Asked:
        """Search, and begin the answer; until here a failure is still a status of its own.

        Raises:
            NotFoundError: the person has no such conversation.
            TooManyRequestsError, ModelUnavailableError: the model does not begin.
        """
        with self.figures.beginning(person.tenant_id) as asked_s:
            async with self.database.tenant(person.tenant_id) as session:
                await conversations.name_after(session, person, conversation_id, question)
            passages = await self.retrieval.find(person.tenant_id, question)
            prompt = self.prompts.of(person.tenant_id)
            messages = prompt.render(context=context_of(passages), question=question)
            purpose = Purpose(person.tenant_id, USE_CASE, prompt.hash)
            stream = await self.model.stream(messages, prompt.temperature, purpose)
        citations = citations_of(passages)
        return Asked(uuid4(), person, conversation_id, question, prompt, citations, stream, asked_s)

    async def events(self, asked: Asked) -> AsyncGenerator[bytes, None]:
        """Yield ``citations``, ``token`` many times, then ``done`` or ``error``."""
        shown = [citation.model_dump(mode="json") for citation in asked.citations]
        yield event("citations", {"citations": shown})
        text: list[str] = []
        outcome: Outcome = "left"
        try:
            async for token in asked.stream.tokens():
                if token:
                    if not text:
                        self.figures.first_token(asked.asked_s)
                    text.append(token)
                    yield event("token", {"text": token})
            done = await _to_the_end(self._finish(asked, "".join(text)))
            outcome = "done"
            yield event("done", done.model_dump(mode="json"))
        except ServiceError as error:
            outcome = "error"
            logger(__name__).warning("answer_broke_off", code=error.code)
            yield event("error", problem(error))
        except Exception:  # noqa: BLE001 - the stream has begun: an event is the only way to say it
            outcome = "error"
            logger(__name__).exception("answer_broke_off")
            yield event("error", problem(ServiceError(_BROKEN)))
        finally:
            self.figures.ended(asked.person.tenant_id, outcome)

    async def _finish(self, asked: Asked, text: str) -> AnswerDone:
        has_citation = bool(cited(text, asked.citations))
        reason = review_reason(
            asked.answer_id, has_citation=has_citation, sample=self.review_sample
        )
        usage = Usage(
            input_tokens=asked.stream.input_tokens, output_tokens=asked.stream.output_tokens
        )
        await self.queue.enqueue(self._job(asked, text, usage, reason))
        self.meter.note(_consumption(asked, usage))
        return AnswerDone(
            answer_id=asked.answer_id,
            model=asked.stream.model,
            usage=usage,
            needs_review=reason is not None,
            correlation_id=correlation_id(),
        )

    def _job(self, asked: Asked, text: str, usage: Usage, reason: str | None) -> Job:
        payload = {
            "answer_id": str(asked.answer_id),
            "conversation_id": str(asked.conversation_id),
            "question": asked.question,
            "text": text,
            "citations": [citation.model_dump(mode="json") for citation in asked.citations],
            "model": asked.stream.model,
            "prompt_hash": asked.prompt.hash,
            "usage": usage.model_dump(),
            "review_reason": reason,
        }
        return Job(
            name="store_answer",
            tenant_id=asked.person.tenant_id,
            payload=payload,
            correlation_id=correlation_id(),
            idempotency_key=str(asked.answer_id),
        )


async def _to_the_end(finishing: Coroutine[Any, Any, AnswerDone]) -> AnswerDone:
    """Finish even if the reader leaves meanwhile: an answer that is whole is kept."""
    task = asyncio.create_task(finishing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _consumption(asked: Asked, usage: Usage) -> Consumption:
    return Consumption(
        tenant_id=asked.person.tenant_id,
        answer_id=asked.answer_id,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
    )
