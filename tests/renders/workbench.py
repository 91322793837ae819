"""One folder that becomes one render after another, so that tools keep their caches and packages."""

import shutil
import subprocess
from pathlib import Path

from tests.renders.neighbourhood import Files


class Workbench:
    """A generated repo whose files change to another render's; whatever tools made stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._present: frozenset[str] = frozenset()

    def become(self, files: Files, source: Path) -> None:
        """Make the folder hold exactly ``files``, with the modes that they have below ``source``."""
        if not self._present:
            self.folder.mkdir(parents=True)
            subprocess.run(["git", "init", "--quiet"], cwd=self.folder, check=True)
        for path in self._present - files.keys():
            self._remove(self.folder / path)
        for path, content in files.items():
            self._put(path, content, source / path)
        if "ui/package.json" not in files:
            shutil.rmtree(self.folder / "ui", ignore_errors=True)
        self._present = frozenset(files)

    def _put(self, path: str, content: bytes, original: Path) -> None:
        target = self.folder / path
        if path in self._present and target.read_bytes() == content:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(original.stat().st_mode)

    def _remove(self, path: Path) -> None:
        path.unlink()
        for parent in path.relative_to(self.folder).parents:
            if any((self.folder / parent).iterdir()):
                return
            (self.folder / parent).rmdir()
