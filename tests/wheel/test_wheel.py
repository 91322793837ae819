"""The wheel works without a network, and what it made can be updated later from wherever the template then is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import uv
from tests.published import Published

ROOT = Path(__file__).resolve().parents[2]
EDITED = "gateway/pyproject.toml"
"""A managed file that a user changes here."""
SEEDED = "prompts/support/answer.yaml"
"""A file that is the user's own."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """This whole checkout as it would be published."""
    return Published(tmp_path_factory.mktemp("published") / "airworthy")


@pytest.fixture(scope="module")
def installed(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a clean environment that the wheel, by way of a source archive, is installed in."""
    folder = tmp_path_factory.mktemp("installed")
    build: list[str | Path] = [uv.find_uv_bin(), "build", "--quiet", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "--sdist", "--out-dir", folder, published.folder], env=published.environment(), check=True)
    (archive,) = folder.glob("*.tar.gz")
    subprocess.run([*build, "--wheel", "--out-dir", folder, archive], env=published.environment(), check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, folder / "venv"], check=True)
    install: list[str | Path] = [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", folder / "venv"]
    subprocess.run([*install, "--require-hashes", "--requirement", ROOT / "requirements.lock"], check=True)
    subprocess.run([*install, "--offline", "--no-deps", wheel], check=True)
    return folder / "venv" / "bin"


def offline(*command: str | Path) -> list[str | Path]:
    """`command`, in a network of its own that leads nowhere, where the machine allows one."""
    alone: list[str | Path] = ["unshare", "--map-root-user", "--net"]
    possible = subprocess.run([*alone, "true"], check=False, capture_output=True).returncode == 0
    return [*alone, *command] if possible else list(command)


# covers R-0105 R-0113
def test_wheel_makes_a_repo_offline_that_can_be_updated_from_elsewhere(
    published: Published, installed: Path, tmp_path: Path
) -> None:
    app = tmp_path / "app"
    environment = published.environment(tmp_path / "nowhere")
    new = offline(installed / "airworthy", "new", app, "--defaults", "--data", "project_name=Harbour")
    made = subprocess.run(new, env=environment, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert f"_src_path: {published.url}" in (app / ".copier-answers.yml").read_text(encoding="utf-8")
    assert "_commit: v1.0.0" in (app / ".copier-answers.yml").read_text(encoding="utf-8")

    edit(app, EDITED, SEEDED)
    release_another_version(published)
    published.copier("update", "--defaults", "--conflict", "rej", app)

    assert "_commit: v1.1.0" in (app / ".copier-answers.yml").read_text(encoding="utf-8")
    assert "Hardened in v1.1.0" in (app / "Makefile").read_text(encoding="utf-8")
    assert "Hardened in v1.1.0" not in (app / SEEDED).read_text(encoding="utf-8")
    for path in (EDITED, SEEDED):
        assert "# Ours." in (app / path).read_text(encoding="utf-8")
    assert changed(app) == {".copier-answers.yml", "Makefile"}
    assert sorted(app.rglob("*.rej")) == []


def test_wheel_carries_the_history_that_an_update_without_network_needs(
    published: Published, installed: Path, tmp_path: Path
) -> None:
    (bundle,) = installed.parent.glob("lib/*/site-packages/airworthy/template.bundle")

    published.copier("copy", "--defaults", "--vcs-ref", "v1.0.0", published.url, tmp_path / "app", place=bundle)

    assert "_commit: v1.0.0" in (tmp_path / "app" / ".copier-answers.yml").read_text(encoding="utf-8")


def test_wheel_carries_the_template_that_is_committed(published: Published, installed: Path) -> None:
    (carried,) = installed.parent.glob("lib/*/site-packages/airworthy/template")
    listed = published.git("ls-tree", "-r", "-z", "v1.0.0", "--", "copier.yml", "template")
    expected = {line.split("\t")[1]: line.startswith("100755") for line in listed.split("\0") if line}

    found = {
        path.relative_to(carried).as_posix(): bool(path.stat().st_mode & 0o100)
        for path in carried.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert found == expected


def edit(app: Path, *paths: str) -> None:
    for path in paths:
        with (app / path).open("a", encoding="utf-8") as file:
            file.write("\n# Ours.\n")
    git(app, "commit", "--quiet", "--all", "--message", "Our own edits")


def release_another_version(published: Published) -> None:
    for path in ("Makefile", SEEDED):
        with (published.folder / "template" / path).open("a", encoding="utf-8") as file:
            file.write("\n# Hardened in v1.1.0\n")
    published.release("v1.1.0")


def changed(app: Path) -> set[str]:
    return {line[3:] for line in git(app, "status", "--porcelain").splitlines()}


def git(app: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-C", str(app), *arguments]
    settings = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(command, env=settings, check=True, capture_output=True, text=True).stdout
