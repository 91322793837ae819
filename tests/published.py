"""A template repo as it would be published: committed, tagged, and known by the canonical URL only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from airworthy import source

if TYPE_CHECKING:
    from airworthy.source import Source

Tree = dict[str, tuple[bytes, bool]]
"""Path → content and executable bit."""


class Published:
    """A git repo with this checkout's files, uncommitted changes included, at tag v1.0.0; `paths` limits them."""

    def __init__(self, folder: Path, *paths: str) -> None:
        self.folder = folder
        checkout = source.locate()
        self.url = checkout.src
        for path in listed(checkout.folder, *paths):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout.folder / path, folder / path)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.release("v1.0.0")

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment(), check=True, capture_output=True, text=True
        ).stdout

    def release(self, tag: str) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", tag)
        self.git("tag", tag)

    @property
    def package(self) -> Path:
        """Where the import package would be in this checkout."""
        return self.folder / "generator" / "airworthy"

    def source(self) -> Source:
        return source.locate(self.package)

    def environment(self, place: Path | None = None) -> dict[str, str]:
        """Programs see no network and no settings of this machine; the canonical URL leads to `place`, or to us."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "COPIER_CACHE_DIR": str(self.folder.parent / "copier-cache"),
            "GIT_ALLOW_PROTOCOL": "file",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{place or self.folder}.insteadOf",
            "GIT_CONFIG_VALUE_0": self.url,
            **{
                f"GIT_{who}_{what}": "nobody@example.com"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }

    def copier(self, *arguments: str | Path, place: Path | None = None) -> str:
        """Run the plain command line, which must not need trust; what it said on stderr."""
        command = [sys.executable, "-m", "copier", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(place), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def copy(self, dst: Path, answers: Mapping[str, str]) -> str:
        """`copier copy` of the newest tag; what it said."""
        data = [f"--data={name}={value}" for name, value in answers.items()]
        return self.copier("copy", "--defaults", *data, self.url, dst)


def tree_of(folder: Path) -> Tree:
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o111))
        for path in files
        if ".git" not in path.relative_to(folder).parts
    }


def listed(checkout: Path, *paths: str) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    names = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted({name for name in names if (checkout / name).is_file()})
