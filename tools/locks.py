"""Derives every lockfile from the pyproject files: `locks.py`, `locks.py --upgrade`, `locks.py --check` (offline).

One resolution serves all options, so that pins agree between components and between choices. What only some choices
reach stands between marks that copier reads and pip takes for comments.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import components
import lockfile
import resolution
from components import Need
from lockfile import Entry, LockError

ROOT = Path(__file__).resolve().parent.parent
SUMS = Path("tools/locks.json")
"""Lockfile → digests of what it was derived from and of its text, so that an offline check sees either change."""

_FOLDERS = ("", "template/", "template/*/")
_PATTERNS = tuple(f"{folder}{name}.lock*" for folder in _FOLDERS for name in ("requirements", "bootstrap"))
_BOOTSTRAP = (Need("uv"),)

Files = dict[str, str]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the tool; 0 if the lockfiles are as they must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, ask no index; fail if a lockfile is stale"
    )
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions instead of keeping pins")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return _report(check(root))
        _replace(root, derive(root, upgrade=options.upgrade))
    except (LockError, components.ManifestError, resolution.ResolutionError) as error:
        return _report([str(error)])
    return _report(check(root))


def needs(root: Path) -> dict[str, tuple[Need, ...]]:
    """Lockfile, without the suffix that marks demand → what it has to cover."""
    found = components.read(root / "template")
    listed = {
        "requirements.lock": _own(root),
        "bootstrap.lock": (Need("uv"),),
        "template/bootstrap.lock": (Need("uv"),),
    }
    for name, component in found.items():
        wanted = components.development(found) if name == "." else components.closure(component, found)
        listed[(Path("template") / name / "requirements.lock").as_posix()] = wanted
    return listed


def derive(root: Path, *, upgrade: bool = False) -> Files:
    """The text of every lockfile by its path, from one resolution for the template and one for this repo."""
    listed = needs(root)
    ours = {path: wanted for path, wanted in listed.items() if not path.startswith("template/")}
    theirs = {path: wanted for path, wanted in listed.items() if path.startswith("template/")}
    return _derive(root, theirs, upgrade=upgrade) | _derive(root, ours, upgrade=upgrade)


def check(root: Path) -> list[str]:
    """What is wrong with the lockfiles, one sentence each; needs no network."""
    listed, sums = needs(root), _sums(root)
    problems = [f"{path}: no pyproject file asks for it. Run `make locks`." for path in _strays(root, listed)]
    pinned: dict[str, dict[str, str]] = {"": {}, "template": {}}
    for path, wanted in listed.items():
        problems += _check_one(root, path, wanted, sums, pinned["template" if path.startswith("template/") else ""])
    return problems


def _derive(root: Path, listed: Mapping[str, tuple[Need, ...]], *, upgrade: bool) -> Files:
    everything = {need.requirement for wanted in listed.values() for need in wanted}
    resolved = resolution.resolve(everything, "" if upgrade else _kept(root, listed))
    groups = {
        f"{path}\0{condition}": [need.requirement for need in wanted if need.condition == condition]
        for path, wanted in listed.items()
        for condition in {need.condition for need in wanted}
    }
    reached = resolution.reach(groups, resolved)
    return dict(_written(path, wanted, reached) for path, wanted in listed.items())


def _written(path: str, wanted: Iterable[Need], reached: Mapping[str, list[lockfile.Pin]]) -> tuple[str, str]:
    conditions = {need.condition for need in wanted}
    entries = lockfile.merge({condition: reached[f"{path}\0{condition}"] for condition in conditions})
    suffix = ".jinja" if any(entry.condition for entry in entries) else ""
    return path + suffix, lockfile.write(entries) if entries else ""


def _kept(root: Path, listed: Iterable[str]) -> str:
    """The pins that are there now, each once, as uv reads preferences."""
    entries = {
        f"{entry.pin.name}=={entry.pin.version} ; {entry.pin.marker}": entry.pin
        for path in listed
        if (file := _existing(root, path))
        for entry in lockfile.parse(file.read_text(encoding="utf-8"), path)
    }
    return "".join(f"{pin}\n" for pin in sorted(set(entries.values())))


def _replace(root: Path, files: Files) -> None:
    for path in _present(root):
        if path.relative_to(root).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    listed = needs(root)
    sums = {path: _digests(wanted, files[_name(files, path)]) for path, wanted in sorted(listed.items())}
    (root / SUMS).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8", newline="\n")


def _name(files: Files, path: str) -> str:
    return path if path in files else f"{path}.jinja"


def _check_one(
    root: Path, path: str, wanted: tuple[Need, ...], sums: Mapping[str, dict[str, str]], pinned: dict[str, str]
) -> Iterator[str]:
    if not (file := _existing(root, path)):
        yield f"{path}: missing. Run `make locks`."
        return
    text = file.read_text(encoding="utf-8")
    entries = lockfile.parse(text, path)
    yield from (f"{path}: {problem}. Run `make locks`." for problem in _uncovered(wanted, entries))
    for entry in entries:
        key = f"{entry.pin.name} {entry.pin.marker}"
        if pinned.setdefault(key, entry.pin.version) != entry.pin.version:
            yield f"{path}: {key.strip()} is pinned to another version elsewhere. Run `make locks`."
    recorded, actual = sums.get(path, {}), _digests(wanted, text)
    for what in ("needs", "text"):
        if recorded.get(what) != actual[what]:
            yield f"{path}: its {what} changed since it was derived. Run `make locks`."


def _uncovered(wanted: Iterable[Need], entries: list[Entry]) -> Iterator[str]:
    for need in wanted:
        requirement = Requirement(need.requirement)
        found = [entry for entry in entries if canonicalize_name(entry.pin.name) == need.name]
        if not any(_reaches(entry.condition, need.condition) for entry in found):
            yield f"`{need.requirement}` is not pinned for {need.condition or 'every choice'}"
        elif not all(requirement.specifier.contains(entry.pin.version, prereleases=True) for entry in found):
            yield f"`{need.requirement}` is pinned to a version that it excludes"


def _reaches(condition: str, wanted: str) -> bool:
    return not condition or (bool(wanted) and wanted in condition.split(" or "))


def _digests(wanted: Iterable[Need], text: str) -> dict[str, str]:
    listed = "\n".join(f"{need.requirement}\t{need.condition}" for need in sorted(wanted))
    return {"needs": sha256(listed.encode()).hexdigest(), "text": sha256(text.encode()).hexdigest()}


def _sums(root: Path) -> dict[str, dict[str, str]]:
    path = root / SUMS
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _own(root: Path) -> tuple[Need, ...]:
    with (root / "pyproject.toml").open("rb") as file:
        document = tomllib.load(file)
    return tuple(
        sorted(Need(text) for text in document["project"]["dependencies"] + document["dependency-groups"]["dev"])
    )


def _existing(root: Path, path: str) -> Path | None:
    return next((file for file in (root / path, root / f"{path}.jinja") if file.is_file()), None)


def _present(root: Path) -> list[Path]:
    return sorted(path for pattern in _PATTERNS for path in root.glob(pattern))


def _strays(root: Path, listed: Mapping[str, object]) -> list[str]:
    names = [path.relative_to(root).as_posix() for path in _present(root)]
    doubled = [f"{path}.jinja" for path in listed if (root / path).is_file() and (root / f"{path}.jinja").is_file()]
    return [name for name in names if name.removesuffix(".jinja") not in listed] + doubled


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
