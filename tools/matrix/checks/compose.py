"""Docker Compose: files that include each other, services, networks, volumes, build targets, addresses, variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from matrix.checks import formats
from matrix.facts import Definition, Fact, Reference, line_of

MAIN = "compose.yaml"
_FOLDER = "infra/compose/"
_NEEDED = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?:\}|:\?|\?)")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_ADDRESS = re.compile(r"^[a-z][a-z0-9-]*:\d+$")
_OWN = {"localhost", "127.0.0.1", "0.0.0.0"}  # noqa: S104 - compared with, not bound


def reads(path: str) -> bool:
    """compose.yaml, what it includes, and overrides elsewhere."""
    return path == MAIN or posixpath.basename(path) == MAIN or (path.startswith(_FOLDER) and path.endswith(".yaml"))


def facts(path: str, text: str) -> Iterator[Fact]:
    """Names that compose resolves, each with the file or section that must hold it."""
    for document in formats.documents(text):
        yield from _included(path, text, document)
        for kind in ("services", "networks", "volumes", "configs", "secrets"):
            yield from (Definition(f"compose:{kind}:{name}") for name in document.get(kind) or {})
        for name, service in (document.get("services") or {}).items():
            yield from _service(path, text, name, service or {})
    for name in sorted(set(_NEEDED.findall(text))):
        if not name.startswith("COMPOSE_"):
            yield Reference(line_of(text, f"${{{name}"), f"needs ${name}", (f"documented:{name}",))


def _included(path: str, text: str, document: Mapping[str, Any]) -> Iterator[Fact]:
    for other in document.get("include") or []:
        yield Definition(f"included:{other}")
        yield Reference(line_of(text, other), f"includes {other}", (f"path:{other}",))
    if path.startswith(_FOLDER):
        yield Reference(1, f"is a part that {MAIN} must include", (f"included:{path}",))


def _service(path: str, text: str, name: str, service: Mapping[str, Any]) -> Iterator[Fact]:
    for kind, key in (("services", "depends_on"), ("networks", "networks"), ("configs", "configs")):
        for other in _listed(service.get(key)):
            yield Reference(line_of(text, other), f"{name}: {key} names {other}", (f"compose:{kind}:{other}",))
    for volume in service.get("volumes") or []:
        yield from _volume(path, text, name, volume)
    if build := service.get("build"):
        yield from _build(path, text, name, build)
    environment = service.get("environment") or {}
    for variable, value in environment.items() if isinstance(environment, dict) else ():
        if build:
            what = f"{name}: sets {variable}, which nothing reads"
            yield Reference(line_of(text, variable), what, (f"read:{variable}",))
        if host := _host(str(value)):
            yield Reference(line_of(text, str(value)), f"{name}: talks to {host}", (f"compose:services:{host}",))


def _listed(value: Any) -> Iterable[str]:
    """`[a, b]`, `{a: {…}}` or `[{source: a}]`."""
    return [each["source"] if isinstance(each, dict) else each for each in value or []]


def _volume(path: str, text: str, service: str, volume: Any) -> Iterator[Reference]:
    source = str(volume.get("source", "") if isinstance(volume, dict) else volume.split(":")[0])
    line, what = line_of(text, source), f"{service}: mounts {source}"
    if source.startswith("."):
        yield Reference(line, what, tuple(f"path:{place}" for place in _places(path, source)))
    elif source[:1] not in "/$":
        yield Reference(line, what, (f"compose:volumes:{source}",))


def _places(path: str, name: str) -> list[str]:
    """Beside the file, or below the root, which is where an override is used from."""
    return [posixpath.normpath(posixpath.join(folder, name)) for folder in (posixpath.dirname(path), "")]


def _build(path: str, text: str, service: str, build: Any) -> Iterator[Reference]:
    settings = build if isinstance(build, dict) else {"context": build}
    context = posixpath.normpath(posixpath.join(posixpath.dirname(path), settings.get("context", ".")))
    dockerfile = posixpath.normpath(posixpath.join(context, settings.get("dockerfile", "Dockerfile")))
    line = line_of(text, posixpath.basename(dockerfile))
    yield Reference(line, f"{service}: is built from {dockerfile}", (f"path:{dockerfile}",))
    if target := settings.get("target"):
        yield Reference(line, f"{service}: builds stage {target}", (f"stage:{dockerfile}:{target}",))


def _host(value: str) -> str:
    """The host in a URL or in `host:port`, if it can only be a service."""
    if _ADDRESS.match(value):
        return value.partition(":")[0]
    host = (urlsplit(_VARIABLE.sub("", value)).hostname or "") if "://" in value else ""
    return "" if "." in host or ":" in host or host in _OWN else host
