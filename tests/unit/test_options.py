"""`airworthy options` and `airworthy org`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airworthy import cli, options

if TYPE_CHECKING:
    from airworthy.manifest import Manifest


def metadata(chart: Manifest, name: str) -> dict[str, object]:
    [question] = options.metadata(chart, [chart.questionnaire[name]], "v1")["questions"]
    assert isinstance(question, dict)
    return question


def test_metadata_tells_everything_about_a_question(chart: Manifest) -> None:
    assert metadata(chart, "jobs") == {
        "name": "jobs",
        "section": "Parts",
        "help": "Where jobs wait",
        "type": "str",
        "default": "postgres",
        "defaults": {"small": "postgres", "large": "kafka"},
        "choices": [
            {
                "value": "postgres",
                "label": "PostgreSQL",
                "adds": {"files": ["data/postgres/a.txt"], "services": []},
            },
            {
                "value": "kafka",
                "label": "Kafka",
                "adds": {
                    "files": [
                        "data/kafka/a.txt",
                        "docs/kafka/one.md",
                        "docs/kafka/two.md",
                        "infra/compose/kafka.yaml",
                    ],
                    "services": ["kafka", "registry"],
                },
            },
        ],
        "shapes": ["settings.toml"],
    }


def test_metadata_of_the_preset_has_no_default_for_itself(chart: Manifest) -> None:
    assert metadata(chart, "preset")["defaults"] == {}


# covers R-0103
def test_json_lists_every_question(real: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["options", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["format"] == options.FORMAT
    assert document["presets"] == ["freelancer", "startup", "platform"]
    assert [question["name"] for question in document["questions"]] == [
        question.name for question in real.questionnaire
    ]


def test_options_print_choices_defaults_and_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["options"]) == 0

    out = capsys.readouterr().out
    assert "What it is built from" in out
    assert "default: acme-desk" in out
    kafka = next(line for line in out.splitlines() if line.startswith("    kafka"))
    assert kafka.endswith("default of platform")


def test_options_of_one_question_list_its_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["options", "deploy"]) == 0
    assert "      infra/terraform/aws/" in capsys.readouterr().out


def test_org_checks_and_locks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    acme = tmp_path / "acme.yml"
    acme.write_text("# ours\ndefaults:\n  licence: mit\n", encoding="utf-8")

    assert cli.main(["org", str(acme), "--lock", "idp=entra", "--reason", "Policy 12."]) == 0

    out = capsys.readouterr().out
    assert "licence         starts as mit" in out
    assert "idp             is locked to entra: Policy 12." in out
    assert acme.read_text(encoding="utf-8").startswith("# ours\n")


@pytest.mark.parametrize(
    "words", [["--lock", "idp=entra"], ["--lock", "idp", "--reason", "x"], ["--lock", "idp=x", "--reason", "x"]]
)
def test_org_refuses_half_a_lock(tmp_path: Path, words: list[str]) -> None:
    acme = tmp_path / "acme.yml"
    acme.write_text("defaults: {}\n", encoding="utf-8")

    assert cli.main(["org", str(acme), *words]) == 2
    assert acme.read_text(encoding="utf-8") == "defaults: {}\n"
