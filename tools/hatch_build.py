"""Puts the template into wheels and source archives, as docs/decisions/0001 says."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "generator/airworthy"
TEMPLATE = ("copier.yml", "template")


class TemplateHook(BuildHookInterface[Any]):
    """Adds the template's files to wheels; to both kinds its history as a git bundle, and a note of what HEAD is."""

    scratch: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Pack what a checkout has at HEAD; elsewhere take what a source archive came with."""
        if version == "editable":
            return
        tree, package = self.pack(Path(self.root))
        inside = PACKAGE if self.target_name == "sdist" else "airworthy"
        carried = {package / name: f"{inside}/{name}" for name in ("template.bundle", "template.json")}
        if self.target_name == "wheel":
            carried |= {tree / name: f"{inside}/template/{name}" for name in TEMPLATE}
        build_data["force_include"].update({str(path): name for path, name in carried.items()})

    def pack(self, root: Path) -> tuple[Path, Path]:
        """The folder that holds the template's files, and the one that holds the bundle and the note."""
        if (root / ".git").exists():
            self.scratch = Path(tempfile.mkdtemp(prefix="airworthy-build-"))
            pack_head(root, self.scratch, self.metadata.core.urls["Source"])
            return self.scratch, self.scratch
        if not (root / PACKAGE / "template.bundle").exists():
            raise RuntimeError("The template's history is missing: build from a git checkout or a source archive.")
        return root, root / PACKAGE

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Leave nothing in the temporary folder."""
        if self.scratch:
            shutil.rmtree(self.scratch)


def pack_head(root: Path, folder: Path, url: str) -> None:
    """Write the template's files at HEAD of `root`, the bundle with all tags, and the note into `folder`."""
    if git(root, "rev-parse", "--is-shallow-repository") == b"true":
        raise RuntimeError("This checkout has no full history; run `git fetch --unshallow --tags` before building.")
    git(root, "bundle", "create", "--quiet", str(folder / "template.bundle"), "HEAD", "--tags")
    with tarfile.open(fileobj=io.BytesIO(git(root, "archive", "HEAD", "--", *TEMPLATE))) as archive:
        archive.extractall(folder, filter="data")
    note = {"url": url, "describe": git(root, "describe", "--tags", "--always").decode()}
    note["commit"] = git(root, "rev-parse", "HEAD").decode()
    (folder / "template.json").write_text(json.dumps(note, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def git(root: Path, *arguments: str) -> bytes:
    """Run git in `root`; what it printed, without white space around it."""
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
    return done.stdout if arguments[0] == "archive" else done.stdout.strip()
