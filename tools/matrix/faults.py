"""What a file becomes when it cannot be rendered."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A source in the template, and why it gives no file under some answers."""

    source: str
    reason: str


class RenderFaultError(Exception):
    """A tree was asked for whose combination cannot be rendered."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.source}: {fault.reason}")
        self.fault = fault
