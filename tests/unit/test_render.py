"""Rendering with templates made for the purpose; the real one is compared with copier's output in tests/render."""

from __future__ import annotations

import gc
import os
import stat
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airworthy import engine, render, staging
from airworthy.errors import (
    DestinationError,
    DestinationNotEmptyError,
    InvalidAnswerError,
    RenderError,
)
from airworthy.memo import memoised
from airworthy.source import Source

ANSWERS = "{{_copier_conf.answers_file}}.jinja"
QUESTIONS = """
_subdirectory: template
_exclude: ["{{ '/jobs' if not jobs else '' }}"]
name:
  type: str
  default: desk
  validator: "{{ 'Use one word.' if ' ' in name else '' }}"
jobs:
  type: bool
  default: false
"""


def build_template(folder: Path, **files: str) -> Source:
    files = {"copier.yml": QUESTIONS, f"template/{ANSWERS}": "{{ _copier_answers | to_nice_yaml }}", **files}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return Source(src="https://example.org/t.git", ref="v1", describe="v1", folder=folder, commit="c0ffee")


@pytest.fixture
def template(tmp_path: Path) -> Source:
    files = {"template/a.txt.jinja": "{{ name }}\n", "template/run.sh": "true\n", "template/jobs/b.txt": "b\n"}
    return build_template(tmp_path / "template", **files)


def test_render_writes_files_and_says_which(template: Source, tmp_path: Path) -> None:
    rendered = render.render(template, {"name": "box", "jobs": True}, tmp_path / "app")

    assert [file.path for file in rendered.files] == [".copier-answers.yml", "a.txt", "jobs/b.txt", "run.sh"]
    assert (tmp_path / "app" / "a.txt").read_text(encoding="utf-8") == "box\n"
    assert rendered.commit == "c0ffee"


def test_render_records_source_and_version(template: Source, tmp_path: Path) -> None:
    render.render(template, {}, tmp_path / "app")

    recorded = (tmp_path / "app" / ".copier-answers.yml").read_text(encoding="utf-8")
    assert recorded.startswith("_commit: v1\n_commit_hash: c0ffee\n_src_path: https://example.org/t.git\njobs: false\n")


def test_render_records_no_version_that_nobody_knows(tmp_path: Path) -> None:
    known = build_template(tmp_path / "template")
    source = Source(src=known.src, ref=None, describe="", folder=known.folder)

    contents = render.plan(source, {}).contents

    assert contents[".copier-answers.yml"].decode().startswith("_src_path: https://example.org/t.git\n")


def test_render_gives_modes_as_a_git_checkout_does(template: Source, tmp_path: Path) -> None:
    (template.folder / "template" / "run.sh").chmod(0o500)
    (template.folder / "template" / "a.txt.jinja").chmod(0o400)
    before = os.umask(0o027)
    try:
        render.render(template, {}, tmp_path / "app")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "app" / "run.sh").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "app" / "a.txt").stat().st_mode) == 0o640


def test_plan_tells_executables_apart(template: Source) -> None:
    before = render.plan(template, {})
    (template.folder / "template" / "run.sh").chmod(0o755)

    after = render.plan(template, {})

    assert before.files == after.files
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("files", "error", "match"),
    [
        ({"template/a.jinja": "{{ nothing.at_all }}"}, RenderError, "could not be rendered"),
        ({"template/a.jinja": "{% if %}"}, RenderError, "could not be rendered"),
        ({"copier.yml": "_subdirectory: ["}, RenderError, "could not be rendered"),
        ({f"template/{ANSWERS}": "nothing"}, RenderError, "no _src_path"),
    ],
    ids=["undefined", "syntax", "questions", "answers file"],
)
def test_render_calls_a_broken_template_broken(
    tmp_path: Path, files: dict[str, str], error: type[Exception], match: str
) -> None:
    source = build_template(tmp_path / "template", **files)

    with pytest.raises(error, match=match):
        render.render(source, {}, tmp_path / "app")

    assert not (tmp_path / "app").exists()


def test_render_names_the_answer_that_is_refused(template: Source, tmp_path: Path) -> None:
    with pytest.raises(InvalidAnswerError, match=r"name: Use one word\.") as caught:
        render.render(template, {"name": "two words"}, tmp_path / "app")

    assert (caught.value.name, caught.value.problem) == ("name", "Use one word.")


def test_copy_leaves_the_process_as_it_was(template: Source, tmp_path: Path) -> None:
    compile_, from_string = jinja2.Environment.compile, jinja2.Environment.from_string

    engine.copy(template.folder, tmp_path / "app", {})

    assert (jinja2.Environment.compile, jinja2.Environment.from_string) == (compile_, from_string)
    assert gc.isenabled()


def test_copy_keeps_copier_quiet(template: Source, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []

    engine.copy(template.folder, tmp_path / "quiet", {})
    engine.copy(template.folder, tmp_path / "heard", {}, created=heard.append)

    assert capfd.readouterr() == ("", "")
    assert {".copier-answers.yml", "a.txt", "run.sh"} <= set(heard)


def test_require_free_refuses_files_and_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path)

    for name in ("file", "link"):
        with pytest.raises(DestinationError, match="is not a folder"):
            staging.require_free(tmp_path / name)
    with pytest.raises(DestinationNotEmptyError):
        staging.require_free(tmp_path)


def test_merge_puts_everything_back_when_it_fails(tmp_path: Path) -> None:
    new, dst, saved = (tmp_path / name for name in ("new", "dst", "saved"))
    for folder, text in ((new, "new"), (dst, "old")):
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
    (new / "fresh.txt").write_text("new", encoding="utf-8")
    (new / "z").mkdir()
    (new / "z" / "b.txt").write_text("new", encoding="utf-8")
    (dst / "z").write_text("a file where a folder has to be", encoding="utf-8")

    with pytest.raises(DestinationError):
        staging.merge(new, dst, saved)

    assert {path.name for path in dst.iterdir()} == {"a.txt", "z"}
    assert (dst / "a.txt").read_text(encoding="utf-8") == "old"


@given(st.text(alphabet="ab {%}#\n\r-\u2028ü\\'\"", max_size=20))
def test_memoised_environments_render_what_others_do(source: str) -> None:
    def outcome() -> str:
        environment = jinja2.Environment(keep_trailing_newline=True, block_start_string="# {%", autoescape=False)  # noqa: S701 - text
        try:
            return environment.from_string(source).render(a=1, b=2)
        except jinja2.TemplateError as error:
            return f"{type(error).__name__}: {error}"

    plain = outcome()
    with memoised():
        first, again = outcome(), outcome()

    assert plain == first == again


def test_memoised_preprocesses_on_every_use() -> None:
    seen: list[str] = []

    class Listener(jinja2.ext.Extension):
        def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
            assert (name, filename) == (None, None)
            seen.append(source)
            return source

    with memoised():
        environment = jinja2.Environment(extensions=[Listener], autoescape=False)  # noqa: S701 - text
        for _ in range(3):
            environment.from_string("literal").render()
            environment.from_string("{{ 1 }}").render()

    assert (seen.count("literal"), seen.count("{{ 1 }}")) == (3, 3)
