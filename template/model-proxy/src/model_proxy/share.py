"""Every n-th of many, evenly and without chance: 5 % is one in twenty, not about one in twenty."""


class Share:
    """Takes ``percent`` of the calls of ``take``."""

    __slots__ = ("_percent", "_sum")

    def __init__(self, percent: float) -> None:
        self._percent = percent
        self._sum = 0.0

    def take(self) -> bool:
        """Say whether this one is among them."""
        self._sum += self._percent
        if self._sum < 100:  # noqa: PLR2004 - percent
            return False
        self._sum -= 100
        return True
