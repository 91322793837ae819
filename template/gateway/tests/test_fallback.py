"""When something behind the gateway does not answer. covers R-0209, R-0312."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from devstack.conversation import ask, events, start
from devstack.fixtures import TestTenant
from runtime.vectors import StoreUnavailableError

TEXT = "Unused goods may be returned within 30 days."


def insert_document(
    owner: psycopg.Connection, tenant: TestTenant, text: str, title: str = "Returns"
) -> UUID:
    document_id = uuid4()
    owner.execute(
        "INSERT INTO documents (id, tenant_id, title, content_type, size_bytes, sha256, content,"
        " text, status, created_by) VALUES (%s, %s, %s, 'text/plain', 1, '', '', %s, 'ready', %s)",
        [document_id, tenant.id, title, text, tenant.member.id],
    )
    return document_id


class BrokenStore:
    """A vector store whose server is gone."""

    async def search(self, *_args: Any, **_named: Any) -> None:
        raise StoreUnavailableError("gone")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("failure", ["store", "embeddings", "timeout"])
async def test_ask_falls_back_to_words_without_the_vector_store(
    browsers: Any,
    tenant: TestTenant,
    other_tenant: TestTenant,
    owner: psycopg.Connection,
    model: Any,
    replaced: Any,
    failure: str,
) -> None:
    document_id = insert_document(owner, tenant, TEXT + " " + "Filler text. " * 200)
    insert_document(owner, tenant, "Opening hours of the shop.")
    insert_document(owner, other_tenant, TEXT, title="Secret")
    if failure == "store":
        replaced(store=BrokenStore())
    elif failure == "timeout":
        replaced(timeout_s=0)
    else:
        model.embedding_status = 503
    client = await browsers.of(tenant)
    response = await ask(client, await start(client), "How long may goods be returned?")
    (citation,) = events(response)[0][1]["citations"]
    assert citation["document_id"] == str(document_id)
    assert "30 days" in citation["quote"]
    assert events(response)[-1][0] == "done"


@pytest.mark.parametrize(
    "question", ["!!!", "the of and", "'; DROP TABLE documents; --", "a & | !b"]
)
async def test_ask_survives_any_question_in_the_fallback(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, replaced: Any, question: str
) -> None:
    insert_document(owner, tenant, TEXT)
    replaced(store=BrokenStore())
    client = await browsers.of(tenant)
    response = await ask(client, await start(client), question)
    assert events(response)[-1][0] == "done"


async def test_ask_relays_the_models_limit(
    browsers: Any, tenant: TestTenant, model: Any, conforms: Any
) -> None:
    model.status, model.headers = 429, {"Retry-After": "7"}
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    conforms(response, "ask")


@pytest.mark.parametrize("status", [400, 500, 503])
async def test_ask_says_when_the_model_is_not_available(
    browsers: Any, tenant: TestTenant, model: Any, status: Any
) -> None:
    model.status = status
    client = await browsers.of(tenant)
    response = await ask(client, await start(client))
    assert (response.status_code, response.json()["code"]) == (503, "model_unavailable")
