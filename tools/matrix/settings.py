"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """One run."""

    root: Path = ROOT
    """Holds copier.yml."""
    cache: Path | None = None
    """Where results live; in memory if None."""
    shard: tuple[int, int] = (1, 1)
    where: Mapping[str, str] = field(default_factory=dict)
    """Look only at combinations with these answers."""
    seed: int = 0
    samples: int = 200
    """Answers by chance that copier is asked about, besides presets and single changes; 0 for none at all."""
    sample: int | None = None
    """Only this one of them."""
    processes: int = 2
    twice: bool = True
    """Whether each file is rendered again in another process."""
    suites: bool = True
    """Whether the components' suites run."""
    commands: bool = False
    """Whether the presets' own `make check` and `make test` run too."""
    budget_min: float = 2.0
    """After so many minutes no suite is begun beyond presets and single choices."""
    tried: int = 4
    """How many credits of suites are tried out."""
    only: str = ""
    """The suites whose names contain it, no others."""
    timeout_s: float = 900.0
    """For one run of one suite."""
