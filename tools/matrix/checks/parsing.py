"""Whether a file can be read as what its name says: Python, TOML, YAML, JSON, shell; `typescript` does the rest."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from typing import TypeAlias

import yaml

from matrix.checks import formats

Complaint: TypeAlias = tuple[str, int]
"""What is wrong, and in which line."""

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_POSITION = re.compile(r"\s*\(at [^)]*\)|\bline \d+:?\s*|: stdin")
_AT_LINE = re.compile(r"\bline (\d+)")
_WITH_COMMENTS = ("tsconfig.json", "devcontainer.json")


def complaint(path: str, content: bytes) -> Complaint:
    """Why `content` is not what `path` says, and where; empty if it is, or if nothing can be told from its name."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ("", 0) if b"\0" in content[:8000] else ("is neither text in UTF-8 nor binary", 1)
    parse = _parser(path)
    try:
        if parse:
            parse(path, text)
    except (SyntaxError, ValueError, yaml.YAMLError, RecursionError) as error:
        return f"cannot be parsed: {_reason(error)}", _line(error)
    return "", 0


def _reason(error: Exception) -> str:
    """In the same words wherever in the file it is, so that variants of a file agree on it."""
    if isinstance(error, yaml.MarkedYAMLError):
        return f"{error.context or ''} {error.problem or ''}".strip()
    message = getattr(error, "msg", None) or str(error)
    return " ".join(_POSITION.sub("", message).split())


def _line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    if mark:
        return int(mark.line) + 1
    at = _AT_LINE.search(str(error))
    return int(getattr(error, "lineno", None) or (at[1] if at else 1))


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
