"""One folder that becomes one tree after another, so that tools keep their packages and caches."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from matrix.suites.conditions import parents
from matrix.suites.watch import Watch

if TYPE_CHECKING:
    from matrix.blobs import Blob, Blobs, Tree
    from matrix.suites.watch import Heard

_EPOCH, _SPAN = 1_000_000_000, 500_000_000
_CACHE, _PACKAGES = "__pycache__", "node_modules"


class Bench:
    """A generated repo whose files change to another tree's; whatever tools made stays."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self.folder = folder
        self.kept = folder.with_name(f"{folder.name}.kept")
        self._blobs = blobs
        self._present: dict[str, Blob] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._clear()
        self._watch = Watch(folder)

    def close(self) -> None:
        """Stop watching; the folder stays."""
        self._watch.close()

    def become(self, tree: Tree) -> None:
        """Hold exactly the files of ``tree``."""
        self._store_packages(tree)
        for path in self._present.keys() - tree.keys():
            self._remove(path)
        for path, blob in tree.items():
            if self._present.get(path) != blob:
                self._put(path, blob)
        self._present = dict(tree)
        self._restore_packages()

    def listen(self) -> None:
        """Begin to note what is opened."""
        folders = {"", *parents(self._present)}
        caches = {f"{folder}/{_CACHE}".lstrip("/") for folder in folders}
        self._watch.add(folders | {cache for cache in caches if (self.folder / cache).is_dir()})
        self._watch.take()

    def heard(self) -> Heard:
        """What was opened since ``listen``; files that were changed are put back."""
        heard = self._watch.take()
        for path in sorted(heard.changed & self._present.keys()):
            self._put(path, self._present[path])
        return heard

    def _put(self, path: str, blob: Blob) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(self._blobs.read(blob.digest))
        target.chmod(blob.mode)
        # Tools trust size and time: two contents of one path never have the same time, one content always does.
        moment = _EPOCH + int(blob.digest[:12], 16) % _SPAN
        os.utime(target, (moment, moment))

    def _remove(self, path: str) -> None:
        target = self.folder / path
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == self.folder or not _is_empty(parent):
                return
            shutil.rmtree(parent)

    def _clear(self) -> None:
        """Remove what an earlier run left of its tree, not what it installed."""
        for entry in self.folder.iterdir():
            if entry.name in {".venv", ".git", ".mypy_cache"}:
                continue
            for packages in entry.rglob(_PACKAGES) if entry.is_dir() else ():
                if _PACKAGES not in packages.relative_to(entry).parts[:-1]:
                    self._keep(packages)
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    def _store_packages(self, tree: Tree) -> None:
        for project in _projects(self._present):
            if f"{project}/package.json" not in tree and (self.folder / project / _PACKAGES).is_dir():
                self._keep(self.folder / project / _PACKAGES)

    def _restore_packages(self) -> None:
        for project in _projects(self._present):
            kept = self.kept / project / _PACKAGES
            if kept.is_dir() and not (self.folder / project / _PACKAGES).exists():
                kept.rename(self.folder / project / _PACKAGES)

    def _keep(self, packages: Path) -> None:
        place = self.kept / packages.relative_to(self.folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        packages.rename(place)


def _projects(paths: Iterable[str]) -> list[str]:
    return [path.removesuffix("/package-lock.json") for path in paths if path.endswith("/package-lock.json")]


def _is_empty(folder: Path) -> bool:
    return not folder.is_dir() or all(entry.name == _CACHE for entry in folder.iterdir())
