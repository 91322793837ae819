"""The command at the end of the wizard gives the same answers again."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airworthy import answers, command, new, organisation
from airworthy.organisation import Organisation

if TYPE_CHECKING:
    from airworthy.questions import Questionnaire

ACME = "defaults:\n  licence: mit\n  organisation: Acme Insurance\nlocked:\n  idp: {value: entra, reason: Policy.}\n"


def parsed(line: str) -> argparse.Namespace:
    program, verb, *words = shlex.split(line)
    assert (program, verb) == ("airworthy", "new")
    return new.parser("airworthy new").parse_args(words)


def again(line: str, questionnaire: Questionnaire) -> dict[str, str]:
    arguments = parsed(line)
    standard = organisation.load(arguments.org, questionnaire) if arguments.org else Organisation()
    collected = answers.collect(standard, data=arguments.data, preset=arguments.preset)
    return collected.resolve(questionnaire)


# covers R-0101
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_equivalent_gives_the_same_answers(questionnaire: Questionnaire, tmp_path: Path, data: st.DataObject) -> None:
    acme = tmp_path / "our rules.yml"
    acme.write_text(ACME, encoding="utf-8")
    standard = data.draw(st.sampled_from([Organisation(), organisation.load(acme, questionnaire)]))
    chosen = {q.name: data.draw(st.sampled_from(q.choices)).value for q in questionnaire if q.choices}
    chosen["project_name"] = data.draw(st.sampled_from(["Acme Desk", "Bob's $HOME; rm -rf", "Zoë & co"]))
    resolved = questionnaire.resolve({**chosen, **standard.decided})

    line = command.equivalent("my desk", questionnaire, resolved, standard)

    assert again(line, questionnaire) == resolved
    assert parsed(line).destination == "my desk"


def test_equivalent_names_only_what_differs(questionnaire: Questionnaire) -> None:
    resolved = questionnaire.resolve({"preset": "startup", "project_name": "Blue Desk", "ci": "gitlab", "idp": "auth0"})

    line = command.equivalent("desk", questionnaire, resolved, Organisation(), git=False)

    assert line == (
        "airworthy new desk --preset startup --data 'project_name=Blue Desk' --data ci=gitlab --defaults --no-git"
    )
