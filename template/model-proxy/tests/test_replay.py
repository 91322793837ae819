"""What was recorded can be asked again, of another model, before it serves anybody."""

# covers R-0310

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from model_proxy.records import FILE
from model_proxy.replay import main

PATH = "/v1/chat/completions"
KEY = "key-of-the-test"
SHAPE = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


@pytest.fixture
async def record(start: Any, tmp_path: Path) -> Path:
    """Four recorded exchanges, one of them a failure."""
    async with start(model_record_folder=tmp_path / "record") as client:
        for more, fault in (
            ({}, ""),
            ({"tools": [TOOL]}, ""),
            ({"response_format": SHAPE}, ""),
            ({}, "fail"),
        ):
            turns = [{"role": "user", "content": "I am Max Huber. How is the weather?"}]
            body = {"model": "answer", "messages": turns, **more}
            async with client.post(PATH, body, X_Model_Fault=fault) as response:
                await response.read()
    return tmp_path / "record" / FILE


def change(record: Path) -> None:
    """Let each exchange have been answered otherwise than it is now, and break a line."""
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    lines[0]["message"]["content"] = "{}"
    lines[1]["message"]["tool_calls"][0]["function"]["name"] = "another"
    lines[2]["finish_reason"] = "length"
    record.write_text("\n".join([*map(json.dumps, lines), "{broken"]))


async def replay(client: Any, *arguments: Any) -> int:
    common = ["--url", client.url, "--key", KEY]
    return await asyncio.to_thread(main, [*map(str, arguments), *common])


async def test_same_model_answers_the_same(
    start: Any, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with start() as client:
        assert await replay(client, record, "--model", "deterministic-answer", "--allow", 0) == 0
    report = json.loads("{" + capsys.readouterr().out.partition("\n{")[2])
    assert (report["asked"], report["differing"], report["skipped"]) == (3, 0, 1)
    assert all(report["tokens"].values())


async def test_candidate_that_answers_differently_is_stopped(
    start: Any, record: Path, add_model: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    add_model("worse", stage="candidate", base_url={"env": "WORSE_URL"})
    async with start({"WORSE_URL": "http://127.0.0.1:9/v1"}) as client:
        assert await replay(client, record, "--model", "worse") == 1
        assert '"no answer": 3' in capsys.readouterr().out
        assert await replay(client, record, "--model", "worse", "--allow", 1) == 0


async def test_changed_tool_and_lost_json_are_noticed(
    start: Any, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(record)
    async with start() as client:
        assert await replay(client, record, "--model", "deterministic-answer") == 1
    said = capsys.readouterr().out
    for difference in ("not JSON any more", "tools", "finish reason"):
        assert f'"{difference}": 1' in said
    assert '"skipped": 2' in said


async def test_empty_record_approves_nothing(start: Any, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("")
    async with start() as client:
        assert await replay(client, tmp_path / FILE, "--model", "deterministic-answer") == 1
