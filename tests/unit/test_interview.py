"""The wizard without a terminal: what follows from an answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airworthy import answers
from airworthy.organisation import Lock, Organisation
from airworthy.wizard.interview import FOLDER, Interview
from airworthy.wizard.live import Live

if TYPE_CHECKING:
    from airworthy.manifest import Manifest

ACME = Organisation(Path("acme.yml"), {"name": "Acme"}, {"jobs": Lock("kafka", "We run Kafka.", "acme.yml:4:3")})


def interview(
    chart: Manifest, *data: str, organisation: Organisation | None = None, folder: Path | None = None
) -> Interview:
    given = answers.collect(organisation or Organisation(), data=data)
    return Interview(chart.questionnaire, given, folder)


@pytest.fixture
def fresh(chart: Manifest) -> Interview:
    return interview(chart)


def test_questions_leave_out_what_is_computed_and_end_with_the_folder(fresh: Interview) -> None:
    assert [question.name for question in fresh.questions] == ["preset", "name", "slug", "jobs", "folder"]


def test_accept_lets_derived_answers_follow(chart: Manifest, fresh: Interview) -> None:
    fresh.accept(chart.questionnaire["name"], "Blue")

    assert fresh.answers["slug"] == "blue"
    assert fresh.is_own(chart.questionnaire["name"])
    assert not fresh.is_own(chart.questionnaire["slug"])


def test_an_accepted_default_goes_on_following(chart: Manifest, fresh: Interview) -> None:
    fresh.accept(chart.questionnaire["jobs"], "postgres")
    fresh.accept(chart.questionnaire["preset"], "large")

    assert fresh.answers["jobs"] == "kafka"


def test_an_own_answer_stays(chart: Manifest, fresh: Interview) -> None:
    fresh.accept(chart.questionnaire["jobs"], "kafka")
    fresh.accept(chart.questionnaire["preset"], "large")
    fresh.accept(chart.questionnaire["preset"], "small")

    assert fresh.answers["jobs"] == "kafka"


def test_a_given_answer_is_not_asked_but_may_be_changed(chart: Manifest) -> None:
    found = interview(chart, "jobs=kafka")
    jobs = chart.questionnaire["jobs"]

    assert not found.is_open(jobs)
    found.accept(jobs, "postgres")
    assert found.answers["jobs"] == "postgres"
    found.accept(jobs, "kafka")
    assert found.answers["jobs"] == "kafka"


# covers R-0102
def test_a_locked_answer_is_not_asked_and_tells_why(chart: Manifest) -> None:
    found = interview(chart, organisation=ACME)
    jobs = chart.questionnaire["jobs"]

    assert found.answers["jobs"] == "kafka"
    assert not found.is_open(jobs)
    assert found.reason(jobs) == "We run Kafka."
    assert found.reason(chart.questionnaire["name"]) == ""


def test_an_organisations_default_is_a_default(chart: Manifest) -> None:
    found = interview(chart, organisation=ACME)

    assert found.value(chart.questionnaire["name"]) == "Acme"
    assert not found.is_own(chart.questionnaire["name"])


def test_an_own_answer_that_no_longer_fits_falls_back(chart: Manifest, fresh: Interview) -> None:
    picky = chart.questionnaire["name"]
    fresh.accept(picky, "Blue")
    fresh._chosen["name"] = "blue"  # as if an earlier answer had made it wrong

    fresh.accept(chart.questionnaire["preset"], "large")

    assert fresh.answers["name"] == "Desk"


def test_the_folder_follows_the_slug_until_it_is_typed(
    real: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = interview(real)
    found.accept(real.questionnaire["project_name"], "Blue Desk")
    assert found.folder == "./blue-desk"

    found.accept(FOLDER, "../elsewhere")
    found.accept(real.questionnaire["project_name"], "Red Desk")
    assert found.folder == "../elsewhere"


def test_a_given_folder_is_not_asked(chart: Manifest, tmp_path: Path) -> None:
    found = interview(chart, folder=tmp_path / "desk")

    assert not found.is_open(FOLDER)
    assert found.folder == str(tmp_path / "desk")


def test_complaint_knows_folders_in_use(fresh: Interview, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()

    assert fresh.complaint(FOLDER, str(tmp_path)) == f"{tmp_path} is not empty."
    assert fresh.complaint(FOLDER, str(tmp_path / "new")) == ""


def test_open_before_skips_what_is_not_asked(chart: Manifest) -> None:
    found = interview(chart, "name=Blue", "preset=large")

    assert [found.open_before(number) for number in range(5)] == [None, None, None, 2, 3]


# covers R-0101
def test_live_choice_says_what_it_brings(chart: Manifest, fresh: Interview) -> None:
    live = Live(chart, fresh)
    jobs = chart.questionnaire["jobs"]

    assert live.choice(jobs, "kafka") == [
        "Brings 4 files: data/kafka/a.txt, docs/kafka/, infra/compose/kafka.yaml",
        "9 files in all (+3) · services: database, kafka, registry",
    ]
    assert live.choice(jobs, "postgres") == [
        "Brings 1 file: data/postgres/a.txt",
        "6 files in all · services: database",
    ]


def test_live_choice_of_a_preset_says_what_it_starts_from(chart: Manifest, fresh: Interview) -> None:
    live = Live(chart, fresh)

    assert live.choice(chart.questionnaire["preset"], "large")[0] == "Starts from jobs kafka"


def test_live_choice_without_files_says_what_it_decides(real: Manifest) -> None:
    live = Live(real, interview(real))

    assert live.choice(real.questionnaire["billing"], "none")[0].startswith("Brings no files of its own; decides ")


def test_live_text_says_what_follows(chart: Manifest, fresh: Interview) -> None:
    live = Live(chart, fresh)

    assert live.text(chart.questionnaire["name"], "Blue") == "slug becomes blue"
    assert live.text(chart.questionnaire["name"], "wrong") == ""
    assert live.text(FOLDER, "anywhere") == ""
    assert live.total() == "6 files"
