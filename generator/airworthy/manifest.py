"""Which files each answer brings: the `_exclude` lines of copier.yml over the template's tree.

copier is not imported; `tests/unit/test_manifest.py` proves that both agree on every file.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import jinja2
import yaml
from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

from airworthy import questions
from airworthy.errors import UnreadableTemplateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airworthy.questions import Answers, Questionnaire

ANSWERS_FILE = ".copier-answers.yml"
_COMPOSE = re.compile(r"compose\.ya?ml|infra/compose/.*\.ya?ml")
_LINEBREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Manifest:
    """The template's files by the path they are written to, and the lines that leave some out."""

    folder: Path
    questionnaire: Questionnaire
    sources: Mapping[str, str]
    """Destination path → path in the template's folder, both with forward slashes."""

    def files_for(self, answers: Mapping[str, str]) -> frozenset[str]:
        """The destination paths that copier writes for complete `answers`."""
        excluded: frozenset[str] = frozenset()
        rendered = self._exclusions.render(**answers, _copier_operation="copy")
        for matched, is_exclusion in self.effects(rendered):
            excluded = excluded | matched if is_exclusion else excluded - matched
        return frozenset(self.sources) - excluded

    def effects(self, rendered: str) -> tuple[tuple[frozenset[str], bool], ...]:
        """For each rendered `_exclude` line: the files that it matches, and whether it leaves them out."""
        return tuple(self._match(line) for line in _LINEBREAK.split(rendered))

    def brought_by(self, name: str, answers: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """For each choice of question `name`: the files that are there because of it, all else as in `answers`."""
        trees = self.trees(name, answers)
        shared = frozenset.intersection(*trees.values())
        return {value: files - shared for value, files in trees.items()}

    def trees(self, name: str, answers: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """For each choice of question `name`: all files, all else as in `answers`."""
        return {
            choice.value: self.files_for({**answers, name: choice.value}) for choice in self.questionnaire[name].choices
        }

    def shaped_by(self, name: str) -> frozenset[str]:
        """The files whose text, not whose presence, depends on the answer to question `name`."""
        return frozenset(path for path, names in self._names_read.items() if name in names)

    def services(self, files: frozenset[str]) -> list[str]:
        """The containers that the compose files among `files` add, sorted."""
        return sorted(service for path in files for service in self._services.get(path, ()))

    @cached_property
    def _patterns(self) -> dict[str, tuple[frozenset[str], bool]]:
        return {}

    def _match(self, line: str) -> tuple[frozenset[str], bool]:
        if line not in self._patterns:
            pattern = GitIgnoreBasicPattern(normalize("NFD", line))
            matched = (
                frozenset(path for path in self.sources if pattern.match_file(path)) if line.strip() else frozenset()
            )
            self._patterns[line] = matched, pattern.include is not False
        return self._patterns[line]

    @cached_property
    def _exclusions(self) -> jinja2.Template:
        # One template compiles far faster than a hundred; a blank line ends each so that none swallows the next.
        lines = self.questionnaire.settings.get("_exclude", [])
        return self.questionnaire.environment.from_string("\n\n".join(lines))

    @cached_property
    def _names_read(self) -> dict[str, frozenset[str]]:
        templates = {path: source for path, source in self.sources.items() if source.endswith(".jinja")}
        return {path: self._names_in(source) for path, source in templates.items() if path != ANSWERS_FILE}

    def _names_in(self, source: str) -> frozenset[str]:
        from jinja2 import meta  # noqa: PLC0415 - only `airworthy options` needs it

        text = (self.folder / source).read_text(encoding="utf-8")
        try:
            return frozenset(meta.find_undeclared_variables(self.questionnaire.environment.parse(text)))
        except jinja2.TemplateSyntaxError as error:
            raise UnreadableTemplateError(
                f"{source}:{error.lineno}: {error.message}.", "Correct the template."
            ) from error

    @cached_property
    def _services(self) -> dict[str, list[str]]:
        return {path: self._services_in(path) for path in self.sources if _COMPOSE.fullmatch(path)}

    def _services_in(self, path: str) -> list[str]:
        text = (self.folder / self.sources[path]).read_text(encoding="utf-8")
        if self.sources[path].endswith(".jinja"):
            text = self.questionnaire.environment.from_string(text).render(self._defaults)
        document: Any = yaml.safe_load(text)
        return sorted(document.get("services") or {})

    @cached_property
    def _defaults(self) -> Mapping[str, str]:
        return self.questionnaire.resolve({})


def load(folder: Path, files: Iterable[str] | None = None) -> Manifest:
    """The manifest of the template in `folder`, which holds copier.yml; raises UnreadableTemplateError.

    `files` are the paths below `folder` that belong to the template; all of them do if it is None.
    """
    questionnaire = questions.load(folder)
    root = folder / questionnaire.settings.get("_subdirectory", "")
    if not root.is_dir():
        raise UnreadableTemplateError(f"The template cannot be read: {root} is not a folder.")
    ignored = [line for line in questionnaire.settings.get("_exclude", []) if "/" not in line and "{" not in line]
    paths = _files(root, ignored) if files is None else (folder / name for name in files)
    found = (path.relative_to(root) for path in paths if path.is_relative_to(root))
    return Manifest(root, questionnaire, {_destination(path, questionnaire): path.as_posix() for path in found})


def files_for(folder: Path, answers: Answers) -> frozenset[str]:
    """The destination paths that copier writes from the template in `folder` for complete `answers`."""
    return load(folder).files_for(answers)


def outline(files: frozenset[str], tree: frozenset[str]) -> list[str]:
    """`files` with each folder that lies in it entirely written once, as `folder/`; sorted.

    `tree` holds all files, so that a folder counts as entire only if nothing else lives in it.
    """
    others = {f"{folder}/" for path in tree - files for folder in PurePosixPath(path).parents}
    groups: dict[str, list[str]] = {}
    for path in files:
        groups.setdefault(_topmost(path, others), []).append(path)
    return sorted(paths[0] if len(paths) == 1 else folder for folder, paths in groups.items())


def _topmost(path: str, others: set[str]) -> str:
    folders = [f"{folder}/" for folder in reversed(PurePosixPath(path).parents) if folder.name]
    return next((folder for folder in folders if folder not in others), path)


def _files(root: Path, ignored: list[str]) -> Iterator[Path]:
    for place, folders, names in os.walk(root, followlinks=True):
        # Skipping these early keeps a checkout with installed packages as fast as a clean one.
        folders[:] = [name for name in folders if not _is_ignored(name, ignored)]
        yield from (Path(place, name) for name in sorted(names) if not _is_ignored(name, ignored))


def _is_ignored(name: str, ignored: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in ignored)


def _destination(path: Path, questionnaire: Questionnaire) -> str:
    text = path.as_posix().removesuffix(".jinja")
    if "{{" not in text:
        return text
    return questionnaire.environment.from_string(text).render(_copier_conf={"answers_file": ANSWERS_FILE})
