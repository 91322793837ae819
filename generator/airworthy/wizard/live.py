"""What an answer brings, said while it is still being chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy import manifest as manifests
from airworthy.questions import PRESET, Question
from airworthy.terminal import count

if TYPE_CHECKING:
    from airworthy.manifest import Manifest
    from airworthy.wizard.interview import Interview


class Live:
    """The live lines of one interview."""

    def __init__(self, manifest: Manifest, interview: Interview) -> None:
        self._manifest = manifest
        self._interview = interview

    def choice(self, question: Question, value: str) -> list[str]:
        """Two lines about one choice: what it brings, and the size of the whole then."""
        imagined = self._interview.imagine(question, value)
        files = self._manifest.files_for(imagined)
        brought = self._preset(imagined) if question.name == PRESET else self._brought(question, value, files)
        return [brought, self._total(files)]

    def text(self, question: Question, value: str) -> str:
        """What else changes when `value` is typed."""
        imagined, now = self._interview.imagine(question, value), self._interview.answers
        others = [other for other in self._manifest.questionnaire.asked(imagined) if other.name != question.name]
        changed = [other for other in others if imagined[other.name] != now[other.name]]
        return ", ".join(f"{other.title} becomes {imagined[other.name]}" for other in changed)

    def total(self) -> str:
        """The size of the whole as things stand: `312 files`."""
        return count(len(self._manifest.files_for(self._interview.answers)), "file")

    def _total(self, files: frozenset[str]) -> str:
        now = self._manifest.files_for(self._interview.answers)
        difference = f" ({len(files) - len(now):+d})" if len(files) != len(now) else ""
        services = self._manifest.services(files)
        beside = f" · services: {', '.join(services)}" if services else ""
        return f"{count(len(files), 'file')} in all{difference}{beside}"

    def _brought(self, question: Question, value: str, files: frozenset[str]) -> str:
        brought = self._manifest.brought_by(question.name, self._interview.imagine(question, value))[value]
        shaped = count(len(self._manifest.shaped_by(question.name) & files), "shared file")
        if not brought:
            return f"Brings no files of its own; decides {shaped}"
        places = ", ".join(manifests.outline(brought, files))
        return f"Brings {count(len(brought), 'file')}: {places}"

    def _preset(self, imagined: dict[str, str]) -> str:
        questionnaire = self._manifest.questionnaire
        trees = [questionnaire.resolve({PRESET: preset}) for preset in questionnaire.presets]
        names = [question.name for question in questionnaire.asked(imagined) if question.name != PRESET]
        varying = [name for name in names if len({tree[name] for tree in trees}) > 1]
        return "Starts from " + ", ".join(f"{name} {imagined[name]}" for name in varying)
