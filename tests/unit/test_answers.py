"""Which answer wins, and what is said about one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airworthy import answers
from airworthy.errors import (
    AirworthyError,
    DocumentError,
    InvalidAnswerError,
    LockedAnswerError,
    UnknownAnswerError,
    UsageError,
)
from airworthy.organisation import Lock, Organisation

if TYPE_CHECKING:
    from airworthy.questions import Questionnaire

ACME = Organisation(
    path=Path("acme.yml"),
    defaults={"licence": "mit", "organisation": "Acme Insurance"},
    locked={"idp": Lock("entra", "Security policy 12.", "acme.yml:5:3")},
)


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.yml"
    path.write_text(text, encoding="utf-8")
    return path


# covers R-0103
def test_stronger_answers_win(tmp_path: Path, questionnaire: Questionnaire) -> None:
    path = file(tmp_path, "preset: startup\nlicence: apache-2.0\njobs: kafka\n")

    given = answers.collect(ACME, file=path, data=["jobs=postgres", "ui=none"])
    found = given.resolve(questionnaire)

    assert found["organisation"] == "Acme Insurance"  # the organisation over the template
    assert found["licence"] == "apache-2.0"  # the answers file over the organisation
    assert (found["jobs"], found["ui"]) == ("postgres", "none")  # the command line over the answers file
    assert found["idp"] == "entra"  # the lock over the preset, which says auth0
    assert found["deploy"] == "aws"  # the preset over the template's first default


def test_copiers_own_notes_are_passed_over(tmp_path: Path, questionnaire: Questionnaire) -> None:
    path = file(tmp_path, "_commit: v1.0.0\n_src_path: somewhere\njobs: kafka\n")

    assert answers.collect(Organisation(), file=path).resolve(questionnaire)["jobs"] == "kafka"


def test_the_last_of_two_equal_names_wins(questionnaire: Questionnaire) -> None:
    given = answers.collect(Organisation(), data=["ui=react", "ui=none"])

    assert given.resolve(questionnaire)["ui"] == "none"


def test_a_value_may_hold_an_equals_sign(questionnaire: Questionnaire) -> None:
    given = answers.collect(Organisation(), data=["description=a = b"])

    assert given.resolve(questionnaire)["description"] == "a = b"


@pytest.mark.parametrize("pair", ["ui", "=none", " =none"])
def test_collect_refuses_half_a_pair(pair: str) -> None:
    with pytest.raises(UsageError, match="has no value"):
        answers.collect(Organisation(), data=[pair])


def test_collect_refuses_two_presets() -> None:
    with pytest.raises(UsageError, match="disagree"):
        answers.collect(Organisation(), data=["preset=startup"], preset="platform")


def test_the_preset_wins_over_the_answers_file(tmp_path: Path, questionnaire: Questionnaire) -> None:
    path = file(tmp_path, "preset: startup\n")

    assert answers.collect(Organisation(), file=path, preset="platform").resolve(questionnaire)["deploy"] == "gcp"


def test_a_locked_answer_may_be_repeated(questionnaire: Questionnaire) -> None:
    assert answers.collect(ACME, data=["idp=entra"]).resolve(questionnaire)["idp"] == "entra"


@pytest.mark.parametrize(
    ("text", "data", "kind", "problem"),
    [
        ("", ["idp=auth0"], LockedAnswerError, r"^idp is locked to 'entra' by acme\.yml:5:3: Security policy 12"),
        ("\nidp: auth0\n", [], LockedAnswerError, r"answers\.yml:2:1: idp is locked to 'entra'"),
        ("", ["idpp=auth0"], UnknownAnswerError, r"^No question is called 'idpp'\. Did you mean 'idp'"),
        ("ui: none\nidpp: auth0\n", [], DocumentError, r"answers\.yml:2:1: No question is called 'idpp'"),
        ("", ["jobs=redis"], InvalidAnswerError, r"^jobs: 'redis' is not one of postgres, kafka"),
        ("jobs: redis\n", [], DocumentError, r"answers\.yml:1:1: jobs: 'redis' is not one of postgres, kafka"),
        ("jobs: redis\n", ["jobs=redis"], InvalidAnswerError, r"^jobs: 'redis' is not one of postgres, kafka"),
        ("jobs: [kafka]\n", [], DocumentError, r"answers\.yml:1:7: jobs must be text"),
        ("jobs: {\n", [], DocumentError, r"answers\.yml:2:1: this is not YAML"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(  # noqa: PLR0913, PLR0917 - a table
    tmp_path: Path,
    questionnaire: Questionnaire,
    text: str,
    data: list[str],
    kind: type[AirworthyError],
    problem: str,
) -> None:
    with pytest.raises(kind, match=problem) as caught:
        answers.collect(ACME, file=file(tmp_path, text), data=data).resolve(questionnaire)

    assert caught.value.exit_code == 2
    assert caught.value.next_step
