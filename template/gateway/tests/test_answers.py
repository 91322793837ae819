"""From a question to a streamed, stored answer. covers R-0206, R-0303, R-0312, R-0313."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from devstack.conversation import ask, events, start
from devstack.device import Device
from devstack.fixtures import TestTenant
from gateway.answers.review import NO_CITATION
from gateway.bootstrap import World, bootstrap
from gateway.services import Services
from gateway.settings import GatewaySettings
from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.jwks import PublishedKeys
from oidc_auth.policy import AuthPolicy
from oidc_auth.policy.limits import LimitsPolicy, RatePolicy
from runtime.hops import MODEL_PROXY
from runtime.queues import Backoff, Job
from runtime.queues.memory import MemoryJobQueue
from runtime.vectors import Chunk

TURNS = 50
"""Of the event loop, until whoever sends the answer knows that its reader left."""
TEXT = "Unused goods may be returned within 30 days."


async def jobs(services: Services) -> list[Job]:
    assert isinstance(services.queue, MemoryJobQueue)
    waiting = services.queue._waiting
    return [waiting.get_nowait() for _ in range(waiting.qsize())]


@pytest.fixture
async def passage(services: Services, tenant: TestTenant) -> Any:
    """One passage of the tenant's documents, which every question finds."""
    document_id = uuid4()
    chunk = Chunk(uuid4(), document_id, "Returns", 3, TEXT, [1.0] + [0.0] * 383)
    await services.store.replace(tenant.id, document_id, [chunk])
    return document_id


async def test_ask_streams_citations_then_tokens_then_done(
    browsers: Any, tenant: TestTenant, passage: UUID, valid: Any, services: Services
) -> None:
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    assert response.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in events(response)]
    assert names == ["citations", "token", "token", "token", "done"]
    for name, data in events(response):
        valid(
            data,
            {"citations": "AnswerCitations", "token": "AnswerToken", "done": "AnswerDone"}[name],
        )
    (citation,) = events(response)[0][1]["citations"]
    assert citation == {
        "number": 1,
        "document_id": str(passage),
        "title": "Returns",
        "ordinal": 3,
        "quote": TEXT,
    }
    done = events(response)[-1][1]
    assert done["usage"] == {"input_tokens": 11, "output_tokens": 3}
    assert done["correlation_id"] == response.headers["x-correlation-id"]


async def test_ask_enqueues_the_answer_under_the_id_that_it_names(
    browsers: Any, tenant: TestTenant, passage: UUID, services: Services
) -> None:
    client = await browsers.of(tenant)
    conversation = await start(client)
    response = await ask(client, conversation)
    done = events(response)[-1][1]
    (job,) = await jobs(services)
    assert (job.name, job.tenant_id) == ("store_answer", tenant.id)
    assert job.correlation_id == done["correlation_id"]
    assert job.payload["answer_id"] == done["answer_id"]
    assert job.payload["conversation_id"] == conversation
    assert job.payload["text"] == "Thirty days [1]."
    assert [citation["number"] for citation in job.payload["citations"]] == [1]


async def test_ask_shows_the_model_numbered_passages_and_who_asks(
    browsers: Any, tenant: TestTenant, passage: UUID, model: Any, services: Services
) -> None:
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    (asked,) = model.asked
    assert f"[1] (Returns) {TEXT}" in asked["messages"][-1]["content"]
    assert (asked["model"], asked["stream"], asked["temperature"]) == ("answer", True, 0)
    heard = {name.lower(): value for name, value in model.heard[-1].items()}
    claims = await _verified(services, heard["authorization"].removeprefix("Bearer "))
    assert (claims["client_id"], claims["tenant"]) == ("gateway", str(tenant.id))
    assert heard["x-tenant-id"] == str(tenant.id)
    assert heard["x-use-case"] == "answer"
    assert heard["x-prompt-hash"] == services.asking.prompts.prompts["answer"].hash
    assert heard["x-correlation-id"] == response.headers["x-correlation-id"]


async def test_ask_hands_the_remaining_budget_on(
    browsers: Any, tenant: TestTenant, model: Any
) -> None:
    client = await browsers.of(tenant)
    client.headers["X-Latency-Budget-Ms"] = "5000"
    await ask(client, await start(client))
    heard = {name.lower(): value for name, value in model.heard[-1].items()}
    assert 0 < int(heard["x-latency-budget-ms"]) <= 5000


async def test_ask_sheds_a_request_without_time_left(
    browsers: Any, tenant: TestTenant, model: Any
) -> None:
    client = await browsers.of(tenant)
    conversation = await start(client)
    client.headers["X-Latency-Budget-Ms"] = "0"
    response = await ask(client, conversation)
    assert (response.status_code, response.json()["code"]) == (503, "budget_exhausted")
    assert model.heard == []


async def test_ask_opens_a_review_when_the_answer_cites_nothing(
    browsers: Any, tenant: TestTenant, passage: UUID, model: Any, services: Services
) -> None:
    model.tokens = ["I do not know."]
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    assert events(response)[-1][1]["needs_review"] is True
    (job,) = await jobs(services)
    assert job.payload["review_reason"] == NO_CITATION


async def test_ask_names_the_conversation_after_its_first_question(
    browsers: Any, tenant: TestTenant
) -> None:
    client = await browsers.of(tenant)
    conversation = await start(client)
    for question in ("First  question?", "Second question?"):
        await ask(client, conversation, question)
    (listed,) = (await client.get("/api/conversations")).json()
    assert listed["title"] == "First question?"


@pytest.mark.parametrize("fault", ["breaks_off", "reports_error"])
async def test_ask_ends_with_an_error_event_when_the_model_fails_midway(
    browsers: Any, tenant: TestTenant, model: Any, services: Services, valid: Any, fault: str
) -> None:
    setattr(model, fault, True)
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    name, data = events(response)[-1]
    assert (name, data["code"]) == ("error", "model_failed")
    valid(data, "Problem")
    assert await jobs(services) == []


async def test_ask_stops_the_model_when_the_client_leaves(
    app: FastAPI, browsers: Any, tenant: TestTenant, model: Any, services: Services
) -> None:
    model.hangs = True
    client = await browsers.of(tenant)
    conversation = await start(client)
    leave = asyncio.Event()
    asking = asyncio.create_task(ask_until(app, client, conversation, leave))
    await model.was_asked.wait()
    leave.set()
    await asking
    async with asyncio.timeout(10):
        await model.was_left.wait()
    assert await jobs(services) == []


async def test_ask_keeps_a_whole_answer_even_if_the_client_leaves_while_it_is_handed_over(
    app: FastAPI, browsers: Any, tenant: TestTenant, services: Services
) -> None:
    slow = SlowQueue()
    app.state.services = replace(services, queue=slow, asking=replace(services.asking, queue=slow))
    client = await browsers.of(tenant)
    conversation = await start(client)
    leave = asyncio.Event()
    asking = asyncio.create_task(ask_until(app, client, conversation, leave))
    await slow.was_asked.wait()
    leave.set()
    for _ in range(TURNS):
        await asyncio.sleep(0)
    slow.may_go_on.set()
    await asking
    (job,) = await jobs(app.state.services)
    assert job.payload["text"] == "Thirty days [1]."


class SlowQueue(MemoryJobQueue):
    """Takes a job when it is told to."""

    def __init__(self) -> None:
        super().__init__(Backoff())
        self.was_asked = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def enqueue(self, job: Job) -> None:
        self.was_asked.set()
        await self.may_go_on.wait()
        await super().enqueue(job)


async def ask_until(app: FastAPI, client: AsyncClient, conversation: str, leave: Any) -> None:
    """Ask over raw ASGI and disconnect when told to."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    path = f"/api/conversations/{conversation}/answers"
    assert isinstance(client.auth, Device)
    proof = client.auth.proof("POST", str(client.base_url.join(path)))
    own = {"content-type": "application/json", "cookie": cookie, "dpop": proof}
    headers = dict(client.headers) | own
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }
    sent = [{"type": "http.request", "body": b'{"question": "How long?"}'}]

    async def receive() -> Any:
        if sent:
            return sent.pop()
        await leave.wait()
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        await asyncio.sleep(0)

    await app(scope, receive, send)


async def test_ask_limits_one_person_and_nobody_else(
    world: World, gateway_settings: GatewaySettings, tenant: TestTenant, open_browsers: Any
) -> None:
    policy = AuthPolicy(limits=LimitsPolicy(questions=RatePolicy(per_s=0.001, burst=2)))
    app = bootstrap(gateway_settings, replace(world, policy=policy))
    async with app.router.lifespan_context(app):
        browsers = open_browsers(app)
        client = await browsers.of(tenant)
        conversation = await start(client)
        statuses = [(await ask(client, conversation)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        colleague = await browsers.of(tenant, "reviewer")
        assert (await ask(colleague, await start(colleague))).status_code == 200
        await browsers.close()


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001, None])
async def test_ask_refuses_a_question_outside_the_contract(
    browsers: Any, tenant: TestTenant, question: str
) -> None:
    client = await browsers.of(tenant)
    response = await ask(client, await start(client), question)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_logs_and_events_carry_the_callers_correlation_id(
    browsers: Any, tenant: TestTenant
) -> None:
    client = await browsers.of(tenant)
    client.headers["X-Correlation-Id"] = "from-the-caller"
    response = await ask(client, await start(client))
    assert response.headers["x-correlation-id"] == "from-the-caller"
    assert events(response)[-1][1]["correlation_id"] == "from-the-caller"


async def _verified(services: Services, token: str) -> dict[str, Any]:
    """Verify a token as the model proxy does."""
    issuer = services.settings.public_origin
    keys = PublishedKeys(services.keys.document, time.time)
    return await AccessTokenVerifier(keys, issuer, MODEL_PROXY, time.time).verify(token)
