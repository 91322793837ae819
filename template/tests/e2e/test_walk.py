"""One person's walk through the running product, and what nobody else may see of it."""

import asyncio
import json
import os
import re
import secrets
import shutil
from uuid import uuid4

import pytest
from tests.e2e.conftest import Product
from tests.e2e.journey import ask, has_status, is_there, start_conversation, until, upload

from devstack.browser import Browser
from devstack.documents import upload_seeds
from devstack.people import DemoTenant
from runtime.product import root

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_product_answers_from_an_uploaded_document(product: Product) -> None:
    # covers R-0206
    own, other = product.stack.tenants
    correlation = secrets.token_hex(16)
    async with Browser(product.stack.public_url) as browser:
        await browser.sign_in(own.users[0].subject)
        document = await upload(browser)
        await until(lambda: has_status(browser, document, "ready"))

        conversation = await start_conversation(browser)
        events = await ask(browser, conversation, correlation)
        assert [name for name, _ in events if name != "token"] == ["citations", "done"]
        citations, done = events[0][1]["citations"], events[-1][1]
        answer = "".join(data["text"] for name, data in events if name == "token")
        assert document in {citation["document_id"] for citation in citations}
        assert "47 crowns" in answer
        assert "[1]" in answer

        await until(lambda: is_there(browser, f"/api/answers/{done['answer_id']}"))
        stored = (await browser.request("GET", f"/api/answers/{done['answer_id']}")).json()
        assert stored["text"] == answer
        assert stored["citations"] == citations
        assert stored["correlation_id"] == correlation == done["correlation_id"]
        listed = await browser.request("GET", f"/api/conversations/{conversation}/answers")
        assert [entry["id"] for entry in listed.json()] == [done["answer_id"]]

    await _assert_hidden(product, other, document, conversation, done["answer_id"])
    for service in ("gateway", "model-proxy", "workers"):
        assert correlation in {line.get("correlation_id") for line in product.log(service)}, service


async def test_product_admits_nobody_without_a_session(product: Product) -> None:
    # covers R-0405
    async with Browser(product.stack.public_url) as browser:
        for path in ("/api/me", "/api/documents", f"/api/answers/{uuid4()}"):
            response = await browser.request("GET", path)
            assert response.status_code == 401
            assert response.json()["code"] == "unauthenticated"
            assert response.headers["content-type"].startswith("application/problem+json")


async def test_second_factor_is_asked_of_somebody_who_is_signed_in_at_the_provider(
    product: Product,
) -> None:
    # covers R-0402
    people = product.stack.tenants[0].users
    admin = next(user for user in people if "admin" in user.roles)
    async with Browser(product.stack.public_url) as browser:
        await browser.sign_in(admin.subject)
        refused = await browser.request("GET", "/api/admin/overview")
        assert refused.json()["code"] == "insufficient_user_authentication"
        await browser.sign_in(admin.subject, second_factor=True)
        assert (await browser.request("GET", "/api/admin/overview")).status_code == 200


@pytest.mark.parametrize("page", ["clients.md", "machines.md"])
async def test_documented_commands_work(product: Product, page: str) -> None:
    if shutil.which("bash") is None or shutil.which("curl") is None:
        pytest.skip("no bash or no curl: the commands of docs/sign-in are NOT tested")
    environment = {"PATH": os.environ["PATH"], "URL": product.stack.public_url}
    environment |= await _machine(product)
    blocks = _SHELL.findall((root() / "docs" / "sign-in" / page).read_text())
    assert blocks
    for block in blocks:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", block),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, f"{block}\n{output.decode()}"


# The last one: it signs administrators in, and from then on other devices of theirs are new ones.
async def test_seeds_are_uploaded_once(product: Product) -> None:
    assert await upload_seeds(product.stack) > 0
    assert await upload_seeds(product.stack) == 0


async def _machine(product: Product) -> dict[str, str]:
    """Make a machine as an administrator does; return what its owner is given."""
    people = product.stack.tenants[0].users
    admin = next(user for user in people if "admin" in user.roles)
    scopes = ["documents:read", "conversations:read", "conversations:write"]
    wanted = {"name": f"documentation {secrets.token_hex(4)}", "scopes": scopes}
    async with Browser(product.stack.public_url) as browser:
        await browser.sign_in(admin.subject, second_factor=True)
        made = (await browser.request("POST", "/api/admin/machines", json=wanted)).json()
    return {"MACHINE_ID": made["machine_id"], "KEY": made["key"]}


async def _assert_hidden(
    product: Product, other: DemoTenant, document: str, conversation: str, answer: str
) -> None:
    admin = next(user for user in other.users if "admin" in user.roles)
    async with Browser(product.stack.public_url) as browser:
        await browser.sign_in(admin.subject)
        for path in (
            f"/api/documents/{document}",
            f"/api/conversations/{conversation}/answers",
            f"/api/answers/{answer}",
        ):
            assert (await browser.request("GET", path)).status_code == 404, path
        refused = await browser.request("DELETE", f"/api/documents/{document}")
        assert refused.status_code == 404
        events = await ask(browser, await start_conversation(browser), secrets.token_hex(16))
        assert document not in json.dumps(events)
        assert "47 crowns" not in json.dumps(events)
