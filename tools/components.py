"""What the template's components need, and under which options: read from their pyproject files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_IF = re.compile(r"^\s*# \{% if (?P<condition>.+?) %\}$")
_BLOCK = re.compile(r"^\s*# \{%")
_STRING = re.compile(r'^(?P<indent>\s*)"(?P<text>[^"]*)"')
_MARK = "\u241f"
"""Joins a requirement with its condition while TOML is parsed; no requirement contains it."""


class ManifestError(Exception):
    """A pyproject file is not as these tools need it."""


@dataclass(frozen=True, order=True)
class Need:
    """One requirement, and the Jinja expression that it depends on; empty if it is always there."""

    requirement: str
    condition: str = ""

    @property
    def name(self) -> str:
        """The normalised name of the distribution."""
        return canonicalize_name(Requirement(self.requirement).name)


@dataclass(frozen=True)
class Component:
    """One pyproject file: a component's, or the workspace's, which is called `.`."""

    name: str
    path: Path
    needs: tuple[Need, ...]
    development: tuple[Need, ...]


def read(template: Path) -> dict[str, Component]:
    """The workspace and every component below `template`, by folder name; the workspace is `.`."""
    paths = sorted([*template.glob("pyproject.toml*"), *template.glob("*/pyproject.toml*")])
    found = [_component(template, path) for path in paths if path.suffix in {".toml", ".jinja"}]
    return {component.name: component for component in found}


def closure(component: Component, components: Mapping[str, Component]) -> tuple[Need, ...]:
    """The third-party needs of `component` and of every component that it stands on, sorted."""
    return tuple(sorted(_gather(component, components, "", set())))


def development(components: Mapping[str, Component]) -> tuple[Need, ...]:
    """What the suites and checks of all components need besides the components themselves, sorted."""
    needs = {need for component in components.values() for need in component.development}
    return tuple(sorted(need for need in needs if need.name not in components))


def _gather(
    component: Component, components: Mapping[str, Component], condition: str, seen: set[tuple[str, str]]
) -> set[Need]:
    if (component.name, condition) in seen:
        return set()
    seen.add((component.name, condition))
    found: set[Need] = set()
    for need in component.needs:
        both = _both(condition, need.condition)
        if need.name in components:
            found |= _gather(components[need.name], components, both, seen)
        else:
            found.add(Need(need.requirement, both))
    return found


def _both(outer: str, inner: str) -> str:
    if not outer or not inner or outer == inner:
        return outer or inner
    return f"({outer}) and ({inner})"


def _component(template: Path, path: Path) -> Component:
    document = _parse(path)
    name = path.parent.relative_to(template).as_posix()
    return Component(
        name=name,
        path=path,
        needs=_needs(document.get("project", {}).get("dependencies", [])),
        development=_needs(document.get("dependency-groups", {}).get("dev", [])),
    )


def _needs(texts: Iterable[str]) -> tuple[Need, ...]:
    return tuple(sorted(Need(*text.split(_MARK, 1)) for text in texts))


def _parse(path: Path) -> dict[str, Any]:
    """Parse for all options at once: a block hides in comments, so the file is TOML as it stands."""
    condition, lines = "", []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := _IF.match(line):
            if condition:
                raise ManifestError(f"{path}:{number}: a block inside a block")
            condition = match["condition"]
        elif _BLOCK.match(line):
            if not condition or "endif" not in line:
                raise ManifestError(f"{path}:{number}: only `if` and `endif` are understood here")
            condition = ""
        lines.append(_marked(line, condition) if condition else line)
    if condition:
        raise ManifestError(f"{path}: `if {condition}` has no endif")
    return tomllib.loads("\n".join(lines))


def _marked(line: str, condition: str) -> str:
    escaped = json.dumps(condition, ensure_ascii=False)[1:-1]  # TOML's basic strings escape as JSON's do
    return _STRING.sub(lambda match: f'{match["indent"]}"{match["text"]}{_MARK}{escaped}"', line)
