"""How often one key may ask: so many requests on average, so many at once (GCRA, ITU-T I.371)."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from model_proxy.errors import OverloadedError

MAX_KEYS = 10_000


class RequestBuckets:
    """One bucket per key, in this process; the keys seen longest ago are forgotten first.

    A bucket is one number: when it will be full again.

    Args:
        per_s: requests that may follow each other per second; 0 sets no limit.
        burst: requests that a full bucket lets through at once.
        clock: monotonic seconds.
    """

    def __init__(
        self, *, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_s = 1 / per_s if per_s else 0.0
        self._depth_s = burst * self._interval_s
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> None:
        """Let one request of the key through; ``OverloadedError`` says when there is room."""
        if not self._interval_s:
            return
        now = self._clock()
        full_at = max(now, self._full_at.get(key, now)) + self._interval_s
        late_s = full_at - now - self._depth_s
        # Less than a microsecond is what floating point leaves over, not a request too many.
        if late_s > 1e-6:  # noqa: PLR2004
            wait_s = math.ceil(late_s)
            raise OverloadedError(f"Try again in {wait_s} s.", retry_after_s=wait_s)
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > MAX_KEYS:
            self._full_at.popitem(last=False)
