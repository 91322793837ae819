"""Divides the tasks among machines: every task belongs to one shard, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matrix.suites.tasks import Task


@dataclass(frozen=True)
class Shard:
    """Part ``number`` of ``count``, counted from 1."""

    number: int = 1
    count: int = 1

    def of(self, tasks: Sequence[Task]) -> list[Task]:
        """Its tasks: one after the other dealt to each shard, so that neighbours, which take as long, are apart."""
        return [task for position, task in enumerate(tasks) if position % self.count == self.number - 1]
