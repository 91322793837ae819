"""The template, read once: its files, their modes, and which answers each file and each line of `_exclude` reads."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from airworthy import manifest
from matrix import syntax
from matrix.answers import Context
from matrix.assembly import Assembly
from matrix.blobs import Blob, Blobs, Tree
from matrix.combinations import Combination, Options
from matrix.exclusion import Exclusions
from matrix.faults import Fault
from matrix.projection import Projection

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from airworthy.manifest import Manifest
    from airworthy.questions import Questionnaire


@dataclass(frozen=True)
class Template:
    """What is read from disk; trees are made from it without touching the disk again."""

    chart: Manifest
    environment: SandboxedEnvironment
    blobs: Blobs
    origin: str
    """What a generated repo records as the source of its updates."""
    texts: Mapping[str, str]
    """Answers to questions that are no options; the others have their defaults."""

    @classmethod
    def open(cls, root: Path, *, origin: str = "", texts: Mapping[str, str] | None = None) -> Template:
        """The template in the checkout or plain folder `root`; raises UnreadableTemplateError."""
        chart = manifest.load(root, tracked(root))
        return cls(chart, syntax.environment(chart.questionnaire), Blobs(), origin or str(root), dict(texts or {}))

    def with_texts(self, texts: Mapping[str, str]) -> Template:
        """The same template under other answers to the questions that are no options."""
        return replace(self, texts=dict(texts))

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions of copier.yml."""
        return self.chart.questionnaire

    @cached_property
    def digest(self) -> str:
        """Changes with any file, its mode, or the questions."""
        files = {path: file.stat().st_mode & 0o100 for path, file in self._paths.items()}
        content = {path: sha256(file.read_bytes()).hexdigest() for path, file in self._paths.items()}
        listed = "\n".join(f"{path} {files[path]} {content[path]}" for path in sorted(files))
        return sha256(f"{self.questionnaire.settings}{self.options}{listed}".encode()).hexdigest()

    @property
    def _paths(self) -> dict[str, Path]:
        return {path: self.chart.folder / source for path, source in self.chart.sources.items()}

    @cached_property
    def options(self) -> Options:
        """What there are combinations of."""
        return Options.of(self.questionnaire)

    def combinations(self) -> Iterator[Combination]:
        """All of them, by index."""
        return iter(self.options)

    def answers(self, combination: Combination) -> dict[str, str]:
        """The answer to every question, as `airworthy new` or copier would be given it."""
        return self.context.resolved(combination.answers)

    def assemble(self, combination: Combination) -> Tree:
        """The tree of one combination; raises RenderFaultError if a file of it cannot be rendered."""
        return self.assembly.tree(combination.answers)

    def write(self, tree: Tree, folder: Path) -> None:
        """Write `tree` below `folder`, which need not exist; what else is there stays."""
        for parent in sorted({(folder / path).parent for path in tree}):
            parent.mkdir(parents=True, exist_ok=True)
        for path, blob in tree.items():
            (folder / path).write_bytes(self.blobs.read(blob.digest))
            (folder / path).chmod(blob.mode)

    @cached_property
    def context(self) -> Context:
        """What the files see of the answers."""
        return Context(self.questionnaire, self.options, self.environment, texts=self.texts, origin=self.origin)

    @cached_property
    def exclusions(self) -> Exclusions:
        """The lines of `_exclude`."""
        return Exclusions(self.chart, self.context)

    @cached_property
    def files(self) -> dict[str, Projection[Blob | Fault]]:
        """Rendered path → its content as a function of the options that it reads."""
        return {path: self._file(source) for path, source in sorted(self.chart.sources.items())}

    @cached_property
    def assembly(self) -> Assembly:
        """Puts trees together."""
        return Assembly(self.files, self.exclusions)

    def _file(self, source: str) -> Projection[Blob | Fault]:
        path = self.chart.folder / source
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        content = path.read_bytes()
        if not source.endswith(".jinja"):
            blob = Blob(self.blobs.add(content), mode)
            return Projection([], lambda _answers: blob)
        text = content.decode("utf-8")
        names = syntax.names_read(self.environment, text, source)
        template = self.environment.from_string(text)

        def render(answers: dict[str, str]) -> Blob | Fault:
            try:
                rendered = template.render(**self.context.values(names, answers))
            except (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                return Fault(source, f"{type(error).__name__}: {error}")
            return Blob(self.blobs.add(rendered.encode("utf-8")), mode)

        return Projection(self.context.options_behind(names), render)


def tracked(root: Path) -> list[str] | None:
    """What git would commit below `root`; None if it is no checkout."""
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "surrogateescape")
    return [path for path in listed.split("\0") if path and (root / path).is_file()]
