"""Reviewers decide, once, and it is recorded. covers R-0313, R-0405."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from httpx2 import AsyncClient

from devstack.fixtures import TestTenant


@pytest.fixture
def review(owner: psycopg.Connection, tenant: TestTenant) -> Any:
    """An open review of an answer to the tenant's member."""
    conversation, answer, review = (uuid4() for _ in range(3))
    owner.execute(
        "INSERT INTO conversations (id, tenant_id, user_id, title) VALUES (%s, %s, %s, 't')",
        [conversation, tenant.id, tenant.member.id],
    )
    owner.execute(
        "INSERT INTO answers (id, tenant_id, conversation_id, user_id, question, text, model,"
        " prompt_hash, input_tokens, output_tokens, correlation_id)"
        " VALUES (%s, %s, %s, %s, 'q', 'a', 'm', '', 1, 2, 'correlation')",
        [answer, tenant.id, conversation, tenant.member.id],
    )
    owner.execute(
        "INSERT INTO reviews (id, tenant_id, answer_id, reason) VALUES (%s, %s, %s, 'why')",
        [review, tenant.id, answer],
    )
    return str(review)


async def decide(client: AsyncClient, review: str, **decision: str) -> Any:
    return await client.post(f"/api/reviews/{review}/decision", json=decision)


async def test_list_shows_the_open_reviews_of_the_tenant(
    browsers: Any, tenant: TestTenant, other_tenant: TestTenant, review: str, conforms: Any
) -> None:
    client = await browsers.of(tenant, "reviewer")
    (listed,) = conforms(await client.get("/api/reviews"), "listReviews")
    assert (listed["id"], listed["reason"], listed["answer"]["review"]) == (review, "why", "open")
    stranger = await browsers.of(other_tenant, "reviewer")
    assert (await stranger.get("/api/reviews")).json() == []


@pytest.mark.parametrize("decision", ["approved", "rejected"])
async def test_decide_closes_the_review_and_records_who_and_why(
    browsers: Any,
    tenant: TestTenant,
    review: str,
    conforms: Any,
    owner: psycopg.Connection,
    decision: str,
) -> None:
    client = await browsers.of(tenant, "reviewer")
    response = await decide(client, review, decision=decision, note="seen")
    decided = conforms(response, "decideReview")
    assert (decided["status"], decided["decided_by"]) == (decision, "reviewer")
    assert decided["answer"]["review"] == decision
    assert (await client.get("/api/reviews")).json() == []
    query = "SELECT actor, action, detail->>'note' FROM audit_log WHERE tenant_id = %s"
    recorded = owner.execute(query, [tenant.id]).fetchall()
    assert recorded == [(str(tenant.reviewer.id), f"review.{decision}", "seen")]


async def test_decide_refuses_a_second_decision(
    browsers: Any, tenant: TestTenant, review: str, conforms: Any
) -> None:
    client = await browsers.of(tenant, "reviewer")
    await decide(client, review, decision="approved")
    response = await decide(client, review, decision="rejected")
    assert response.status_code == 409
    conforms(response, "decideReview")


async def test_decide_finds_no_review_of_another_tenant(
    browsers: Any, other_tenant: TestTenant, review: str, conforms: Any, owner: psycopg.Connection
) -> None:
    client = await browsers.of(other_tenant, "reviewer")
    response = await decide(client, review, decision="approved")
    assert response.status_code == 404
    conforms(response, "decideReview")
    assert owner.execute("SELECT status FROM reviews WHERE id = %s", [review]).fetchone() == (
        "open",
    )


@pytest.mark.parametrize("decision", [{}, {"decision": "maybe"}, {"decision": "open"}])
async def test_decide_refuses_what_is_no_decision(
    browsers: Any, tenant: TestTenant, review: str, decision: dict[str, str]
) -> None:
    client = await browsers.of(tenant, "reviewer")
    assert (await decide(client, review, **decision)).status_code == 422
