"""Administrators see their own tenant in figures and may clear it. covers R-0405, R-0605."""

from typing import Any
from uuid import uuid4

import psycopg

from devstack.fixtures import TestTenant


def insert_answer(owner: psycopg.Connection, tenant: TestTenant) -> None:
    conversation = uuid4()
    owner.execute(
        "INSERT INTO conversations (id, tenant_id, user_id, title) VALUES (%s, %s, %s, 't')",
        [conversation, tenant.id, tenant.member.id],
    )
    owner.execute(
        "INSERT INTO answers (tenant_id, conversation_id, user_id, question, text, model,"
        " prompt_hash, input_tokens, output_tokens, correlation_id)"
        " VALUES (%s, %s, %s, 'q', 'a', 'm', '', 10, 2, 'correlation')",
        [tenant.id, conversation, tenant.member.id],
    )


async def test_overview_counts_the_own_tenant_only(
    browsers: Any,
    tenant: TestTenant,
    other_tenant: TestTenant,
    owner: psycopg.Connection,
    conforms: Any,
) -> None:
    insert_answer(owner, tenant)
    insert_answer(owner, other_tenant)
    client = await browsers.of(tenant, "admin")
    figures = conforms(await client.get("/api/admin/overview"), "getOverview")
    assert figures == {
        "documents": 0,
        "passages": 0,
        "conversations": 1,
        "answers": 1,
        "open_reviews": 0,
        "input_tokens": 10,
        "output_tokens": 2,
    }


async def test_purge_clears_the_own_tenant_only_and_records_it(
    browsers: Any,
    tenant: TestTenant,
    other_tenant: TestTenant,
    owner: psycopg.Connection,
    conforms: Any,
) -> None:
    insert_answer(owner, tenant)
    insert_answer(owner, other_tenant)
    client = await browsers.of(tenant, "admin")
    response = await client.delete("/api/admin/conversations")
    assert conforms(response, "purgeConversations") == {"conversations": 1, "answers": 1}
    left = owner.execute("SELECT tenant_id FROM answers").fetchall()
    assert (tenant.id,) not in left
    assert (other_tenant.id,) in left
    query = "SELECT action, actor FROM audit_log WHERE tenant_id = %s"
    recorded = owner.execute(query, [tenant.id]).fetchall()
    assert recorded == [("conversations.purged", str(tenant.admin.id))]
