# covers R-0308
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.product import load_product, root
from runtime.prompts import Prompt, PromptError, load_prompts

ENTRY: dict[str, Any] = {
    "name": "answer",
    "version": 1,
    "family": "answers",
    "language": "en",
    "temperature": 0,
    "inputs": ["context", "question"],
    "output": {"type": "text"},
    "messages": [
        {"role": "system", "content": "Use only: {context}"},
        {"role": "user", "content": "{question}"},
    ],
}


def _write(folder: Path, name: str = "answer", **changes: Any) -> Path:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(ENTRY | changes))
    return folder


def test_render_fills_the_placeholders(tmp_path: Path) -> None:
    messages = load_prompts(_write(tmp_path))["answer"].render(context="facts", question="why?")
    assert messages == [
        {"role": "system", "content": "Use only: facts"},
        {"role": "user", "content": "why?"},
    ]


def test_render_never_reads_an_input_as_a_template() -> None:
    messages = Prompt.model_validate(ENTRY).render(context="{question} {0} {{x}}", question="why?")
    assert messages[0]["content"] == "Use only: {question} {0} {{x}}"


@pytest.mark.parametrize("inputs", [{}, {"context": "a"}, dict.fromkeys("abc", "x")])
def test_render_refuses_missing_and_unknown_inputs(inputs: dict[str, str]) -> None:
    with pytest.raises(PromptError, match="missing or unknown"):
        Prompt.model_validate(ENTRY).render(**inputs)


def test_hash_follows_the_content_and_not_the_layout() -> None:
    prompt = Prompt.model_validate(ENTRY)
    assert prompt.hash == Prompt.model_validate(dict(reversed(ENTRY.items()))).hash
    assert prompt.hash != Prompt.model_validate(ENTRY | {"temperature": 1}).hash
    assert len(prompt.hash) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": ["context"]},
        {"inputs": ["context", "question", "unused"]},
        {"temperature": 3},
        {"messages": []},
        {"surprise": True},
        {"name": "other"},
    ],
)
def test_load_refuses_a_prompt_that_breaks_its_schema(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(PromptError, match=r"\.yaml"):
        load_prompts(_write(tmp_path, **changes))


def test_library_says_what_there_is(tmp_path: Path) -> None:
    library = load_prompts(_write(tmp_path))
    assert list(library) == ["answer"]
    with pytest.raises(PromptError, match="there are: answer"):
        library["missing"]


def test_the_products_own_prompts_load() -> None:
    prompts = load_prompts(root() / "prompts" / load_product().domain)
    assert set(prompts["answer"].inputs) == {"context", "question"}
