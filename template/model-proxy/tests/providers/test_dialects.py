"""What a provider can't honour is refused by name; what is wrong in a file is found by line."""

# covers R-0303

from pathlib import Path
from typing import Any

import openai
import pytest

from model_proxy.app import bootstrap
from model_proxy.providers.dialects import load_dialects
from model_proxy.sources import ConfigurationError

CHAT: dict[str, Any] = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}]}
URL = {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("dialect", "field", "value"),
    [
        ("anthropic", "n", 2),
        ("anthropic", "response_format", {"type": "json_object"}),
        ("ollama", "tool_choice", "required"),
        ("openai_reasoning", "logprobs", True),
    ],
)
async def test_field_that_a_provider_would_ignore_is_refused(
    start: Any, add_model: Any, dialect: str, field: str, value: Any
) -> None:
    add_model(dialect=dialect)
    async with start(URL) as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.openai.chat.completions.create(**CHAT, **{field: value})
    assert (refused.value.code, refused.value.param) == ("unsupported", field)


def test_dialect_nobody_knows_is_found_at_the_start(settings: Any, add_model: Any) -> None:
    add_model(dialect="klingon")
    with pytest.raises(ConfigurationError, match=r"no dialect 'klingon'; there are anthropic"):
        bootstrap(settings(), URL)


def test_drop_in_adds_a_dialect_and_replaces_a_shipped_one(models: Path) -> None:
    (models / "dialects.d").mkdir()
    (models / "dialects.d" / "ours.yaml").write_text(
        "dialects:\n"
        "  ours: {source: https://example.com, query: {v: '2'}}\n"
        "  ollama: {source: https://example.com, drops: [seed]}\n"
    )
    dialects = load_dialects(models)
    assert dialects["ours"].query == {"v": "2"}
    assert dialects["ollama"].drops == {"seed"}
    assert "openai" in dialects


def test_drop_in_with_a_fault_is_named_with_its_line(models: Path) -> None:
    (models / "dialects.d").mkdir()
    (models / "dialects.d" / "ours.yaml").write_text(
        "dialects:\n  ours:\n    source: x\n    drop: []\n"
    )
    with pytest.raises(ConfigurationError, match=r"ours\.yaml:4: dialects\.ours\.drop"):
        load_dialects(models)
