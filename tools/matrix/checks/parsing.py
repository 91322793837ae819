"""Whether a file can be read as what its name says: Python, TOML, YAML, JSON, shell; `typescript` does the rest."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Callable

import yaml

from matrix.checks import formats

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_WITH_COMMENTS = ("tsconfig.json", "devcontainer.json")
_LEFT_OVER = re.compile(r"# \{%|\{%-? |^\{\{ ", re.MULTILINE)


def complaint(path: str, content: bytes) -> str:
    """Why `content` is not what `path` says; empty if it is, or if nothing can be told from its name."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "" if b"\0" in content[:8000] else "is neither text in UTF-8 nor binary"
    parse = _parser(path)
    try:
        if parse:
            parse(path, text)
    except (SyntaxError, ValueError, yaml.YAMLError, RecursionError) as error:
        return f"cannot be parsed: {' '.join(str(error).split())}"
    return "holds a tag of the template's own" if _LEFT_OVER.search(text) and not path.endswith(".md") else ""


def _parser(path: str) -> Callable[[str, str], object] | None:
    return next((parse for suffixes, parse in _PARSERS.items() if path.endswith(suffixes)), None)


def _python(path: str, text: str) -> object:
    tree = ast.parse(text, path)
    return compile(tree, path, "exec", dont_inherit=True)


def _json(path: str, text: str) -> object:
    commented = path.endswith(_WITH_COMMENTS)
    return json.loads(_COMMENT.sub(lambda match: match[1] or "", text) if commented else text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """RFC 8259 §4: names should be unique."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if [other for other, _ in pairs].count(name) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return found


def _lines_of_json(path: str, text: str) -> object:
    return [_json(path, line) for line in text.splitlines()]


def _shell(path: str, text: str) -> object:
    shell = "bash" if "bash" in text.split("\n", 1)[0] else "sh"
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{path}: {done.stderr.strip()}")
    return done


_PARSERS: dict[tuple[str, ...], Callable[[str, str], object]] = {
    (".py",): _python,
    (".toml",): lambda _path, text: tomllib.loads(text),
    (".yaml", ".yml"): lambda _path, text: formats.load(text),
    (".json",): _json,
    (".jsonl",): _lines_of_json,
    (".sh",): _shell,
}
