"""The command line: messages, exit codes, and how little it imports."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from airworthy import cli
from airworthy.errors import NoSpaceError

HEAVY = ("copier", "questionary", "prompt_toolkit", "ruamel", "jinja2", "yaml", "argparse", "typing", "dataclasses")


def modules_after(*words: str) -> set[str]:
    """The top-level modules that a run of the command line has imported."""
    code = (
        "import sys; from airworthy.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], check=False, capture_output=True, text=True)
    return set(done.stderr.splitlines()[-1].split())


def test_help_lists_every_verb_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0

    out = capsys.readouterr().out
    assert all(f"\n  {verb} " in out for verb in cli.VERBS)
    assert "examples:" in out


def test_help_imports_nothing_slow() -> None:
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    )
    already = {name.split(".")[0] for name in bare.stdout.split()}

    assert modules_after("--help") & (set(HEAVY) - already) == set()


def test_options_import_no_copier() -> None:
    assert modules_after("options") & {"copier", "questionary", "prompt_toolkit", "pydantic"} == set()


@pytest.mark.parametrize("verb", list(cli.VERBS))
def test_help_of_each_verb_has_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([verb, "--help"])

    assert caught.value.code == 0
    assert f"examples:\n  airworthy {verb}" in capsys.readouterr().out


def test_no_word_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "usage: airworthy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nwe"], "There is no verb 'nwe'. Did you mean `airworthy new`?"),
        (["zzz"], "There is no verb 'zzz'. `airworthy --help` lists the verbs."),
        (["--quiet"], "There is no option '--quiet'. `airworthy --help` lists the verbs."),
        (["new", "x", "--dry"], "airworthy new: unrecognized arguments: --dry. `airworthy new --help` shows"),
        (["options", "idpp"], "No question is called 'idpp'. Did you mean 'idp'?"),
        (["org"], "airworthy org: the following arguments are required: FILE."),
    ],
)
def test_a_mistake_gets_one_sentence_and_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 2

    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_json_errors_are_json_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["options", "idpp", "--json"]) == 2

    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "unknown_answer"
    assert error["message"] == "No question is called 'idpp'."
    assert error["next_step"].startswith("Did you mean 'idp'?")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "Cancelled: nothing was written."),
        (EOFError(), 130, "Cancelled: nothing was written."),
        (OSError(28, "No space left on device", "/full"), 2, "There is no space left to write /full."),
        (NoSpaceError("Full.", "Empty it."), 2, "Full. Empty it."),
    ],
)
def test_what_goes_wrong_inside_a_verb_is_told_at_the_edge(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_words: list[str], _prog: str) -> int:
        raise error

    monkeypatch.setattr(cli, "_dispatch", fail)

    assert cli.main(["new"]) == code
    assert message in capsys.readouterr().err


def test_a_closed_pipe_is_no_traceback() -> None:
    line = f"'{sys.executable}' -m airworthy options --json | head -c 1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, text=True)

    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


def test_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("airworthy ")
