"""Whether TypeScript and JavaScript parse: one run of the compiler that the UI locks, over all files."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SUFFIXES = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs")
_PACKAGE = "node_modules/typescript"
_PROGRAM = """
const ts = require(process.argv[1]);
const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = files.map(([path, text]) => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const first = file.parseDiagnostics[0];
  if (!first) return ["", 0];
  const { line } = ts.getLineAndCharacterOfPosition(file, first.start);
  return [`cannot be parsed: ${ts.flattenDiagnosticMessageText(first.messageText, " ")}`, line + 1];
});
process.stdout.write(JSON.stringify(found));
"""


class MissingCompilerError(Exception):
    """TypeScript cannot be had here; the message says why."""


def install(lock: str, folder: Path) -> Path:
    """The compiler that package-lock.json, given as text, pins; fetched into `folder` unless it is there.

    Raises:
        MissingCompilerError: the lock pins none, or npm cannot fetch it.
    """
    entry: Mapping[str, Any] = json.loads(lock).get("packages", {}).get(_PACKAGE, {})
    if not entry:
        raise MissingCompilerError("no package-lock.json of the template pins typescript")
    place = folder / f"typescript-{entry['version']}"
    if not (place / "complete").exists():
        _fetch(place, entry)
    return place / _PACKAGE


def complaints(files: list[tuple[str, str]], compiler: Path) -> list[tuple[str, int]]:
    """For each path and text: why it cannot be parsed, and the line; empty if it can."""
    command = ["node", "--eval", _PROGRAM, str(compiler.absolute())]
    done = subprocess.run(command, input=json.dumps(files), capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingCompilerError(f"node failed: {done.stderr.strip()[-300:]}")
    return [(reason, line) for reason, line in json.loads(done.stdout)]


def _fetch(place: Path, entry: Mapping[str, Any]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    wanted = {"dependencies": {"typescript": entry["version"]}}
    pinned = {"": wanted, _PACKAGE: {key: entry[key] for key in ("version", "integrity") if key in entry}}
    (place / "package.json").write_text(json.dumps({"private": True, **wanted}), encoding="utf-8")
    (place / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": pinned}), encoding="utf-8")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MissingCompilerError("npm is not installed") from error
    if done.returncode:
        raise MissingCompilerError(f"npm cannot fetch typescript {entry['version']}: {done.stderr.strip()[-300:]}")
    (place / "complete").touch()
