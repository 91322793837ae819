"""What the proxy has to reach, and what the report says about it."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .figures import Figures, Growth, median


@dataclass(frozen=True)
class Round:
    """Everything measured in one turn; LiteLLM's proxy where it could be installed.

    Attributes:
        theirs: with its own cache, limits, retries and fallback, as this proxy has its own.
        bare: with nothing switched on; for the report, because this proxy never runs so.
    """

    direct: Figures
    ours: Figures
    theirs: Figures | None = None
    bare: Figures | None = None


@dataclass(frozen=True)
class Result:
    """One goal and what became of it."""

    goal: str
    measured: str
    is_met: bool


# The median of the rounds' ratios: both halves of each were measured one right after the other.
_AT_LEAST: tuple[tuple[str, float, Callable[[Figures, Figures], float]], ...] = (
    ("answers per second, 32 connections", 20, lambda ours, theirs: ours.rps / theirs.rps),
    ("processor time per answer", 15, lambda ours, theirs: theirs.cpu_ms / ours.cpu_ms),
    ("streams per second, 32 connections", 20, lambda ours, theirs: ours.streams / theirs.streams),
)
_AT_MOST: tuple[tuple[str, float, str, Callable[[Round], float]], ...] = (
    ("added p95, 1 connection", 5, "ms", lambda r: r.ours.p95_ms - r.direct.p95_ms),
    ("added p50, 1 connection", 1.5, "ms", lambda r: r.ours.p50_ms - r.direct.p50_ms),
    ("added first byte p50", 2, "ms", lambda r: r.ours.first_ms - r.direct.first_ms),
    ("memory", 100, "MB", lambda r: r.ours.rss_mb),
    ("failed answers", 0, "", lambda r: r.ours.failures),
)
START_S = 2.0
GROWTH_MB = 10.0
"""The most that the second half of the long run may add: what is bounded is full by then."""

LACKS = (
    "formats of its own for a hundred providers (here: whatever speaks OpenAI's)",
    "images, speech, files, batches, fine-tuning, re-ranking, realtime sessions",
    "virtual keys, teams and spend in a database, with pages to manage them",
    "a gateway for tools (MCP) and agents, and hooks to guardrail vendors",
    "exporters to many tracing and billing products (here: OpenTelemetry and Prometheus)",
)


def results(rounds: Sequence[Round], start_s: float, grown: Growth) -> Iterator[Result]:
    """Yield each goal that could be measured."""
    for name, least, ratio in _AT_LEAST:
        ratios = [ratio(r.ours, r.theirs) for r in rounds if r.theirs]
        if ratios:
            value = statistics.median(ratios)
            yield Result(f"{name}: ≥ {least:g}x", f"{value:.1f}x", value >= least)
    for name, most, unit, figure in _AT_MOST if rounds else ():
        value = statistics.median(map(figure, rounds))
        yield Result(f"{name}: ≤ {most:g} {unit}".strip(), f"{value:.2f} {unit}", value <= most)
    name = f"memory added by the second half of {grown.requests:,} requests"
    measured = f"{grown.added_mb:.1f} MB"
    yield Result(f"{name}: ≤ {GROWTH_MB:g} MB", measured, grown.added_mb <= GROWTH_MB)
    yield Result(f"start: ≤ {START_S:g} s", f"{start_s:.2f} s", start_s <= START_S)


def table(rounds: Sequence[Round], rival: str) -> str:
    """Return the medians, side by side."""
    columns = [
        ("model itself", [r.direct for r in rounds]),
        ("this proxy", [r.ours for r in rounds]),
    ]
    theirs = [r.theirs for r in rounds if r.theirs]
    bare = [r.bare for r in rounds if r.bare]
    columns += [(rival, theirs)] if theirs else []
    columns += [("the same, bare", bare)] if bare else []
    lines = [f"{'':<16}{'RPS':>9}{'CPU ms':>9}{'streams/s':>11}{'p50 ms':>9}{'p95 ms':>9}"]
    lines[0] += f"{'first ms':>10}{'RSS MB':>9}"
    for name, several in columns:
        f = median(several)
        lines.append(
            f"{name:<16}{f.rps:>9.0f}{f.cpu_ms:>9.2f}{f.streams:>11.0f}{f.p50_ms:>9.2f}"
            f"{f.p95_ms:>9.2f}{f.first_ms:>10.2f}{f.rss_mb:>9.0f}"
        )
    return "\n".join(lines)
