"""Where the template comes from: the checkout that we run in, or what our wheel carries (docs/decisions/0001)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from airworthy.errors import MissingGitError, UnreadableTemplateError

PACKAGE = Path(__file__).parent

_TEMPLATE = ("copier.yml", "template")


@dataclass(frozen=True)
class Source:
    """One version of the template, in a folder of its own."""

    src: str
    """What a generated repo records, and what copier gets when a person updates by hand: the canonical URL."""
    ref: str | None
    """The tag, or `tag-count-ghash`, or commit that a generated repo records; None if nobody can tell."""
    describe: str
    """`ref` in words for people."""
    folder: Path
    """Holds copier.yml and the template."""
    commit: str | None = None
    """The full hash behind `ref`."""
    files: tuple[str, ...] | None = None
    """The paths below `folder` that belong to the template; None if all do."""
    is_modified: bool = False
    """The checkout has changes that no commit holds; they are rendered."""


def locate(package: Path = PACKAGE) -> Source:
    """The template to render: the checkout around `package` if there is one, else what `package` carries.

    Raises:
        MissingGitError: it is a git checkout and git is not on the path.
        UnreadableTemplateError: there is no template, or git cannot read it.
    """
    root = package.parent.parent
    if (root / "copier.yml").is_file() and (root / "pyproject.toml").is_file():
        return _checkout(root) if (root / ".git").exists() else _unpacked(root, package)
    if (package / "template" / "copier.yml").is_file():
        return _carried(package / "template", _note(package))
    raise UnreadableTemplateError(
        f"The template is missing: neither {package} nor {root} holds it.", "Install airworthy again."
    )


def tree(source: Source, scratch: Path) -> Path:
    """A folder with the template's files and no others, to be read only: the checkout, or `scratch`, a free path."""
    if source.files is None or set(_lying(source.folder)) == set(source.files):
        return source.folder
    _copy(source.folder, scratch, source.files)
    return scratch


def _checkout(root: Path) -> Source:
    ref = _git(root, "describe", "--tags", "--always").strip()
    is_modified = bool(_git(root, "status", "--porcelain", "--", *_TEMPLATE))
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *_TEMPLATE)
    return Source(
        src=_canonical(root),
        ref=ref,
        describe=f"{ref} with uncommitted changes" if is_modified else ref,
        folder=root,
        commit=_git(root, "rev-parse", "HEAD").strip(),
        files=tuple(sorted({path for path in listed.split("\0") if path and (root / path).is_file()})),
        is_modified=is_modified,
    )


def _unpacked(root: Path, package: Path) -> Source:
    """An unpacked source archive, which says what it is, or a plain copy, which cannot."""
    if (package / "template.json").is_file():
        return _carried(root, _note(package))
    return Source(src=_canonical(root), ref=None, describe="a copy without version", folder=root)


def _carried(folder: Path, note: dict[str, str]) -> Source:
    ref = note["describe"]
    return Source(src=note["url"], ref=ref, describe=ref, folder=folder, commit=note["commit"])


def _note(package: Path) -> dict[str, str]:
    path = package / "template.json"
    try:
        note: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableTemplateError(f"{path} cannot be read: {error}.", "Install airworthy again.") from error
    return note


def _canonical(root: Path) -> str:
    with (root / "pyproject.toml").open("rb") as file:
        url: str = tomllib.load(file)["project"]["urls"]["Source"]
    return url


def _lying(folder: Path) -> Iterator[str]:
    """What is on disk where the template is, whether git knows it or not."""
    for name in _TEMPLATE:
        if (folder / name).is_file():
            yield name
        for place, _, names in os.walk(folder / name):
            parent = Path(place).relative_to(folder).as_posix()
            yield from (f"{parent}/{each}" for each in names)


def _copy(folder: Path, target: Path, files: tuple[str, ...]) -> None:
    for parent in {(target / path).parent for path in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy(folder / path, target / path)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a list, no shell
    except FileNotFoundError as error:
        raise MissingGitError("git is not installed, or not on the path.", "Install git and try again.") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip()
        raise UnreadableTemplateError(f"git cannot read the template in {root}: {reason}") from error
    return done.stdout.decode("utf-8", "surrogateescape")
