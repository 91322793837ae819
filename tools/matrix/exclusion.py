"""Which files each line of `_exclude` leaves out or brings back, and which options that depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import jinja2

from matrix import syntax
from matrix.faults import Fault
from matrix.projection import Projection

if TYPE_CHECKING:
    from airworthy.manifest import Manifest
    from matrix.answers import Context

Effects = tuple[tuple[frozenset[str], bool], ...]
"""Files that a rendered line matches, and whether it leaves them out or brings them back."""


class Exclusions:
    """The lines in their order; a later one overrides an earlier one."""

    def __init__(self, chart: Manifest, context: Context) -> None:
        self._chart = chart
        self._context = context
        self.faults: list[tuple[dict[str, str], Fault]] = []
        """Lines that cannot be evaluated, with the answers that show it."""

    @cached_property
    def lines(self) -> list[Projection[Effects]]:
        """The lines that match a file under any answers."""
        lines = [self._line(number, text) for number, text in enumerate(self._texts, start=1)]
        return [line for line in lines if self._touched(line)]

    @cached_property
    def deciding(self) -> dict[str, list[Projection[Effects]]]:
        """Path → the lines that can leave it out or bring it back, in their order."""
        found: dict[str, list[Projection[Effects]]] = {}
        for line in self.lines:
            for path in self._touched(line):
                found.setdefault(path, []).append(line)
        return found

    def names(self, path: str) -> frozenset[str]:
        """The options that decide whether `path` is there."""
        return frozenset(name for line in self.deciding.get(path, ()) for name in line.names)

    def is_there(self, path: str, answers: Mapping[str, str]) -> bool:
        """Whether copier writes `path` under `answers`."""
        is_excluded = False
        for line in self.deciding.get(path, ()):
            for matched, excludes in line(answers):
                is_excluded = excludes if path in matched else is_excluded
        return not is_excluded

    def undefaulted(self) -> Iterator[tuple[int, str, str]]:
        """Lines that fail on a repo whose version did not know a question: number, name, text.

        copier evaluates the new list with the old answers, so that each name needs `| default(...)`.
        """
        asked = {question.name for question in self._chart.questionnaire}
        for number, text in enumerate(self._texts, start=1):
            names = self._names(number, text)
            yield from (
                (number, name, text) for name in sorted(names & asked) if self._fails_without(name, names, text)
            )

    def _fails_without(self, name: str, names: frozenset[str], text: str) -> bool:
        template = self._chart.questionnaire.environment.from_string(text)
        options = Projection(self._context.options_behind(names), dict)
        for answers, _ in options.everywhere(self._context.options):
            try:
                template.render(**self._context.values(names - {name}, answers))
            except jinja2.UndefinedError:
                return True
        return False

    @property
    def _texts(self) -> list[str]:
        return list(self._chart.questionnaire.settings.get("_exclude", []))

    def _names(self, number: int, text: str) -> frozenset[str]:
        return syntax.names_read(self._chart.questionnaire.environment, text, f"copier.yml, _exclude {number}")

    def _line(self, number: int, text: str) -> Projection[Effects]:
        names = self._names(number, text)
        template = self._chart.questionnaire.environment.from_string(text)

        def effects(answers: dict[str, str]) -> Effects:
            try:
                return self._chart.effects(template.render(**self._context.values(names, answers)))
            except jinja2.UndefinedError as error:
                self.faults.append((answers, Fault("copier.yml", f"_exclude {number}: {error}: {text}")))
                return ()

        return Projection(self._context.options_behind(names), effects)

    def _touched(self, line: Projection[Effects]) -> set[str]:
        everywhere = line.everywhere(self._context.options)
        return {path for _, effects in everywhere for matched, _ in effects for path in matched}
