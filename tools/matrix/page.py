"""The report as one small HTML page: the figures, a heat map of pairs of choices, and each failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matrix.report import Failure, Report

Pair: TypeAlias = tuple[tuple[str, str], tuple[str, str]]
"""Two options, each with a choice."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse } td, th { padding: .15rem .6rem; text-align: left; font-weight: normal }
.map td, .map th { padding: 0; width: 1.5rem; height: 1.5rem; font-size: 12px; border: 1px solid #fff }
.map th { width: auto; padding: 0 .4rem; white-space: nowrap }
.map thead th { writing-mode: vertical-rl; transform: rotate(180deg); height: auto; padding: .4rem 0 }
pre { white-space: pre-wrap }
code { background: #f1f3f5; padding: .1rem .3rem } .bad { color: #b42318 }
h1, h2 { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  body { background: #15181c; color: #e4e7eb } code { background: #262b31 } .map td, .map th { border-color: #15181c }
}
"""


def render(report: Report) -> str:
    """The whole page; it needs no other file and no script."""
    state = "every combination passes" if report.is_green else "not every combination passes"
    parts = [
        f"<h1>{report.combinations.bit_count():,} combinations: {state}</h1>",
        _figures(report),
        "<h2>Share of combinations that fail, per pair of choices</h2>",
        _map(report, report.failing, "fail", _bad),
        *_suites(report),
        *(_failure(report, failure) for failure in report.sorted()),
    ]
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Matrix</title><style>{_STYLE}</style>\n<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _suites(report: Report) -> Iterator[str]:
    if report.suites:
        yield "<h2>Share of combinations that are credited with all their suites, per pair of choices</h2>"
        yield _map(report, report.suites.whole, "are credited", _good)
        yield f"<h2>Suites</h2><pre>{escape(report.suites.text())}</pre>"


def _figures(report: Report) -> str:
    rows = {name: f"{value:,}" for name, value in {**report.facts, **report.counts}.items()}
    rows |= {name: f"{seconds:.1f} s" for name, seconds in report.phases.items()}
    rows |= report.notes | {f"SKIPPED: {name}": why for name, why in report.skipped.items()}
    cells = (f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in rows.items())
    return f"<table>{''.join(cells)}</table>"


def _map(report: Report, marked: int, verb: str, colour: Callable[[float], str]) -> str:
    choices = [(name, value) for name, values in report.options.choices.items() for value in values]
    head = "".join(f"<th>{escape(name)} {escape(value)}" for name, value in choices)
    body = (
        f'<tr><th scope="row">{escape(name)} {escape(value)}'
        + "".join(_cell(report, marked, ((name, value), other), verb, colour) for other in choices)
        for name, value in choices
    )
    return f'<table class="map"><thead><tr><th>{head}</thead>{"".join(body)}</table>'


def _cell(report: Report, marked: int, pair: Pair, verb: str, colour: Callable[[float], str]) -> str:
    one, other = pair
    if one[0] == other[0] and one != other:
        return "<td>"
    both = report.options.where(dict([one])) & report.options.where(dict([other])) & report.combinations
    total, count = both.bit_count(), (both & marked).bit_count()
    if not total:
        return '<td title="not looked at">'
    words = f"{one[0]}={one[1]}, {other[0]}={other[1]}: {count:,} of {total:,} {verb}"
    return f'<td style="background:{colour(count / total)}" title="{escape(words)}">'


def _bad(share: float) -> str:
    """Green for none; from light to dark red."""
    return "#8fd19e" if not share else f"hsl(8 80% {round(75 - 45 * share)}%)"


def _good(share: float) -> str:
    """Grey for none; from light to dark green."""
    return "#d0d5dd" if not share else f"hsl(135 42% {round(85 - 45 * share)}%)"


def _failure(report: Report, failure: Failure) -> str:
    return f"<section>{''.join(_lines(report, failure))}</section>"


def _lines(report: Report, failure: Failure) -> Iterator[str]:
    problem = failure.problem
    yield f'<h2 class="bad">{escape(problem.path)}: {escape(problem.text)}</h2>'
    shown = (", ".join(f"{name}={value}" for name, value in case.items()) or "all" for case in report.cases(failure))
    yield f"<p>{failure.combinations.bit_count():,} combinations; shown by {escape(' | or '.join(shown))}</p>"
    yield f"<p><code>{escape(report.command(failure))}</code></p>"
