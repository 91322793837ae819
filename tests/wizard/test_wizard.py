"""The wizard, as somebody at a terminal sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.wizard.conftest import BACK, CTRL_C, CTRL_U, DOWN, ENTER, ESCAPE, TAB, UP, Start

WHO = [
    "Which defaults",
    "The product's name",
    "machine name",
    "One sentence",
    "Who owns",
    "security problem",
    "licence of",
]
WHAT = [
    "does first",
    "user interface",
    "identity provider",
    "background jobs",
    "embeddings",
    "cached",
    "Where models run",
]
REST = ["Where it is deployed", "runs the pipelines", "customers pay", "The folder to write"]
ALL = [*WHO, "Where data may be stored", *WHAT, *REST]
ACME = """\
defaults:
  organisation: Acme Insurance
locked:
  idp:
    value: entra
    reason: Security policy 12.
  regions: {value: eu-central-1, reason: Data stays in the EU.}
"""


def answers(folder: Path) -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((folder / ".copier-answers.yml").read_text(encoding="utf-8"))
    return found


# covers R-0101
def test_the_happy_path_writes_a_repo(start: Start, tmp_path: Path) -> None:
    person = start("--no-git")
    person.sees("Airworthy", "Which defaults to start from", "1/19")
    person.types(DOWN)
    person.sees("Starts from idp auth0")
    person.types(ENTER)
    person.sees("The product's name", "2/19")
    person.types("Blue Desk")
    person.sees("project slug becomes blue-desk")
    person.types(ENTER)
    person.accepts(*ALL[2:])
    person.sees("Is everything as it should be?", "Write ", "into ./blue-desk", "Stripe")
    person.types(ENTER)
    person.ends_with(0)

    assert "Blue Desk is ready in blue-desk" in person.text
    assert "airworthy new blue-desk --preset startup --data 'project_name=Blue Desk' --defaults --no-git" in person.text
    found = answers(tmp_path / "blue-desk")
    assert (found["preset"], found["project_slug"], found["billing"]) == ("startup", "blue-desk", "stripe")


# covers R-0101
def test_back_takes_one_question_back_at_any_point(start: Start) -> None:
    person = start()
    person.accepts(*ALL[:4])
    person.sees("Who owns the product", "✓ description")

    person.types(BACK)
    person.sees("One sentence that says what the product does")
    assert "✓ description" not in person.text
    person.types(ESCAPE)
    person.sees("The product's machine name", "✓ project name")
    person.types(BACK, BACK)

    person.sees("Which defaults to start from", "1/19")
    assert "Esc back" not in person.text
    assert "✓" not in person.text
    person.types(BACK)  # there is nothing before the first
    person.sees("Which defaults to start from", "1/19")


def test_back_keeps_what_was_typed(start: Start) -> None:
    person = start()
    person.accepts(ALL[0])
    person.sees("The product's name")
    person.types("Blue", ENTER)
    person.sees("machine name")
    person.types(BACK)
    person.sees("The product's name")

    person.points_at("Blue")


def test_back_from_the_review_asks_the_last_question_again(start: Start) -> None:
    person = start()
    person.accepts(*ALL)
    person.sees("Is everything as it should be?")
    person.types(BACK)
    person.sees("The folder to write it into", "✓ billing")
    person.types("elsewhere", ENTER)

    person.sees("Is everything as it should be?", "into elsewhere")


# covers R-0101
def test_an_invalid_answer_stays_in_its_line(start: Start) -> None:
    person = start()
    person.accepts(*ALL[:2])
    person.sees("machine name")
    person.types("Blue Desk", ENTER)
    person.sees("Use 2 to 40 lower-case letters", "3/19")
    person.points_at("Blue Desk")

    person.types(CTRL_U, "blue", ENTER)
    person.sees("One sentence", "✓ project slug    blue")


def test_tab_edits_the_suggestion(start: Start) -> None:
    person = start("--preset", "startup")
    person.sees("The product's name", "Tab edit")
    person.types(TAB, " Two")

    person.points_at("Acme Desk Two")


def test_a_folder_in_use_is_refused_at_once(start: Start, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "notes.txt").touch()
    person = start()
    person.accepts(*ALL[:-1])
    person.sees("The folder to write it into")
    person.types("used", ENTER)
    person.sees("used is not empty.", "19/19")


# covers R-0101
def test_any_answer_can_be_changed_on_the_review_page(start: Start, tmp_path: Path) -> None:
    person = start("desk", "--no-git", "-d", "ui=none")
    person.accepts(*[question for question in ALL if question not in {"user interface", "The folder to write"}])
    person.sees("Is everything as it should be?", "ui              None: an API only")
    for name in ("project slug", "ui", "jobs"):
        person.moves_to(name)
        person.types(ENTER)
        if name == "project slug":
            person.sees("machine name")
            person.types("blue", ENTER)
        else:
            person.sees("Brings ")
            person.types(DOWN if name == "jobs" else UP, ENTER)
        person.sees("Is everything as it should be?")
    person.sees("project slug    blue", "ui              React", "jobs            Kafka")
    person.types(ENTER)
    person.ends_with(0)

    found = answers(tmp_path / "desk")
    assert (found["project_slug"], found["ui"], found["jobs"]) == ("blue", "react", "kafka")
    assert "airworthy new desk --data project_slug=blue --data jobs=kafka --defaults --no-git" in person.text


# covers R-0102
def test_locked_answers_are_shown_with_their_reason(start: Start, tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(ACME, encoding="utf-8")
    person = start("desk", "--org", "acme.yml", "--no-git")
    asked = [question for question in ALL if question not in {"Where data may be stored", "identity provider"}]
    person.accepts(*asked[:-1])

    person.sees("Is everything as it should be?", "Acme Insurance")
    person.sees("idp           Microsoft Entra ID (locked: Security policy 12.)")
    person.types(*[DOWN] * 25)
    assert not person.pointed.startswith(("idp", "regions"))
    person.moves_to("Write")
    person.types(ENTER)
    person.ends_with(0)

    assert "• idp             Microsoft Entra ID · locked: Security policy 12." in person.text
    assert "airworthy new desk --org acme.yml --defaults --no-git" in person.text
    assert answers(tmp_path / "desk")["idp"] == "entra"


@pytest.mark.parametrize("questions", [0, 1, 9, 18], ids=["at once", "in a text", "in a list", "at the end"])
def test_ctrl_c_leaves_nothing(start: Start, tmp_path: Path, questions: int) -> None:
    person = start()
    person.accepts(*ALL[:questions])
    person.sees(ALL[questions])
    person.types(CTRL_C)
    person.ends_with(130)

    assert "Cancelled: nothing was written." in person.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["ctrl-c", "cancel"])
def test_giving_up_on_the_review_page_leaves_nothing(start: Start, tmp_path: Path, how: str) -> None:
    person = start("desk", "--answers-file", str(_everything(tmp_path)))
    person.sees("Is everything as it should be?")
    person.types(*([CTRL_C] if how == "ctrl-c" else [UP, ENTER]))
    person.ends_with(130)

    assert [path.name for path in tmp_path.iterdir()] == ["answers.yml"]


def test_ctrl_c_while_writing_leaves_nothing(start: Start, tmp_path: Path) -> None:
    person = start("desk", "--answers-file", str(_everything(tmp_path)))
    person.sees("Is everything as it should be?")
    person._child.send(ENTER)
    person.sees("Writing")
    person._child.send(CTRL_C)
    person.ends_with(130)

    assert [path.name for path in tmp_path.iterdir()] == ["answers.yml"]


def test_given_answers_are_not_asked(start: Start, tmp_path: Path) -> None:
    person = start("desk", "--answers-file", str(_everything(tmp_path)), "--yes", "--no-git")
    person.ends_with(0)

    assert (tmp_path / "desk" / "product.toml").is_file()


def test_a_preview_after_the_wizard_writes_nothing(start: Start, tmp_path: Path) -> None:
    person = start("desk", "--answers-file", str(_everything(tmp_path)), "--dry-run", rows=60)
    person.sees("Preview ", "into desk")
    person.types(ENTER)
    person.ends_with(0)

    assert "Nothing was written." in person.text
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_cuts_lines_and_keeps_them_single(start: Start, columns: int) -> None:
    person = start("desk", columns=columns, rows=24)
    person.accepts(*[question.split()[0] for question in ALL[:-1]])
    person.sees("Is everything as it should")

    assert all(len(line) <= columns for line in person.text.splitlines())
    assert person.pointed.startswith("Write ")


def _everything(folder: Path) -> Path:
    """An answers file that leaves nothing to ask."""
    path = folder / "answers.yml"
    names = {
        "preset": "freelancer", "project_name": "Blue", "project_slug": "blue", "description": "A desk.",
        "organisation": "Acme", "contact_email": "a@example.com", "licence": "mit", "regions": "eu-central-1",
        "domain": "support", "ui": "none", "idp": "generic", "jobs": "postgres", "vectors": "pgvector",
        "cache": "memory", "inference": "hosted", "deploy": "vm", "ci": "github", "billing": "none",
    }  # fmt: skip
    path.write_text(yaml.safe_dump(names), encoding="utf-8")
    return path
