"""Questions are asked, defaulted and validated as copier does it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import copier
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from airworthy import memo, questions, source
from airworthy.errors import InvalidAnswerError, UnknownAnswerError, UnreadableTemplateError

if TYPE_CHECKING:
    from airworthy.manifest import Manifest
    from airworthy.questions import Questionnaire

TEXTS = st.one_of(
    st.text(max_size=70),
    st.text(alphabet="abcdefgh-XYZ09 ,.@_", max_size=50),
    st.sampled_from(["", "-", "a", "a--b", "a-", "9a", "a.b@c", "@", "a@b.c", "eu-central-1,eu-west-1", ",", "x" * 61]),
)
FREE = ["project_name", "project_slug", "description", "organisation", "contact_email", "regions"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout's questions over a template that is only an answers file."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "template").mkdir()
    text = (source.locate().folder / "copier.yml").read_text(encoding="utf-8")
    (folder / "copier.yml").write_text(text.split("\n_exclude:")[0], encoding="utf-8")
    for path in (source.locate().folder / "template").glob("*answers_file*"):
        shutil.copy(path, folder / "template")
    return folder


def ask_copier(bare: Path, answers: dict[str, str]) -> dict[str, str] | None:
    """Every answer as copier resolves it, or None if it refuses one."""
    out = bare.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    with memo.memoised():
        try:
            copier.run_copy(str(bare), out, data=answers, defaults=True, quiet=True)
        except ValueError:
            return None
    recorded = yaml.safe_load((out / ".copier-answers.yml").read_text(encoding="utf-8"))
    return {name: value for name, value in recorded.items() if not name.startswith("_")}


def ask_us(questionnaire: Questionnaire, answers: dict[str, str]) -> dict[str, str] | None:
    try:
        return questionnaire.resolve(answers)
    except InvalidAnswerError:
        return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.dictionaries(st.sampled_from(FREE), TEXTS, max_size=2))
@example(answers={"project_name": "日本語"})
@example(answers={"project_name": "Ünïcode & co"})
@example(answers={"project_slug": "acme\n"})
def test_resolve_agrees_with_copier_on_free_text(
    bare: Path, questionnaire: Questionnaire, answers: dict[str, str]
) -> None:
    assert ask_us(questionnaire, answers) == ask_copier(bare, answers)


def test_resolve_agrees_with_copier_on_every_choice(bare: Path, questionnaire: Questionnaire) -> None:
    for question in questionnaire:
        for value in [*(choice.value for choice in question.choices), *(["other"] if question.choices else [])]:
            answers = {question.name: value}
            assert ask_us(questionnaire, answers) == ask_copier(bare, answers), answers


def test_every_question_has_a_section_and_a_help(questionnaire: Questionnaire) -> None:
    assert {question.section for question in questionnaire} == {"Who the product is for", "What it is built from"}
    assert all(question.help and question.help != question.name for question in questionnaire)


# covers R-0102
@pytest.mark.parametrize("preset", ["freelancer", "startup", "platform"])
def test_presets_only_set_defaults(questionnaire: Questionnaire, preset: str) -> None:
    answers = questionnaire.resolve({"preset": preset, "jobs": "kafka", "billing": "none"})

    assert answers["preset"] == preset
    assert (answers["jobs"], answers["billing"]) == ("kafka", "none")


def test_presets_are_those_of_the_template(questionnaire: Questionnaire) -> None:
    assert questionnaire.presets == ("freelancer", "startup", "platform")


def test_resolve_derives_defaults_from_earlier_answers(chart: Manifest) -> None:
    answers = chart.questionnaire.resolve({"preset": "large", "name": "Blue"})

    assert answers == {
        "preset": "large",
        "name": "Blue",
        "slug": "blue",
        "jobs": "kafka",
        "banner": "Blue with kafka",
    }


def test_resolve_computes_what_is_not_asked(chart: Manifest) -> None:
    assert chart.questionnaire.resolve({"banner": "mine"})["banner"] == "Desk with postgres"


def test_resolve_names_the_nearest_question(chart: Manifest) -> None:
    with pytest.raises(UnknownAnswerError, match=r"No question is called 'job'\. Did you mean 'jobs'\?") as caught:
        chart.questionnaire.resolve({"job": "kafka"})

    assert caught.value.name == "job"


def test_resolve_names_the_nearest_choice(chart: Manifest) -> None:
    with pytest.raises(InvalidAnswerError, match=r"jobs: 'kafak' is not one of postgres, kafka\. Did you mean 'kafka'"):
        chart.questionnaire.resolve({"jobs": "kafak"})


def test_resolve_repeats_what_the_validator_says(chart: Manifest) -> None:
    with pytest.raises(InvalidAnswerError, match=r"name: 'desk' is refused\. Use a capital\."):
        chart.questionnaire.resolve({"name": "desk"})


def test_label_is_what_people_read(chart: Manifest) -> None:
    assert chart.questionnaire["jobs"].label("postgres") == "PostgreSQL"
    assert chart.questionnaire["name"].label("anything") == "anything"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "is not YAML"),
        ("- a\n", "holds no questions"),
        ("a: {type: int, default: 1}\n", "'a' in copier.yml must be a str question"),
        ("a: {type: str, multiselect: true}\n", "'a' in copier.yml must be a str question"),
        ("a: just text\n", "'a' in copier.yml must be a str question"),
    ],
)
def test_load_refuses_what_it_cannot_ask(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "copier.yml").write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableTemplateError, match=problem):
        questions.load(tmp_path)


def test_load_says_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTemplateError, match=r"copier\.yml: No such file") as caught:
        questions.load(tmp_path)

    assert caught.value.next_step


def test_a_template_that_fails_is_reported(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("a: {type: str, default: '{{ 1 / }}'}\n", encoding="utf-8")

    with pytest.raises(UnreadableTemplateError, match="holds a template that fails"):
        questions.load(tmp_path).resolve({})
