"""What a person does with the product, step by step, for every test that walks through it."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from devstack.browser import Browser

TRIES = 300
PAUSE_S = 0.1

DOCUMENT = """# Lighthouse keys

The brass key of the Wennersund lighthouse hangs behind the harbour office door.
Returning the brass key of the Wennersund lighthouse late costs 47 crowns per day.
"""
QUESTION = "What does it cost to return the brass key of the Wennersund lighthouse late?"


async def upload(browser: Browser) -> str:
    """Upload the document and return its id."""
    name = f"keys-{secrets.token_hex(4)}.md"
    response = await browser.request(
        "POST", "/api/documents", files={"file": (name, DOCUMENT.encode(), "text/markdown")}
    )
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


async def start_conversation(browser: Browser) -> str:
    """Begin a conversation and return its id."""
    response = await browser.request("POST", "/api/conversations")
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def ask(
    browser: Browser, conversation: str, correlation: str
) -> list[tuple[str, dict[str, Any]]]:
    """Ask, and return the events of the stream as (name, data)."""
    response = await browser.request(
        "POST",
        f"/api/conversations/{conversation}/answers",
        json={"question": QUESTION},
        headers={"X-Correlation-Id": correlation},
    )
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in response.text.split("\n\n") if "event:" in block]
    return [_parse(block) for block in blocks]


def _parse(block: str) -> tuple[str, dict[str, Any]]:
    fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
    return fields["event"], json.loads(fields["data"])


async def has_status(browser: Browser, document: str, status: str) -> bool:
    """Say whether a document is that far; one that failed fails the test."""
    entry = (await browser.request("GET", f"/api/documents/{document}")).json()
    assert entry["status"] != "failed", entry["error"]
    return bool(entry["status"] == status)


async def is_there(browser: Browser, path: str) -> bool:
    """Say whether this person finds something at a path."""
    return (await browser.request("GET", path)).status_code == 200


async def until(condition: Callable[[], Any]) -> None:
    """Ask again and again until it is so, or fail the test."""
    for _ in range(TRIES):
        if await condition():
            return
        await asyncio.sleep(PAUSE_S)
    pytest.fail("It never happened.")
