"""The Python workspace: members, and the folders that tools are pointed at."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from matrix.facts import Definition, Fact, Reference, line_of


def reads(path: str) -> bool:
    """Each pyproject.toml."""
    return path.rsplit("/", 1)[-1] == "pyproject.toml"


def facts(path: str, text: str) -> Iterator[Fact]:
    """A component defines its name; the workspace refers to members and folders, members to each other."""
    document = tomllib.loads(text)
    tools = document.get("tool", {})
    folder = path.rpartition("/")[0]
    if name := document.get("project", {}).get("name"):
        yield Definition(f"distribution:{name}")
    for name, source in tools.get("uv", {}).get("sources", {}).items():
        if source.get("workspace"):
            yield Reference(line_of(text, f"{name} ="), f"stands on {name}", (f"distribution:{name}",))
    listed = [
        *tools.get("uv", {}).get("workspace", {}).get("members", []),
        *tools.get("mypy", {}).get("mypy_path", []),
        *tools.get("pytest", {}).get("ini_options", {}).get("testpaths", []),
        *tools.get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {}).get("packages", []),
    ]
    for each in listed:
        place = f"{folder}/{each}" if folder else each
        if "*" not in place:
            yield Reference(line_of(text, f'"{each}"'), f"names {each}", (f"path:{place}",))
