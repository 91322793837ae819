"""One run: render, assemble, check, compare with copier; each is a phase with its time and its progress."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING

from airworthy.errors import UnknownAnswerError
from airworthy.progress import Progress
from matrix import equality, formatting, report, scripting, survey
from matrix.checks import together
from matrix.combinations import indices
from matrix.determinism import Second
from matrix.facts import Problem
from matrix.faults import RenderFaultError
from matrix.inspection import Inspection
from matrix.report import Report
from matrix.results import Results
from matrix.samples import Sample, samples
from matrix.template import Template

if TYPE_CHECKING:
    from matrix.blobs import Blob
    from matrix.equality import Difference
    from matrix.settings import Settings

_STEP = 256


class Run:
    """What the phases share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.template = Template.open(settings.root)
        self.options = self.template.options
        for name, value in settings.where.items():
            question = self.template.questionnaire[name]
            if name not in self.options.choices:
                raise UnknownAnswerError(name, f"{name!r} is no option: combinations do not differ in it.")
            self.template.questionnaire.validate(question, value, {})
        self.within = self.options.shard(*settings.shard) & self.options.where(settings.where)
        self.report = Report(self.options, self.template.digest, self.within)
        self.results = Results(settings.cache)
        self.findings = survey.Findings()

    def static(self) -> None:
        """Everything that needs no running repo."""
        with self._second() as second:
            self._render()
            self._assemble()
            self._check()
            if second:
                with self.phase("another process"):
                    for problem, combinations in second.differences(self.template):
                        self.findings.add(problem, combinations)
        for problem, combinations in self.findings.combinations.items():
            self.report.add(problem, combinations & self.within, self.findings.lines[problem])
        self.results.save()

    def compare(self) -> None:
        """Ask copier what it writes for a sample of answers."""
        chosen = self._samples()
        self.report.notes["seed"] = str(self.settings.seed)
        with self.phase("copier") as progress:
            for difference in equality.compare(
                self.settings.root,
                chosen.values(),
                processes=self.settings.processes,
                done=lambda done: progress(done, len(chosen)),
            ):
                self._differs(difference, next(n for n, sample in chosen.items() if sample is difference.sample))
        self.report.counts["compared with copier"] = len(chosen)

    def _samples(self) -> dict[int, Sample]:
        """The samples that this run tries, by their number among all of the seed."""
        only, (number, shards) = self.settings.sample, self.settings.shard
        count = self.settings.samples if only is None else max(self.settings.samples, only + 1)
        every = samples(self.template.questionnaire, self.options, seed=self.settings.seed, count=count)
        numbers = range(number - 1, len(every), shards) if only is None else [only]
        where = self.settings.where.items()
        return {each: every[each] for each in numbers if where <= every[each].answers.items()}

    def _differs(self, difference: Difference, number: int) -> None:
        command = report.reproduce({}, "--seed", str(self.settings.seed), "--sample", str(number))
        combination = self.options.find(difference.sample.answers)
        for path, text in difference.paths.items():
            self.report.add(Problem("copier", path, text), 1 << combination.index, command=command)

    @contextmanager
    def _second(self) -> Iterator[Second | None]:
        second = Second(self.settings.root, self.template.origin) if self.settings.twice else None
        try:
            yield second
        finally:
            if second:
                second.close()

    def _render(self) -> None:
        with self.phase("render"):
            faulty = survey.Findings()
            self._all = survey.occurrences(self.template, self.options.all, faulty)
            for answers, fault in self.template.exclusions.faults:
                faulty.add(Problem("exclusion", fault.source, fault.reason), self.options.where(answers))
            for problem, combinations in faulty.combinations.items():
                self.findings.add(problem, combinations)
        files = len({blob.digest for _, blob in self._all})
        components = survey.components(self._all, self.options.all)
        self.report.facts |= {
            "files in the template": len(self.template.files),
            "distinct files": files,
            "components": len(components),
            "distinct components": sum(components.values()),
        }

    def _assemble(self) -> None:
        with self.phase("assemble") as progress:
            total, done, files = self.within.bit_count(), 0, 0
            for done, index in enumerate(indices(self.within), start=1):
                try:
                    files += len(self.template.assemble(self.options.combination(index)))
                except RenderFaultError:
                    continue  # reported where it was rendered
                if not done % _STEP:
                    progress(done, total)
        self.report.counts |= {"trees assembled": done, "files in them": files}

    def _check(self) -> None:
        with self.phase("check") as progress:
            reused, blobs = self.results.reused, self.template.blobs
            survey.inspect(self.held, Inspection(blobs, self.results), self.findings, progress)
            for problem, combinations in self._beyond_one_file():
                self.findings.add(problem, combinations)
            with _folder(self.settings.cache) as tools:
                skipped = scripting.parse(self.held, blobs, self.results, tools, self.findings)
        if skipped:
            self.report.skipped["parsing"] = skipped
        self.report.counts |= {
            "checks run": self.results.worked,
            "checks known from before": self.results.reused - reused,
        }

    def _beyond_one_file(self) -> Iterator[tuple[Problem, int]]:
        yield from together.problems(self.held, self.within, self.template.blobs, self.results)
        faulty = (found for problem, found in self.findings.combinations.items() if problem.check == "rendering")
        intact = self.within & ~reduce(or_, faulty, 0)
        yield from formatting.problems(self.template, self.held, intact, self.results)
        for number, name, text in self.template.exclusions.undefaulted():
            words = f"_exclude {number} needs `{name} | default(...)`: {text.strip()}"
            yield Problem("exclusion", "copier.yml", words), self.within

    @cached_property
    def held(self) -> dict[tuple[str, Blob], int]:
        """Every distinct file of the combinations that this run looks at."""
        found = ((item, combinations & self.within) for item, combinations in self._all.items())
        return {item: combinations for item, combinations in found if combinations}

    @contextmanager
    def phase(self, name: str) -> Iterator[Progress]:
        """Time `name`, and show how far it is."""
        began = time.monotonic()
        with Progress(name, sys.stderr) as progress:
            yield progress
        self.report.phases[name] = time.monotonic() - began


@contextmanager
def _folder(cache: Path | None) -> Iterator[Path]:
    """The cache's folder, or one that is gone afterwards."""
    if cache:
        yield cache
        return
    with tempfile.TemporaryDirectory(prefix="matrix-") as name:
        yield Path(name)
