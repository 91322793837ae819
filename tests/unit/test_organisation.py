"""An organisation's defaults and locks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airworthy import organisation
from airworthy.errors import DocumentError

if TYPE_CHECKING:
    from airworthy.questions import Questionnaire

TEXT = """\
# Everybody at Acme starts here.
defaults:
  licence: apache-2.0  # decided by the board
locked:
  idp:
    value: entra
    reason: Security policy 12.
"""


def load(tmp_path: Path, text: str, questionnaire: Questionnaire) -> organisation.Organisation:
    (tmp_path / "acme.yml").write_text(text, encoding="utf-8")
    return organisation.load(tmp_path / "acme.yml", questionnaire)


# covers R-0102
def test_load_reads_defaults_and_locks(tmp_path: Path, questionnaire: Questionnaire) -> None:
    found = load(tmp_path, TEXT, questionnaire)

    assert found.defaults == {"licence": "apache-2.0"}
    assert found.locked["idp"] == organisation.Lock("entra", "Security policy 12.", f"{tmp_path / 'acme.yml'}:5:3")
    assert found.values == {"licence": "apache-2.0", "idp": "entra"}


def test_load_takes_an_empty_file(tmp_path: Path, questionnaire: Questionnaire) -> None:
    assert load(tmp_path, "", questionnaire).values == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("default:\n  idp: entra\n", r"acme\.yml:1:1: 'default' is neither `defaults` nor `locked`"),
        ("defaults:\n  idpp: entra\n", r"acme\.yml:2:3: No question is called 'idpp'\. Did you mean 'idp'"),
        ("defaults:\n  idp: entro\n", r"acme\.yml:2:3: idp: 'entro' is not one of .*Did you mean 'entra'"),
        ("defaults: entra\n", r"acme\.yml:1:1: defaults must hold one"),
        ("locked:\n  idp: entra\n", r"acme\.yml:2:3: idp must hold one"),
        ("locked:\n  idp: {value: entra}\n", r"acme\.yml:2:3: a locked answer needs a value and a reason"),
        ("locked:\n  idp: {value: x, reason: y}\n", r"acme\.yml:2:3: idp: 'x' is not one of"),
        ("locked:\n  idp: {value: entra, reason: [a]}\n", r"acme\.yml:2:31: reason must be text"),
        ("defaults:\n  project_slug: A_b\n", r"acme\.yml:2:3: project_slug: 'A_b' is refused"),
    ],
)
def test_load_says_where_it_fails(tmp_path: Path, questionnaire: Questionnaire, text: str, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem):
        load(tmp_path, text, questionnaire)


def test_lock_keeps_the_comments(tmp_path: Path, questionnaire: Questionnaire) -> None:
    load(tmp_path, TEXT, questionnaire)

    organisation.lock(tmp_path / "acme.yml", "jobs", "kafka", "We run Kafka.")

    text = (tmp_path / "acme.yml").read_text(encoding="utf-8")
    assert text == TEXT + "  jobs:\n    value: kafka\n    reason: We run Kafka.\n"
    assert load(tmp_path, text, questionnaire).locked["jobs"].value == "kafka"


def test_lock_takes_the_default_away(tmp_path: Path, questionnaire: Questionnaire) -> None:
    load(tmp_path, TEXT, questionnaire)

    organisation.lock(tmp_path / "acme.yml", "licence", "mit", "Open.")

    found = organisation.load(tmp_path / "acme.yml", questionnaire)
    assert "licence" not in found.defaults
    assert found.locked["licence"].value == "mit"


def test_lock_makes_the_file(tmp_path: Path, questionnaire: Questionnaire) -> None:
    organisation.lock(tmp_path / "new.yml", "jobs", "kafka", "We run Kafka.")

    assert organisation.load(tmp_path / "new.yml", questionnaire).values == {"jobs": "kafka"}
