"""Where a worker is in its topics: what is done, and what must wait.

Kafka has no delay, so a partition pauses until its first message is due.
"""

import time
from collections.abc import Callable, Iterable

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from runtime.logs import logger

HEADER = "not_before"

Clock = Callable[[], float]


class Waiting:
    """Holds back what is not due, without holding up other partitions.

    A partition that goes to another worker and comes back is still paused: librdkafka keeps that,
    so it is kept here too.
    """

    def __init__(self, consumer: Consumer, *, clock: Clock = time.time) -> None:
        self._consumer = consumer
        self._clock = clock
        self._paused: dict[tuple[str, int], float] = {}

    def keep_due(self, messages: Iterable[Message]) -> list[Message]:
        """Return the messages to work on now; the others are fetched again when they are due."""
        self._resume()
        due: list[Message] = []
        for message in messages:
            place = _place(message)
            if place in self._paused:
                continue
            starts_at = not_before(message)
            if starts_at > self._clock():
                self._pause(place, message, starts_at)
            else:
                due.append(message)
        return due

    def _pause(self, place: tuple[str, int], message: Message, until: float) -> None:
        self._consumer.pause([TopicPartition(*place)])
        self._consumer.seek(TopicPartition(*place, int(message.offset() or 0)))
        self._paused[place] = until

    def _resume(self) -> None:
        for place in [place for place, until in self._paused.items() if until <= self._clock()]:
            del self._paused[place]
            try:
                self._consumer.resume([TopicPartition(*place)])
            except KafkaException:
                # The partition went to another worker, which starts at the same message.
                continue


def not_before(message: Message) -> float:
    """Return when the job may run, in seconds since the epoch; 0 is at once."""
    return float(header(message, HEADER) or 0)


def header(message: Message, name: str) -> str:
    """Return a header's text; empty where there is none."""
    found = dict(message.headers() or []).get(name)
    return found.decode() if isinstance(found, bytes) else ""


def commit(consumer: Consumer, messages: list[Message]) -> None:
    """Note that these messages, and all before them in their partitions, are done.

    Who was away for too long is no member any more, and a broker may be away itself: the jobs will
    come again, here or elsewhere. Raises ``KafkaException`` where the consumer cannot go on.
    """
    ends: dict[tuple[str, int], int] = {}
    for message in messages:
        place = _place(message)
        ends[place] = max(ends.get(place, 0), int(message.offset() or 0) + 1)
    if ends:
        offsets = [TopicPartition(*place, end) for place, end in ends.items()]
        try:
            consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            if error.args[0].fatal():
                raise
            logger(__name__).warning("job_commit_failed", error=error.args[0].str())


def _place(message: Message) -> tuple[str, int]:
    return str(message.topic()), int(message.partition() or 0)
