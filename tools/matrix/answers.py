"""What a template sees of the answers: options vary, everything else is given or follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airworthy.manifest import ANSWERS_FILE
from matrix import syntax
from matrix.projection import Projection

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from airworthy.questions import Question, Questionnaire
    from matrix.combinations import Options


class Context:
    """Turns the answers to some options into all names that copier would hand to a template."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        options: Options,
        env: SandboxedEnvironment,
        *,
        texts: Mapping[str, str],
        origin: str,
    ) -> None:
        for name in texts:
            questionnaire[name]
        self._questionnaire = questionnaire
        self.options = options
        self._env = env
        self._texts = texts
        self._origin = origin

    def options_behind(self, names: Iterable[str]) -> frozenset[str]:
        """The options that decide what `names` hold; a name that is no question depends on none."""
        names = set(names)
        if syntax.ANSWERS in names:
            return frozenset(self.options.choices)
        return frozenset(option for name in names & self._values.keys() for option in self._values[name].names)

    def values(self, names: Iterable[str], answers: Mapping[str, str]) -> dict[str, Any]:
        """What `names` hold; one that neither a question nor copier defines is left out."""
        return {name: self._value(name, answers) for name in names if name in self._values or name in _COPIERS}

    def resolved(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answer to every question."""
        return {name: value(answers) for name, value in self._values.items()}

    def _value(self, name: str, answers: Mapping[str, str]) -> Any:
        if name == syntax.ANSWERS:
            asked = {name: value(answers) for name, value in self._values.items() if self._is_asked(name, answers)}
            return {"_src_path": self._origin, **asked}
        if name == syntax.CONF:
            return {"answers_file": ANSWERS_FILE, "vcs_ref_hash": None, "src_path": self._origin}
        return "copy" if name == syntax.OPERATION else self._values[name](answers)

    @cached_property
    def _values(self) -> dict[str, Projection[str]]:
        found: dict[str, Projection[str]] = {}
        for question in self._questionnaire:
            found[question.name] = self._projection(question, found)
        return found

    def _projection(self, question: Question, before: Mapping[str, Projection[str]]) -> Projection[str]:
        name = question.name
        if name in self.options.choices:
            return Projection([name], lambda answers: answers[name])
        if name in self._texts:
            text = self._texts[name]
            return Projection([], lambda _answers: text)
        read = syntax.names_read(self._env, question.default, f"copier.yml, {name}") & before.keys()
        behind = {option for other in read for option in before[other].names}

        def default(answers: dict[str, str]) -> str:
            return self._questionnaire.default(question, {other: before[other](answers) for other in read})

        return Projection(behind, default)

    def _is_asked(self, name: str, answers: Mapping[str, str]) -> bool:
        question = self._questionnaire[name]
        return question.when == "true" or self._questionnaire.is_asked(question, self.resolved(answers))


_COPIERS = {syntax.ANSWERS, syntax.CONF, syntax.OPERATION}
