"""What only the Kafka queue has: delays without a delay, and a broker that may be away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException

from devstack.fixtures import TestTenant
from devstack.queues import working
from runtime.database import Database
from runtime.queues import Backoff, Job, QueueUnavailableError
from runtime.queues.kafka import KafkaJobQueue, Topics, open_queue
from runtime.queues.kafka_offsets import Waiting
from runtime.settings import RuntimeSettings, SettingsError

NewJob = Callable[..., Job]


@pytest.fixture
def settings(use: Callable[..., RuntimeSettings]) -> RuntimeSettings:
    return use(jobs="kafka")


async def test_a_job_that_waits_does_not_hold_up_another(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob
) -> None:
    failing, other, seen = new_job(tenant.id), new_job(tenant.id), list[str]()
    queue = await open_queue(settings, backoff=Backoff(attempts=2, first_s=3600, longest_s=3600))

    async def handle(job: Job) -> None:
        seen.append(job.correlation_id)
        if job.correlation_id == failing.correlation_id:
            await queue.enqueue(other)
            raise RuntimeError("planted fault")

    async with working(queue, {failing.name: handle}):
        await queue.enqueue(failing)
        for _ in range(400):
            if other.correlation_id in seen:
                break
            await asyncio.sleep(0.05)
    await queue.close()
    assert seen.count(failing.correlation_id) == 1
    assert seen.count(other.correlation_id) == 1


async def test_a_job_that_waits_is_not_lost_when_its_partition_moves(
    settings: RuntimeSettings,
    tenant: TestTenant,
    new_job: NewJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumers, tries, is_held = list[Consumer](), asyncio.Queue[int](), asyncio.Event()
    hold = Waiting._pause

    def opened(*arguments: Any) -> Consumer:
        consumers.append(Consumer(*arguments))
        return consumers[-1]

    def noted(*given: Any) -> None:
        hold(*given)
        is_held.set()

    monkeypatch.setattr("runtime.queues.kafka.Consumer", opened)
    monkeypatch.setattr(Waiting, "_pause", noted)
    job = new_job(tenant.id)
    queue = await open_queue(settings, backoff=Backoff(attempts=2, first_s=5, longest_s=5))

    async def handle(job: Job) -> None:
        tries.put_nowait(job.attempt)
        if job.attempt == 1:
            raise RuntimeError("planted fault")

    async with working(queue, {job.name: handle}), asyncio.timeout(60):
        await queue.enqueue(job)
        assert await tries.get() == 1
        await is_held.wait()
        # Away and back, as in a group that others join and leave.
        topics = [queue._topics.jobs, queue._topics.retry]
        await asyncio.to_thread(consumers[0].unsubscribe)
        await asyncio.to_thread(consumers[0].subscribe, topics)
        assert await tries.get() == 2
    await queue.close()


class Forgotten(Consumer):
    """Was away for longer than the group waits: what it did then does not count."""

    is_fatal = False
    left = 1

    def commit(self, *arguments: Any, **options: Any) -> Any:
        if type(self).left:
            type(self).left -= 1
            unknown = KafkaError(KafkaError.UNKNOWN_MEMBER_ID, "planted", fatal=self.is_fatal)
            raise KafkaException(unknown)
        return super().commit(*arguments, **options)


async def test_a_worker_that_the_group_forgot_goes_on(
    settings: RuntimeSettings,
    tenant: TestTenant,
    new_job: NewJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.queues.kafka.Consumer", type("Once", (Forgotten,), {}))
    first, second, seen = new_job(tenant.id), new_job(tenant.id), asyncio.Queue[str]()
    queue = await open_queue(settings, backoff=Backoff())

    async def handle(job: Job) -> None:
        seen.put_nowait(job.correlation_id)

    async with working(queue, {first.name: handle}):
        for job in (first, second):
            await queue.enqueue(job)
            async with asyncio.timeout(60):
                assert await seen.get() == job.correlation_id
    await queue.close()


async def test_a_worker_that_cannot_go_on_says_so(
    settings: RuntimeSettings,
    tenant: TestTenant,
    new_job: NewJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fatal = type("Fatal", (Forgotten,), {"is_fatal": True})
    monkeypatch.setattr("runtime.queues.kafka.Consumer", fatal)
    job = new_job(tenant.id)
    queue = await open_queue(settings, backoff=Backoff())

    async def handle(_job: Job) -> None:
        return

    await queue.enqueue(job)
    async with asyncio.timeout(60):
        with pytest.raises(KafkaException, match="planted"):
            await queue.run({job.name: handle})
    await queue.close()


async def test_enqueue_says_that_the_broker_is_away(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob
) -> None:
    database = Database.open(settings)
    queue = KafkaJobQueue("127.0.0.1:1", Topics.of("away"), database, Backoff(), delivery_s=0.5)
    with pytest.raises(QueueUnavailableError):
        await queue.enqueue(new_job(tenant.id))
    await queue.close()


async def test_open_queue_needs_an_address(settings: RuntimeSettings) -> None:
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": ""})
    with pytest.raises(SettingsError, match="KAFKA_BOOTSTRAP_SERVERS"):
        await open_queue(nowhere, backoff=Backoff())
