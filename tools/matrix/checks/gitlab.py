"""GitLab: jobs that need or extend each other, stages, included files, what the jobs run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matrix.checks import commands, formats
from matrix.facts import Definition, Fact, Reference, line_of

_KEYWORDS = {"include", "workflow", "stages", "default", "variables", "image", "services", "cache", "spec", "pages"}
_STAGES = (".pre", "build", "test", "deploy", ".post")
_MAIN = ".gitlab-ci.yml"


def reads(path: str) -> bool:
    """The pipeline and its parts."""
    return path == _MAIN or (path.startswith(".gitlab/") and path.endswith((".yml", ".yaml")))


def facts(path: str, text: str) -> Iterator[Fact]:
    """Jobs share one namespace over all files; stages are named in one place."""
    for document in formats.documents(text):
        if path == _MAIN:
            stages = document.get("stages") or _STAGES
            yield from (Definition(f"gitlab-stage:{stage}") for stage in (*stages, ".pre", ".post"))
        for entry in _entries(document.get("include")):
            if pattern := entry.get("local", "").lstrip("/"):
                place = pattern.split("*")[0].rstrip("/")
                yield Reference(line_of(text, pattern), f"includes {pattern}", (f"path:{place}",))
        for name, job in document.items():
            if name not in _KEYWORDS and isinstance(job, dict):
                yield from _job(text, name, job)


def _entries(value: Any) -> list[dict[str, str]]:
    entries = value if isinstance(value, list) else [value] if value else []
    return [entry if isinstance(entry, dict) else {"local": entry} for entry in entries]


def _job(text: str, name: str, job: Mapping[str, Any]) -> Iterator[Fact]:
    yield Definition(f"gitlab-job:{name}")
    for key in ("needs", "dependencies", "extends"):
        value = job.get(key) or []
        for other in [value] if isinstance(value, str) else value:
            target = other["job"] if isinstance(other, dict) else other
            yield Reference(line_of(text, f"{key}:"), f"{name} {key} {target}", (f"gitlab-job:{target}",))
    if stage := job.get("stage"):
        yield Reference(line_of(text, f"stage: {stage}"), f"{name} runs in stage {stage}", (f"gitlab-stage:{stage}",))
    for key in ("before_script", "script", "after_script"):
        for command in formats.strings(job.get(key)):
            yield from commands.references(command, line_of(text, command.splitlines()[0]))
    for rule in job.get("rules") or []:
        for pattern in rule.get("changes") or [] if isinstance(rule, dict) else ():
            place = str(pattern).split("*")[0].rstrip("/")
            yield Reference(line_of(text, str(pattern)), f"{name} watches {pattern}", (f"path:{place}",))
