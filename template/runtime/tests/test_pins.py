"""Prompts are approved by their hash; whoever changes one raises its version."""

# covers R-0505

from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.pins import check_pins, main, read_pins, write_pins
from runtime.product import load_product, root
from runtime.prompts import PromptError, load_prompts

PROMPT: dict[str, Any] = {
    "name": "answer",
    "version": "1.0.0",
    "family": "answer",
    "language": "en",
    "temperature": 0,
    "inputs": ["question"],
    "output": {"type": "text"},
    "messages": [{"role": "user", "content": "{question}"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path)
    write_pins(tmp_path)
    return tmp_path


def put(folder: Path, **changes: Any) -> None:
    prompt = PROMPT | changes
    (folder / f"{prompt['name']}.yaml").write_text(yaml.safe_dump(prompt))


def check(folder: Path) -> None:
    check_pins(folder, load_prompts(folder))


def test_the_products_own_prompts_are_those_that_are_pinned() -> None:
    check(root() / "prompts" / load_product().domain)


def test_pins_hold_hash_and_version(folder: Path) -> None:
    prompt = load_prompts(folder)["answer"]
    assert read_pins(folder) == {"answer": (prompt.hash, "1.0.0")}
    check(folder)


def test_layout_is_no_change(folder: Path) -> None:
    (folder / "answer.yaml").write_text("# A note\n" + yaml.safe_dump(PROMPT, sort_keys=False))
    check(folder)


# The seeded drift: another output schema, or one word more, under a version that was approved.
@pytest.mark.parametrize(
    "change", [{"output": {"type": "object"}}, {"temperature": 1}, {"language": "de"}]
)
def test_a_change_under_the_same_version_is_refused(folder: Path, change: dict[str, Any]) -> None:
    put(folder, **change)
    for refused in (check, write_pins):
        with pytest.raises(PromptError, match=r"answer has changed and is still version 1\.0\.0"):
            refused(folder)


def test_a_new_version_is_approved_by_pinning_it(folder: Path) -> None:
    put(folder, version="1.1.0", temperature=1)
    with pytest.raises(PromptError, match=r"answer 1\.1\.0 has no pin"):
        check(folder)
    write_pins(folder)
    check(folder)


def test_a_new_prompt_needs_a_pin_and_a_pin_its_prompt(folder: Path) -> None:
    put(folder, name="other")
    with pytest.raises(PromptError, match="other has no pin"):
        check(folder)
    write_pins(folder)
    (folder / "answer.yaml").unlink()
    with pytest.raises(PromptError, match="answer is pinned, but there is no such prompt"):
        check(folder)


def test_the_command_writes_what_is_there_already() -> None:
    path = root() / "prompts" / load_product().domain / "pins.txt"
    before = path.read_text()
    assert main() == 0
    assert path.read_text() == before
