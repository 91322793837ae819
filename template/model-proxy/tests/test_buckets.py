"""How often one key may ask."""

# covers R-0209

import pytest

from model_proxy import buckets
from model_proxy.buckets import RequestBuckets
from model_proxy.errors import OverloadedError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_bucket_lets_a_burst_through_and_then_the_average() -> None:
    clock = Clock()
    requests = RequestBuckets(per_s=0.5, burst=3, clock=clock)
    for _ in range(3):
        requests.take("key")
    with pytest.raises(OverloadedError) as caught:
        requests.take("key")
    assert caught.value.retry_after_s == 2
    clock.now += 2
    requests.take("key")
    with pytest.raises(OverloadedError):
        requests.take("key")


def test_bucket_of_another_key_is_untouched() -> None:
    requests = RequestBuckets(per_s=1, burst=1, clock=Clock())
    requests.take("a")
    requests.take("b")


def test_bucket_without_a_rate_has_no_limit() -> None:
    requests = RequestBuckets(per_s=0, burst=1, clock=Clock())
    for _ in range(100):
        requests.take("key")


def test_buckets_forget_the_key_seen_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MAX_KEYS", 2)
    requests = RequestBuckets(per_s=1, burst=1, clock=Clock())
    for key in ("a", "b", "c"):
        requests.take(key)
    requests.take("a")
    with pytest.raises(OverloadedError):
        requests.take("c")
