"""GitHub: jobs that need each other, their outputs, what they run, the paths that they watch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from matrix.checks import commands, formats
from matrix.facts import Definition, Fact, Reference, line_of

_OUTPUT = re.compile(r"needs\.([\w-]+)\.outputs\.([\w-]+)")
_STEP = re.compile(r"steps\.([\w-]+)\.outputs\.")


def reads(path: str) -> bool:
    """Workflows, composite actions and dependabot.yml."""
    return path.startswith(".github/") and path.endswith((".yml", ".yaml"))


def facts(path: str, text: str) -> Iterator[Fact]:
    """A job refers to the jobs that it needs and their outputs; a step to what it runs."""
    for document in formats.documents(text):
        for name, job in (document.get("jobs") or {}).items():
            yield from _job(path, text, name, job)
        for update in document.get("updates") or []:
            yield from _watched(text, [update.get("directory", "/").lstrip("/")])
        # YAML 1.1 reads `on` as true.
        triggers: Any = next((value for key, value in document.items() if key in {"on", True}), {})
        for trigger in triggers.values() if isinstance(triggers, dict) else ():
            if isinstance(trigger, dict):
                yield from _watched(text, trigger.get("paths") or [])


def _job(path: str, text: str, name: str, job: Mapping[str, Any]) -> Iterator[Fact]:
    yield Definition(f"job:{path}:{name}")
    yield from (Definition(f"output:{path}:{name}:{output}") for output in job.get("outputs") or {})
    needed = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs") or []
    for other in needed:
        yield Reference(line_of(text, "needs:"), f"{name} needs job {other}", (f"job:{path}:{other}",))
    ids = {step.get("id") for step in job.get("steps") or []}
    for value in formats.strings(job):
        for other, output in _OUTPUT.findall(value):
            target = f"output:{path}:{other}:{output}" if other in needed else f"needed:{path}:{name}:{other}"
            yield Reference(line_of(text, value), f"{name} reads output {output} of {other}", (target,))
        for step in _STEP.findall(value):
            if step not in ids:
                yield Reference(line_of(text, value), f"{name} reads outputs of step {step}", (f"step:{path}:{step}",))
    for step in job.get("steps") or []:
        yield from _step(text, step)


def _step(text: str, step: Mapping[str, Any]) -> Iterator[Reference]:
    if run := step.get("run"):
        yield from commands.references(str(run), line_of(text, str(run).splitlines()[0]))
    uses = str(step.get("uses", ""))
    if uses.startswith("./"):
        yield Reference(line_of(text, uses), f"uses {uses}", (f"path:{uses[2:].rstrip('/')}",))


def _watched(text: str, patterns: list[str]) -> Iterator[Reference]:
    for pattern in patterns:
        path = pattern.lstrip("!").split("*")[0].rstrip("/")
        if path:
            yield Reference(line_of(text, pattern), f"watches {pattern}", (f"path:{path}",))
