"""Conversations and stored answers belong to one person. covers R-0303, R-0405."""

from typing import Any
from uuid import uuid4

import psycopg

from devstack.conversation import ask, start
from devstack.fixtures import TestTenant


def insert_answer(owner: psycopg.Connection, tenant: TestTenant, conversation: str) -> str:
    answer_id = str(uuid4())
    owner.execute(
        "INSERT INTO answers (id, tenant_id, conversation_id, user_id, question, text, model,"
        " prompt_hash, input_tokens, output_tokens, correlation_id)"
        " VALUES (%s, %s, %s, %s, 'q', 'a', 'm', '', 1, 2, 'correlation')",
        [answer_id, tenant.id, conversation, tenant.member.id],
    )
    return answer_id


async def test_conversation_belongs_to_one_person(
    browsers: Any, tenant: TestTenant, other_tenant: TestTenant, conforms: Any
) -> None:
    client = await browsers.of(tenant)
    conversation = await start(client)
    for stranger in (await browsers.of(tenant, "admin"), await browsers.of(other_tenant)):
        assert (await stranger.get("/api/conversations")).json() == []
        response = await ask(stranger, conversation)
        assert response.status_code == 404
        conforms(response, "ask")
        listed = await stranger.get(f"/api/conversations/{conversation}/answers")
        assert listed.status_code == 404


async def test_start_and_list_conversations_as_promised(
    browsers: Any, tenant: TestTenant, conforms: Any
) -> None:
    client = await browsers.of(tenant)
    for _ in range(2):
        started = conforms(await client.post("/api/conversations"), "startConversation")
    listed = conforms(await client.get("/api/conversations"), "listConversations")
    assert listed[0] == started
    assert len(listed) == 2


async def test_stored_answers_are_shown_to_whom_they_were_given(
    browsers: Any,
    tenant: TestTenant,
    other_tenant: TestTenant,
    owner: psycopg.Connection,
    conforms: Any,
) -> None:
    client = await browsers.of(tenant)
    conversation = await start(client)
    answer_id = insert_answer(owner, tenant, conversation)
    shown = conforms(await client.get(f"/api/answers/{answer_id}"), "getAnswer")
    path = f"/api/conversations/{conversation}/answers"
    assert conforms(await client.get(path), "listAnswers") == [shown]
    assert shown["review"] == "none"
    for stranger in (await browsers.of(tenant, "admin"), await browsers.of(other_tenant)):
        response = await stranger.get(f"/api/answers/{answer_id}")
        assert response.status_code == 404
        conforms(response, "getAnswer")
