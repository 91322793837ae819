"""Ask the gateway as its page does, and read what arrives."""

import json
from typing import Any

from httpx2 import AsyncClient, Response

QUESTION = "How long may I return goods?"


async def start(client: AsyncClient) -> str:
    """Begin a conversation and return its id."""
    return str((await client.post("/api/conversations")).json()["id"])


async def ask(client: AsyncClient, conversation: str, question: object = QUESTION) -> Response:
    """Ask, and return the whole answer."""
    path = f"/api/conversations/{conversation}/answers"
    return await client.post(path, json={"question": question})


def events(response: Response) -> list[tuple[str, dict[str, Any]]]:
    """Return the server-sent events by name, in their order."""
    blocks = [block.split("\n") for block in response.text.split("\n\n") if block]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in blocks
    ]
