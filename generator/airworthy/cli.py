"""The command line: finds the verb, runs it, and turns what went wrong into a message and an exit code.

Nothing here imports anything slow: `airworthy --help` answers as fast as Python starts.
"""

from __future__ import annotations

import sys

from airworthy.errors import FAILURE, AirworthyError, UsageError, from_os_error

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone would double the start
    from collections.abc import Sequence

VERBS = {
    "new": "Make a new product repo, by wizard or without a question",
    "options": "Show every question: its choices, its defaults and what each choice adds",
    "org": "Check an organisation file, or lock an answer in it",
}
INTERRUPTED = 130
PIPE_CLOSED = 141

HELP = """usage: {prog} [--help] [--version] <verb> [options]

Airworthy makes a complete, hardened AI product repo and keeps it hardened.

verbs:
{verbs}

examples:
  {prog} new                            answer a wizard
  {prog} new ../desk --preset startup   the wizard, with other defaults
  {prog} new ../desk --defaults         no question at all
  {prog} <verb> --help                  everything a verb can do
"""


def main(argv: Sequence[str] | None = None, *, prog: str = "airworthy") -> int:
    """Run the command line and return its exit code: 0, 1 for a failure, 2 for bad input, 130 for Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words, prog)
    except AirworthyError as error:
        return _report(error, words)
    except (KeyboardInterrupt, EOFError):
        _say("Cancelled: nothing was written.")
        return INTERRUPTED
    except BrokenPipeError:
        _silence_output()
        return PIPE_CLOSED
    except OSError as error:
        return _report(from_os_error(error), words)


def _dispatch(words: list[str], prog: str) -> int:
    verb, *rest = words or ["--help"]
    if verb in {"-h", "--help", "help"}:
        verbs = "\n".join(f"  {name:<10}{line}" for name, line in VERBS.items())
        sys.stdout.write(HELP.format(prog=prog, verbs=verbs))
        return 0
    if verb in {"-V", "--version"}:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and rarely needed

        sys.stdout.write(f"airworthy {version('airworthy')}\n")
        return 0
    if verb not in VERBS:
        raise _unknown(verb, prog)
    return _run(verb, rest, prog)


def _run(verb: str, words: list[str], prog: str) -> int:
    from importlib import import_module  # noqa: PLC0415 - the verb alone is worth importing

    module = import_module(f"airworthy.{verb}")
    exit_code: int = module.main(words, prog=f"{prog} {verb}")
    return exit_code


def _unknown(verb: str, prog: str) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415 - needed only to word a mistake

    close = get_close_matches(verb, VERBS, n=1)
    advice = f"Did you mean `{prog} {close[0]}`?" if close else f"`{prog} --help` lists the verbs."
    what = "option" if verb.startswith("-") else "verb"
    return UsageError(f"There is no {what} {verb!r}.", advice)


def _report(error: AirworthyError, words: list[str]) -> int:
    if "--json" in words:
        import json  # noqa: PLC0415 - only machines need it

        problem = {"code": error.code, "message": error.message, "next_step": error.next_step}
        sys.stdout.write(json.dumps({"error": problem}, indent=2, ensure_ascii=False) + "\n")
    _say(str(error), failed=True)
    return error.exit_code or FAILURE


def _say(text: str, *, failed: bool = False) -> None:
    from airworthy import terminal  # noqa: PLC0415 - needed only at a bad end

    mark = terminal.paint("✗" if failed else "•", "red" if failed else "yellow", stream=sys.stderr)
    terminal.write(f"{mark} {text}", stream=sys.stderr)


def _silence_output() -> None:
    import os  # noqa: PLC0415 - the interpreter has it loaded

    # The interpreter flushes stdout once more at its end, and would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
