from __future__ import annotations

import random

from matrix.formatting import cover


def test_cover_meets_every_set() -> None:
    chance = random.Random(1)  # noqa: S311 - any sets will do
    sets = [chance.getrandbits(200) | 1 << chance.randrange(200) for _ in range(50)]

    chosen = cover(sets)

    assert all(any(each >> index & 1 for index in chosen) for each in sets)
    assert len(chosen) < 10


def test_cover_needs_one_where_one_is_enough() -> None:
    assert cover([0b110, 0b011, 0b010, 0]) == [1]
