"""A call's span says which prompt it came from, by name, version and hash, and holds no content."""

# covers R-0601

from pathlib import Path
from typing import Any

import pytest
import yaml
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import TraceFlags

from model_proxy import accounts
from model_proxy import conventions as names
from runtime import telemetry
from runtime.prompts import load_prompts

CHAT = {"model": "answer", "messages": [{"role": "user", "content": "secret"}]}
PROMPT = {
    "name": "triage",
    "version": "1.2.0",
    "family": "triage",
    "language": "en",
    "temperature": 0,
    "inputs": ["message"],
    "output": {"type": "text"},
    "messages": [{"role": "user", "content": "{message}"}],
}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider(sampler=ALWAYS_ON)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(accounts, "tracer", provider.get_tracer)
    return exporter


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "triage.yaml").write_text(yaml.safe_dump(PROMPT))
    return folder


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
async def test_span_names_the_prompt_that_the_hash_stands_for(
    start: Any, spans: InMemorySpanExporter, prompts: Path, path: str
) -> None:
    known = load_prompts(prompts)["triage"].hash
    body = CHAT if "chat" in path else {"model": "answer", "input": "secret"}
    async with start(prompts_folder=prompts) as client:
        async with client.post(path, body, X_Prompt_Hash=known, X_Tenant_Id="acme") as response:
            assert response.status == 200
        async with client.post(path, body, X_Prompt_Hash="another") as response:
            assert response.status == 200
    named, unnamed = (dict(span.attributes or {}) for span in spans.get_finished_spans())
    assert (named[names.PROMPT_NAME], named[names.PROMPT_VERSION]) == ("triage", "1.2.0")
    assert (named[names.PROMPT_HASH], named[names.TENANT]) == (known, "acme")
    assert unnamed[names.PROMPT_HASH] == "another"
    assert names.PROMPT_NAME not in unnamed
    assert "secret" not in str([named, unnamed])


async def test_span_says_which_samples_an_evaluation_asks(
    start: Any, spans: InMemorySpanExporter
) -> None:
    path, texts = "/v1/embeddings", {"model": "embed", "input": "tea"}
    async with start() as client:
        for where, body in (("/v1/chat/completions", CHAT), (path, texts)):
            async with client.post(where, body, X_Dataset="0" * 64) as response:
                assert response.status == 200
        async with client.post(path, texts) as response:
            assert response.status == 200
    *asked, plain = (dict(span.attributes or {}) for span in spans.get_finished_spans())
    assert [span[names.DATASET] for span in asked] == ["0" * 64] * 2
    assert names.DATASET not in plain


def test_names_of_the_conventions_are_in_one_file() -> None:
    sources = Path(names.__file__).parent.rglob("*.py")
    others = [path for path in sources if path != Path(names.__file__)]
    assert not [path.name for path in others if '"gen_ai' in path.read_text()]
    assert '"gen_ai' in Path(names.__file__).read_text()


@pytest.mark.parametrize(("flags", "kept"), [(TraceFlags.SAMPLED, 1), (TraceFlags.DEFAULT, 0)])
async def test_span_is_made_only_where_its_trace_is_kept(
    start: Any, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch, flags: int, kept: int
) -> None:
    sampled = TracerProvider(sampler=ParentBased(ALWAYS_ON))
    monkeypatch.setattr(telemetry, "tracer", sampled.get_tracer)
    parent = f"00-{'1' * 32}-{'2' * 16}-{flags:02x}"
    async with (
        start() as client,
        client.post("/v1/chat/completions", CHAT, traceparent=parent) as response,
    ):
        assert response.status == 200
    assert len(spans.get_finished_spans()) == kept
