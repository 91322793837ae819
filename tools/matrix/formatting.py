"""Whether the product's own formatter and linter would leave its Python alone: what they change becomes a user's edit.

Both look at one file, but also at which modules lie beside it, so they run on whole trees: on as few as hold every
distinct file once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from airworthy.errors import AirworthyError
from matrix import results
from matrix.combinations import indices
from matrix.facts import Problem

if TYPE_CHECKING:
    from matrix.blobs import Blob, Tree
    from matrix.results import Results
    from matrix.template import Template

_PROJECT = "pyproject.toml"
_RUFF = [sys.executable, "-m", "ruff"]


class RuffError(AirworthyError):
    """Ruff gives no answer."""

    code = "ruff"


def problems(
    template: Template, held: Mapping[tuple[str, Blob], int], intact: int, known: Results
) -> Iterator[tuple[Problem, int]]:
    """What ruff says about every distinct Python file, with the combinations that hold it; of `intact` trees only."""
    modules = {item: combinations for item, combinations in held.items() if item[0].endswith(".py")}
    for index in cover([combinations & intact for combinations in modules.values()]):
        tree = template.assemble(template.options.combination(index))
        for path, text in _said(template, tree, known):
            yield Problem("formatting", path, text), modules[path, tree[path]]


def cover(sets: list[int]) -> list[int]:
    """A few combinations, by index, such that each of `sets` holds one of them."""
    chosen: list[int] = []
    left = [each for each in sets if each]
    while left:
        best = _common(left)
        chosen.append(best)
        left = [each for each in left if not each >> best & 1]
    return chosen


def _common(sets: list[int]) -> int:
    """A combination in as many of `sets` as going from one to the next can find."""
    together = sets[0]
    for each in sets[1:]:
        together = together & each or together
    return next(indices(together))


def _said(template: Template, tree: Tree, known: Results) -> list[tuple[str, str]]:
    """Path and complaint; nothing where the product has no settings for ruff."""
    if _PROJECT not in tree or "ruff" not in _tools(template.blobs.read(tree[_PROJECT].digest)):
        return []
    wanted = {path: blob for path, blob in tree.items() if path.endswith((".py", _PROJECT))}
    key = results.key(_version(), *(f"{path} {blob.digest}" for path, blob in sorted(wanted.items())))
    found = known.get(key)
    if found is None:
        with tempfile.TemporaryDirectory(prefix="matrix-") as name:
            template.write(wanted, Path(name))
            found = [*_complaints(Path(name), "check"), *_complaints(Path(name), "format", "--check")]
        known.put(key, found)
    return [(path, text) for path, text in found]


def _version() -> str:
    return f"{results.version([sys.modules[__name__]])} {metadata.version('ruff')}"


def _tools(content: bytes) -> Mapping[str, object]:
    try:
        tools: Mapping[str, object] = tomllib.loads(content.decode("utf-8")).get("tool", {})
    except tomllib.TOMLDecodeError:
        return {}  # reported by itself
    return tools


def _complaints(folder: Path, *words: str) -> Iterator[tuple[str, str]]:
    command = [*_RUFF, *words, "--no-cache", "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode not in {0, 1}:
        raise RuffError(f"ruff cannot read the product's settings: {done.stderr.strip()}")
    for each in json.loads(done.stdout):
        path = Path(each["filename"]).relative_to(folder.resolve()).as_posix()
        yield path, f"{each['code'] or 'syntax'}: {each['message']}"
