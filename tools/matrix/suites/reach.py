"""What a change of one file would cost: the runs that looked at it, told before anybody makes the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matrix.suites.trace import Trace

SOON_S = 180.0


def reach(files: Iterable[str], traces: Collection[Trace], workers: int) -> dict[str, float]:
    """Seconds of suites that a change of each file would take, shared by so many workers; nothing without runs."""
    found = dict.fromkeys(files, 0.0) if traces else {}
    for trace in traces:
        places = {place.partition("#")[0] for kind, place, _ in trace.conditions if kind in ("content", "entry")}
        for path in places & found.keys():
            found[path] += trace.seconds / workers
    return {path: round(seconds, 1) for path, seconds in found.items()}


def summary(seconds: Mapping[str, float]) -> str:
    """For people: the usual change, how many take no longer than somebody waits, and the worst."""
    ordered = sorted(seconds.values())
    soon = sum(each <= SOON_S for each in ordered) / len(ordered)
    worst = max(seconds, key=lambda path: (seconds[path], path))
    return (
        f"suites after a change of one file: {_at(ordered, 0.5)} for half of the files, {_at(ordered, 0.9)} for 90 %;"
        f" within {SOON_S:.0f} s for {soon:.0%}; most for {worst}: {seconds[worst]:.0f} s"
    )


def _at(ordered: list[float], share: float) -> str:
    return f"{ordered[min(int(share * len(ordered)), len(ordered) - 1)]:.0f} s"
