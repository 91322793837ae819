"""Renders every distinct file once more in another process: other hash seed, order, time zone and locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matrix.facts import Problem
from matrix.template import Template

if TYPE_CHECKING:
    from matrix.blobs import Blob
    from matrix.faults import Fault
    from matrix.projection import Projection

ELSEWHERE = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "1"}


class Second:
    """The other process; it begins at once and is read when `differences` is called."""

    def __init__(self, root: Path, origin: str) -> None:
        command = [sys.executable, "-m", "matrix.determinism", str(root), origin]
        path = os.pathsep.join(entry for entry in sys.path if entry)
        environment = {**os.environ, **ELSEWHERE, "PYTHONPATH": path}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, process_group=0)

    def differences(self, template: Template) -> Iterator[tuple[Problem, int]]:
        """Each file that came out differently, with the combinations for which it did."""
        written, _ = self._process.communicate()
        if self._process.returncode:
            yield Problem("determinism", "copier.yml", "fails in another process"), template.options.all
            return
        theirs: Mapping[str, list[str]] = json.loads(written)
        for path, file in template.files.items():
            if not file.names and not _is_rendered(template, path):
                continue
            differing = 0
            for (answers, ours), other in zip(file.everywhere(template.options), theirs[path], strict=True):
                if str(ours[0]) != other:
                    differing |= template.options.where(answers)
            if differing:
                yield Problem("determinism", path, "comes out differently in another process"), differing

    def close(self) -> None:
        """End the process if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def digests(template: Template) -> dict[str, list[str]]:
    """For each file that is rendered: its digest for each distinct input, worked out from the last to the first."""
    rendered = {path: file for path, file in template.files.items() if _is_rendered(template, path)}
    return {path: _backwards(file, template) for path, file in reversed(rendered.items())}


def _backwards(file: Projection[Blob | Fault], template: Template) -> list[str]:
    return [str(file(answers)[0]) for answers in reversed(list(file.inputs(template.options)))][::-1]


def _is_rendered(template: Template, path: str) -> bool:
    return template.chart.sources[path].endswith(".jinja")


if __name__ == "__main__":
    json.dump(digests(Template.open(Path(sys.argv[1]), origin=sys.argv[2])), sys.stdout)
