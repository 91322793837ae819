"""`airworthy org`: check an organisation file, or lock an answer in it."""

from __future__ import annotations

from pathlib import Path

from airworthy import organisation, questions, source, terminal
from airworthy.arguments import Parser
from airworthy.errors import UsageError

EXAMPLES = """\
  airworthy org acme.yml                                        check it and show what it decides
  airworthy org acme.yml --lock idp=entra --reason "Policy 12"   lock an answer; comments in the file stay
"""


def main(words: list[str], *, prog: str) -> int:
    """Run the verb; returns the exit code."""
    parser = Parser(
        prog, "Check an organisation file (defaults and locked answers), or lock an answer in it.", EXAMPLES
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the file; --lock makes it if it is not there")
    parser.add_argument("--lock", metavar="NAME=VALUE", help="the answer to lock")
    parser.add_argument("--reason", help="why; people read it in the wizard")
    arguments = parser.parse_args(words)
    questionnaire = questions.load(source.locate().folder)
    if arguments.lock or arguments.reason:
        _lock(arguments.file, arguments.lock or "", arguments.reason or "", questionnaire)
    _show(organisation.load(arguments.file, questionnaire))
    return 0


def _lock(path: Path, pair: str, reason: str, questionnaire: questions.Questionnaire) -> None:
    name, equals, value = pair.partition("=")
    if not equals or not reason:
        raise UsageError("A lock needs an answer and a reason.", 'Write --lock name=value --reason "why".')
    questionnaire.resolve({name: value})
    organisation.lock(path, name, value, reason)


def _show(found: organisation.Organisation) -> None:
    terminal.write(f"{terminal.paint('✓', 'green')} {found.path} is in order.")
    for name, value in found.defaults.items():
        terminal.write(f"  {name:<15} starts as {value}")
    for name, lock in found.locked.items():
        terminal.write(f"  {name:<15} is locked to {lock.value}: {lock.reason}")
