"""Which prompt a tenant's questions get."""

# covers R-0510

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from gateway.answers.prompting import PromptChoice
from runtime.flags import WatchedFlags
from runtime.prompts import Prompt, PromptLibrary

ACME, GLOBEX = UUID(int=1), UUID(int=2)


def prompt(name: str, content: str = "{context} {question}", *inputs: str) -> Prompt:
    return Prompt(
        name=name,
        version=1,
        family="answer",
        language="en",
        temperature=0,
        inputs=inputs or ("context", "question"),
        output={"type": "text"},
        messages=[{"role": "user", "content": content}],
    )


@pytest.fixture
def choice(tmp_path: Path) -> PromptChoice:
    write(tmp_path)
    prompts = [prompt("answer"), prompt("short"), prompt("triage", "{message}", "message")]
    return PromptChoice(
        PromptLibrary({p.name: p for p in prompts}), WatchedFlags(tmp_path / "flags.yaml")
    )


def write(folder: Path, **changes: Any) -> None:
    flag = {
        "description": "Which prompt answers",
        "variants": {"answer": "answer", "short": "short", "triage": "triage", "none": "nothing"},
        "defaultVariant": "answer",
        **changes,
    }
    (folder / "flags.yaml").write_text(yaml.safe_dump({"flags": {"answer-prompt": flag}}))


def test_prompt_follows_the_flag_and_comes_back_at_once(
    choice: PromptChoice, tmp_path: Path
) -> None:
    assert choice.of(ACME).name == "answer"
    write(tmp_path, targeting={str(ACME): "short"})
    assert [choice.of(tenant).name for tenant in (ACME, GLOBEX)] == ["short", "answer"]
    write(tmp_path)
    assert choice.of(ACME).name == "answer"


@pytest.mark.parametrize("variant", ["triage", "none"])
def test_prompt_that_cannot_answer_questions_is_not_used(
    choice: PromptChoice, tmp_path: Path, variant: str
) -> None:
    write(tmp_path, defaultVariant=variant)
    assert choice.of(ACME).name == "answer"


def test_prompt_outlives_a_broken_file(choice: PromptChoice, tmp_path: Path) -> None:
    (tmp_path / "flags.yaml").write_text("flags: [")
    assert choice.of(ACME).name == "answer"
