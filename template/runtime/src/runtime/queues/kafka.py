"""Jobs in Kafka: at least once, each tenant and key in order.

Three topics: jobs, those to try again, and dead letters. An offset is committed only after its job
has succeeded or has been written to one of the other two. A job with an idempotency key is skipped
once the first one has *succeeded* (table ``job_keys``); the same key goes to the same partition, so
two of them never run at once. A crash between a handler's end and the commit runs the job again:
handlers must bear that.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from runtime.database import Database
from runtime.database.models import JobKey
from runtime.events import check_payload
from runtime.product import product_entry
from runtime.queues import Backoff, DeadLetter, Job, JobHandler, QueueUnavailableError
from runtime.queues.delivery import HOPELESS, from_json, perform, to_json, until_cancelled
from runtime.queues.kafka_offsets import HEADER, Waiting, commit, header
from runtime.settings import RuntimeSettings, SettingsError

BATCH = 16
POLL_S = 0.2
DELIVERY_S = 10.0
# A batch must be done within this time, else its partitions go to another worker.
LONGEST_BATCH_MS = 15 * 60 * 1000


@dataclass(frozen=True)
class Topics:
    """The names of a product's topics."""

    jobs: str
    retry: str
    dead: str

    @classmethod
    def of(cls, slug: str) -> "Topics":
        """Return the topics of the product with this slug."""
        return cls(f"{slug}.jobs", f"{slug}.jobs.retry", f"{slug}.jobs.dead")


class KafkaJobQueue:
    """One consumer group over the jobs and the retry topic."""

    def __init__(
        self,
        servers: str,
        topics: Topics,
        database: Database,
        backoff: Backoff,
        *,
        delivery_s: float = DELIVERY_S,
    ) -> None:
        self._servers = servers
        self._topics = topics
        self._database = database
        self._backoff = backoff
        self._delivery_s = delivery_s
        self._producer = Producer(
            {
                "bootstrap.servers": servers,
                "enable.idempotence": True,
                "delivery.timeout.ms": int(delivery_s * 1000),
                # A broker that is away is reported once, by us.
                "log_level": 2,
            }
        )

    async def enqueue(self, job: Job) -> None:
        """Write the job and wait until all replicas have it."""
        check_payload(job.name, job.payload)
        await asyncio.to_thread(self._send, self._topics.jobs, job, {})

    async def run(self, handlers: Mapping[str, JobHandler]) -> None:
        """Run the jobs of a batch side by side, those with the same key one after the other."""
        topics = [self._topics.jobs, self._topics.retry]

        async def work(stop: asyncio.Event) -> None:
            # Within what a cancellation waits for: a consumer that nobody closes blocks for ever.
            consumer = await asyncio.to_thread(self._subscribe, topics)
            waiting = Waiting(consumer)
            try:
                while not stop.is_set():
                    batch = await asyncio.to_thread(consumer.consume, BATCH, POLL_S)
                    due = waiting.keep_due(message for message in batch if _is_job(message))
                    await self._perform_all(handlers, due)
                    await asyncio.to_thread(commit, consumer, due)
            finally:
                await asyncio.to_thread(consumer.close)

        await until_cancelled(work)

    async def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """Return what lies in the dead letters' topic, oldest first within a partition."""
        messages = await asyncio.to_thread(self._read, self._topics.dead, limit)
        return [DeadLetter(_job(message), header(message, "error")) for message in messages]

    async def close(self) -> None:
        """Flush what is on its way, release the connections."""
        await asyncio.to_thread(self._producer.close)
        await self._database.close()

    async def _perform_all(
        self, handlers: Mapping[str, JobHandler], messages: Iterable[Message]
    ) -> None:
        in_order: dict[bytes, list[Message]] = {}
        for message in messages:
            in_order.setdefault(message.key() or b"", []).append(message)

        async def perform_each(same_key: list[Message]) -> None:
            for message in same_key:
                await self._attempt(handlers, _job(message))

        await asyncio.gather(*(perform_each(same_key) for same_key in in_order.values()))

    async def _attempt(self, handlers: Mapping[str, JobHandler], job: Job) -> None:
        if await self._is_done(job):
            return
        try:
            await perform(handlers, job)
        except Exception as error:  # noqa: BLE001 - any failure of a handler is retried or kept
            await self._give_on(job, error)
        else:
            await self._mark_done(job)

    async def _give_on(self, job: Job, error: Exception) -> None:
        delay = None if isinstance(error, HOPELESS) else self._backoff.delay_s(job.attempt)
        if delay is None:
            headers = {"error": str(error)[:2000]}
            await asyncio.to_thread(self._send, self._topics.dead, job, headers)
            return
        again = replace(job, attempt=job.attempt + 1)
        headers = {HEADER: str(time.time() + delay)}
        await asyncio.to_thread(self._send, self._topics.retry, again, headers)

    async def _is_done(self, job: Job) -> bool:
        if job.idempotency_key is None:
            return False
        query = select(JobKey.key).where(
            JobKey.tenant_id == job.tenant_id,
            JobKey.name == job.name,
            JobKey.key == job.idempotency_key,
        )
        async with self._database.tenant(job.tenant_id) as session:
            return (await session.execute(query)).first() is not None

    async def _mark_done(self, job: Job) -> None:
        if job.idempotency_key is None:
            return
        key = {"tenant_id": job.tenant_id, "name": job.name, "key": job.idempotency_key}
        async with self._database.tenant(job.tenant_id) as session:
            await session.execute(insert(JobKey).values(**key).on_conflict_do_nothing())

    def _send(self, topic: str, job: Job, headers: Mapping[str, str]) -> None:
        failures: list[KafkaError] = []

        def delivered(error: KafkaError | None, _message: Message) -> None:
            if error is not None:
                failures.append(error)

        try:
            self._producer.produce(
                topic,
                json.dumps(to_json(job)).encode(),
                key=f"{job.tenant_id}/{job.idempotency_key or job.correlation_id}",
                headers={name: value.encode() for name, value in headers.items()},
                on_delivery=delivered,
            )
            left = self._producer.flush(self._delivery_s + 1)
        except (BufferError, KafkaException) as error:
            raise QueueUnavailableError("The job could not be handed over; try again.") from error
        if left or failures:
            raise QueueUnavailableError("The job could not be handed over; try again.")

    def _subscribe(self, topics: list[str]) -> Consumer:
        for topic in topics:
            # Asking for a topic makes it, where the broker allows that.
            self._producer.list_topics(topic, timeout=DELIVERY_S)
        consumer = Consumer(
            {
                "bootstrap.servers": self._servers,
                "group.id": f"{self._topics.jobs}.workers",
                # Kafka 4's protocol (KIP-848): a worker that starts again need not wait for others.
                "group.protocol": "consumer",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "max.poll.interval.ms": LONGEST_BATCH_MS,
            }
        )
        consumer.subscribe(topics)
        return consumer

    def _read(self, topic: str, limit: int) -> list[Message]:
        """Read a topic from its beginning to its present end, without joining a group."""
        consumer = Consumer({"bootstrap.servers": self._servers, "group.id": f"{topic}.readers"})
        try:
            metadata = consumer.list_topics(topic, timeout=DELIVERY_S).topics[topic]
            partitions = [TopicPartition(topic, number, 0) for number in metadata.partitions]
            ends = [consumer.get_watermark_offsets(p, timeout=DELIVERY_S)[1] for p in partitions]
            consumer.assign(partitions)
            wanted = min(limit, sum(ends))
            return consumer.consume(wanted, DELIVERY_S) if wanted else []
        finally:
            consumer.close()


def _is_job(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.fatal():
        raise KafkaException(error)
    return False


def _job(message: Message) -> Job:
    value: dict[str, Any] = json.loads(message.value() or b"{}")
    return from_json(value)


async def open_queue(settings: RuntimeSettings, *, backoff: Backoff) -> KafkaJobQueue:
    """Return the queue at ``settings.kafka_bootstrap_servers``; it connects when first used.

    Raises:
        SettingsError: there is no address, or no database for the idempotency keys.
    """
    servers = settings.kafka_bootstrap_servers
    if not servers:
        raise SettingsError(
            "KAFKA_BOOTSTRAP_SERVERS is not set: start with `make dev`, or see .env.example."
        )
    topics = Topics.of(product_entry("slug"))
    return KafkaJobQueue(servers, topics, Database.open(settings, pool_size=2), backoff)
