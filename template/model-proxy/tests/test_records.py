"""What is recorded is redacted, bounded, and never in the way."""

# covers R-0310 R-0608

import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from model_proxy.records import FILE, FILES, WAITING, RecordLog, open_recorder, recording
from runtime.prompts import load_prompts

PATH = "/v1/chat/completions"
SECRET = "max.huber@example.com"
TOOL = {
    "type": "function",
    "function": {
        "name": "send_mail",
        "description": "Send a letter",
        "parameters": {"type": "object", "properties": {"email": {"const": SECRET}}},
    },
}


def asked(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "answer", "messages": [{"role": "user", "content": text}], **more}


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]


def count(registry: CollectorRegistry, outcome: str) -> float | None:
    return registry.get_sample_value("model_proxy_records_total", {"outcome": outcome})


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def ask(client: Any, body: Any, **headers: str) -> int:
    async with client.post(PATH, body, **headers) as response:
        await response.read()
        status: int = response.status
        return status


async def test_nothing_is_recorded_unless_it_is_asked_for(start: Any, tmp_path: Path) -> None:
    async with start() as client:
        await ask(client, asked(f"I am Max Huber, {SECRET}"))
        async with client.get("/metrics") as response:
            assert "model_proxy_records" not in await response.text()
    assert files(tmp_path) == ["models"]


@pytest.mark.parametrize("stream", [True, False])
async def test_exchange_is_recorded_without_anything_personal(
    start: Any, tmp_path: Path, stream: bool
) -> None:
    folder = tmp_path / "records"
    body = asked(f"I am Max Huber, {SECRET}. Huber!", stream=stream, user="max", seed=1)
    async with start(model_record_folder=folder) as client:
        assert await ask(client, body, X_Correlation_Id="corr-0001", X_Use_Case="answer") == 200
    text = (folder / FILE).read_text()
    assert SECRET not in text
    assert "uber" not in text
    (exchange,) = read(folder)
    assert exchange["request"]["messages"][0]["content"].startswith("I am [NAME_1], [EMAIL_1]")
    assert "user" not in exchange["request"]
    assert "[EMAIL_1]" in exchange["message"]["content"]
    assert (exchange["correlation_id"], exchange["use_case"]) == ("corr-0001", "answer")
    assert (exchange["finish_reason"], exchange["error"]) == ("stop", None)
    assert exchange["usage"]["total_tokens"] > 0
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


async def test_exchange_names_the_prompt_that_the_hash_stands_for(
    start: Any, tmp_path: Path, prompts: Path
) -> None:
    known = load_prompts(prompts)["answer"].hash
    async with start(model_record_folder=tmp_path) as client:
        for given in (known, "another"):
            assert await ask(client, asked("Hello"), X_Prompt_Hash=given, X_Dataset="set") == 200
    named, unnamed = read(tmp_path)
    assert (named["prompt_name"], named["prompt_version"]) == ("answer", "1")
    assert (named["prompt_hash"], unnamed["prompt_hash"]) == (known, "another")
    assert (unnamed["prompt_name"], unnamed["prompt_version"]) == ("", "")
    assert (named["dataset"], unnamed["dataset"]) == ("set", "set")


@pytest.mark.parametrize("stream", [True, False])
async def test_tool_call_is_recorded_with_its_arguments_redacted(
    start: Any, tmp_path: Path, stream: bool
) -> None:
    body = asked("Send a letter", tools=[TOOL], stream=stream)
    async with start(model_record_folder=tmp_path) as client:
        assert await ask(client, body) == 200
    (exchange,) = read(tmp_path)
    (call,) = exchange["message"]["tool_calls"]
    assert call["function"] == {"name": "send_mail", "arguments": '{"email":"[FIELD_1]"}'}


async def test_picture_is_left_out(start: Any, tmp_path: Path) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    body = asked("")
    body["messages"][0]["content"] = [{"type": "text", "text": "What is it?"}, picture]
    async with start(model_record_folder=tmp_path) as client:
        await ask(client, body)
    assert "base64" not in (tmp_path / FILE).read_text()


@pytest.mark.parametrize("fault", ["fail", "truncate"])
async def test_failure_is_recorded_as_one(start: Any, tmp_path: Path, fault: str) -> None:
    async with start(model_record_folder=tmp_path) as client:
        await ask(client, asked("Hello", stream=True), X_Model_Fault=fault)
    assert read(tmp_path)[-1]["error"] == "upstream_failed"


async def test_full_disk_is_counted_and_no_request_fails(start: Any, tmp_path: Path) -> None:
    # /dev/full answers every write as a full disk does.
    (tmp_path / FILE).symlink_to("/dev/full")
    async with start(model_record_folder=tmp_path) as client:
        for stream in (True, False):
            assert await ask(client, asked("Hello", stream=stream)) == 200
    async with start(model_record_folder=tmp_path) as client:
        assert await ask(client, asked("Hello")) == 200


def test_full_disk_loses_lines_until_there_is_room_again(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    recorder = open_recorder(tmp_path, 1_000_000, registry)
    assert recorder
    (tmp_path / FILE).symlink_to("/dev/full")
    with recording(recorder):
        recorder.take(lambda: b"lost")
    (tmp_path / FILE).unlink()
    with recording(recorder):
        recorder.take(lambda: b"{}")
    assert (count(registry, "failed"), count(registry, "written")) == (1, 1)
    assert (tmp_path / FILE).read_bytes() == b"{}\n"


def test_exchange_that_cannot_be_written_is_counted_and_the_next_one_is(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    recorder = open_recorder(tmp_path, 1_000_000, registry)
    assert recorder
    with recording(recorder):
        recorder.take(lambda: str(1 // 0).encode())
        recorder.take(lambda: b"{}")
    assert (count(registry, "failed"), count(registry, "written")) == (1, 1)


def test_recorder_that_is_behind_drops_and_counts(tmp_path: Path) -> None:
    registry, may_write = CollectorRegistry(), threading.Event()
    recorder = open_recorder(tmp_path, 1_000_000, registry)
    assert recorder

    def wait() -> bytes:
        may_write.wait()
        return b"{}"

    for _ in range(WAITING + 5):
        recorder.take(wait)
    assert count(registry, "dropped") == 5
    recorder.start()
    may_write.set()
    recorder.stop()
    assert count(registry, "written") == WAITING


def test_log_is_bounded_and_the_oldest_goes(tmp_path: Path) -> None:
    log = RecordLog(tmp_path, FILES * 1000)
    for number in range(200):
        log.append(f"{number:099}".encode())
    log.close()
    files = list(tmp_path.iterdir())
    assert len(files) == FILES
    assert sum(file.stat().st_size for file in files) <= FILES * 1000
    lines = sorted(int(line) for file in files for line in file.read_text().splitlines())
    assert lines == list(range(200 - len(lines), 200))


def test_log_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for line in (b"1", b"2"):
        log = RecordLog(tmp_path, FILES * 1000)
        log.append(line)
        log.close()
    assert (tmp_path / FILE).read_bytes() == b"1\n2\n"
