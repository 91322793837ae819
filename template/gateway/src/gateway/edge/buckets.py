"""Token buckets: so much on average, so much at once, per key."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from runtime.errors import TooManyRequestsError

_MAX_KEYS = 10_000


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """One bucket per key, in this process; the keys seen longest ago are forgotten first.

    Args:
        per_s: tokens that flow in per second.
        burst: tokens that a full bucket holds.
        clock: monotonic seconds.
    """

    def __init__(self, *, per_s: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> None:
        """Take a token; raises ``TooManyRequestsError`` saying when there will be one."""
        bucket = self._filled(key)
        if bucket.tokens < 1:
            wait_s = math.ceil((1 - bucket.tokens) / self._per_s)
            raise TooManyRequestsError(f"Try again in {wait_s} s.", retry_after_s=wait_s)
        bucket.tokens -= 1

    def _filled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        return bucket
