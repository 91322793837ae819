"""`airworthy options`: every question, for people and (as JSON) for other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airworthy import manifest as manifests
from airworthy import source, terminal
from airworthy.arguments import Parser
from airworthy.questions import PRESET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airworthy.manifest import Manifest
    from airworthy.questions import Answers, Choice, Question

EXAMPLES = """\
  airworthy options                 every question
  airworthy options jobs            one question, and the files that each choice brings
  airworthy options --json          all of it, for other tools
"""
FORMAT = 1
"""Grows when a program that reads the JSON would have to change."""


def main(words: list[str], *, prog: str) -> int:
    """Run the verb; returns the exit code."""
    parser = Parser(prog, "Show every question: its choices, its defaults and what each choice adds.", EXAMPLES)
    parser.add_argument("name", nargs="?", help="one question, shown with all the files that it brings")
    parser.add_argument("--json", action="store_true", help="the metadata as JSON on stdout")
    arguments = parser.parse_args(words)
    template = source.locate()
    chart = manifests.load(template.folder, template.files)
    asked = chart.questionnaire.asked(chart.questionnaire.resolve({}))
    questions = [chart.questionnaire[arguments.name]] if arguments.name else list(asked)
    if arguments.json:
        terminal.write(json.dumps(metadata(chart, questions, template.describe), indent=2, ensure_ascii=False))
    else:
        _show(chart, questions, is_long=arguments.name is not None)
    return 0


def metadata(chart: Manifest, questions: list[Question], template: str) -> dict[str, Any]:
    """The questions as plain data; `adds` counts against the choice's siblings, all else at its default."""
    presets = _presets(chart)
    return {
        "format": FORMAT,
        "template": template,
        "presets": list(presets),
        "questions": [_question(chart, question, presets) for question in questions],
    }


def _presets(chart: Manifest) -> dict[str, Answers]:
    return {preset: chart.questionnaire.resolve({PRESET: preset}) for preset in chart.questionnaire.presets}


def _question(chart: Manifest, question: Question, presets: Mapping[str, Answers]) -> dict[str, Any]:
    answers = chart.questionnaire.resolve({})
    brought = chart.brought_by(question.name, answers) if question.choices else {}
    return {
        "name": question.name,
        "section": question.section,
        "help": question.help,
        "type": question.type,
        "default": answers[question.name],
        "defaults": {preset: given[question.name] for preset, given in presets.items() if question.name != PRESET},
        "choices": [_choice(chart, choice, brought[choice.value]) for choice in question.choices],
        "shapes": sorted(chart.shaped_by(question.name)),
    }


def _choice(chart: Manifest, choice: Choice, brought: frozenset[str]) -> dict[str, Any]:
    services = chart.services(brought)
    return {"value": choice.value, "label": choice.label, "adds": {"files": sorted(brought), "services": services}}


def _show(chart: Manifest, questions: list[Question], *, is_long: bool) -> None:
    presets, answers = _presets(chart), chart.questionnaire.resolve({})
    section = ""
    for question in questions:
        if question.section != section:
            section = question.section
            terminal.write(("\n" if question is not questions[0] else "") + terminal.paint(section, "cyan"))
        terminal.write(f"\n  {terminal.paint(question.name, 'bold')}  {question.help}")
        if not question.choices:
            terminal.write(f"    default: {answers[question.name]}")
            continue
        brought = chart.brought_by(question.name, answers)
        columns = max(len(choice.label) for choice in question.choices)
        for choice in question.choices:
            default = terminal.paint(_default(question, choice.value, answers, presets), "dim")
            added = terminal.count(len(brought[choice.value]), "file") if brought[choice.value] else ""
            terminal.write(f"    {choice.value:<14}{choice.label:<{columns}}{added:>11}  {default}".rstrip())
            if is_long:
                _show_files(brought[choice.value], frozenset(chart.sources))


def _default(question: Question, value: str, answers: Answers, presets: Mapping[str, Answers]) -> str:
    """Which presets start from `value`, in words."""
    users = [preset for preset, given in presets.items() if given[question.name] == value]
    if question.name == PRESET or len(users) == len(presets):
        return "default" if value == answers[question.name] else ""
    return f"default of {', '.join(users)}" if users else ""


def _show_files(brought: frozenset[str], tree: frozenset[str]) -> None:
    for place in manifests.outline(brought, tree):
        terminal.write(f"      {terminal.paint(place, 'dim')}")
