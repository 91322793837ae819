"""A render is there or it is not: whatever stops it, nothing half-written remains."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from airworthy import render, source
from airworthy.errors import DestinationNotEmptyError, InvalidAnswerError

STOPPED_MIDWAY = """
import os, sys
from pathlib import Path
from airworthy import render, source

def stop(done, total):
    if done == 20:
        os.kill(os.getpid(), int(sys.argv[2]))

render.render(source.locate(), {}, Path(sys.argv[1]), progress=stop)
"""


def render_stopped_by(number: signal.Signals, dst: Path) -> int:
    command = [sys.executable, "-c", STOPPED_MIDWAY, str(dst), str(int(number))]
    return subprocess.run(command, check=False, capture_output=True).returncode


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)],
    ids=["ctrl-c", "term"],
)
@pytest.mark.parametrize("place", ["app", "new/folders/app"])
def test_render_that_is_stopped_leaves_nothing(tmp_path: Path, place: str, number: signal.Signals, code: int) -> None:
    assert render_stopped_by(number, tmp_path / place) == code

    assert list(tmp_path.iterdir()) == []


def test_render_that_is_killed_leaves_at_most_a_hidden_folder(tmp_path: Path) -> None:
    assert render_stopped_by(signal.SIGKILL, tmp_path / "app") == -signal.SIGKILL

    left = list(tmp_path.iterdir())
    assert [path for path in left if not path.name.startswith(".app.airworthy-")] == []
    render.render(source.locate(), {}, tmp_path / "app")
    assert (tmp_path / "app" / "README.md").is_file()


def test_render_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidAnswerError, match="project_slug"):
        render.render(source.locate(), {"project_slug": "Not A Slug"}, tmp_path / "app")

    assert list(tmp_path.iterdir()) == []


def test_render_refuses_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(DestinationNotEmptyError):
        render.render(source.locate(), {}, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_render_takes_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()

    render.render(source.locate(), {}, tmp_path / "app")

    assert [path.name for path in tmp_path.iterdir()] == ["app"]
    assert (tmp_path / "app" / "README.md").is_file()


def test_render_over_a_folder_keeps_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "README.md").write_text("old", encoding="utf-8")

    render.render(source.locate(), {"project_name": "New Name"}, folder, overwrite=True)

    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert "New Name" in (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["app"]


@pytest.mark.parametrize(
    ("options", "code"), [("size=100k", "no_space"), ("size=4m,ro", "read_only_folder")], ids=["full", "read-only"]
)
def test_render_says_what_is_wrong_with_the_disk(tmp_path: Path, options: str, code: str) -> None:
    attempt = (
        "import os, sys; from pathlib import Path; from airworthy import errors, render, source\n"
        "try: render.render(source.locate(), {}, Path(sys.argv[1]) / 'app')\n"
        "except errors.AirworthyError as error: print(error.code, os.listdir(sys.argv[1]))"
    )
    script = f'mount -t tmpfs -o {options} none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, attempt], check=False, capture_output=True, text=True
    )
    if done.returncode and "Operation not permitted" in done.stderr:
        pytest.skip("LOUD: this machine lets nobody mount a small disk, so a full and a read-only one were not tried")

    assert done.stdout == f"{code} []\n", done.stderr


def test_render_tells_how_far_it_is(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    rendered = render.render(source.locate(), {}, tmp_path / "app", progress=lambda *step: heard.append(step))

    assert [done for done, _ in heard[:-1]] == list(range(1, len(rendered.files) + 1))
    assert heard[-1] == (len(rendered.files), len(rendered.files))
    assert [path.name for path in tmp_path.iterdir()] == ["app"]
