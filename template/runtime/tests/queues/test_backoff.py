from runtime.queues import Backoff


def test_backoff_doubles_up_to_its_longest() -> None:
    backoff = Backoff(attempts=6, first_s=2, longest_s=10)
    assert [backoff.delay_s(attempt) for attempt in range(1, 6)] == [2, 4, 8, 10, 10]


def test_backoff_gives_up_after_its_last_attempt() -> None:
    assert Backoff(attempts=1).delay_s(1) is None
