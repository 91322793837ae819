"""A module in ``jobs/`` is a job; anything else there is an error."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import workers.jobs
from runtime.database import Database
from runtime.database.models import Document
from runtime.events import PayloadError
from runtime.product import root
from workers.app import bootstrap
from workers.context import Context
from workers.jobs import JobModuleError, load_handlers
from workers.settings import WorkerSettings


def test_load_handlers_finds_every_job(context: Context) -> None:
    assert {"ingest_document", "store_answer"} <= load_handlers(context).keys()


def test_load_handlers_each_job_has_a_contract(context: Context) -> None:
    for name in load_handlers(context):
        assert (root() / "contracts" / "events" / f"{name}.json").is_file()


def test_load_handlers_takes_a_dropped_in_job(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "greet_people.py").write_text(
        'name = "greet_people"\n\nasync def handle(context, job): ...\n'
    )
    monkeypatch.setattr(workers.jobs, "__path__", [*workers.jobs.__path__, str(tmp_path)])
    assert "greet_people" in load_handlers(context)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("name = 'incomplete'", "needs a name and a handle"),
        ("name = 'store_answer'\nasync def handle(c, j): ...", "another job has the name"),
    ],
)
def test_load_handlers_refuses_a_module_that_is_no_job(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    module = f"zz_{abs(hash(code))}"
    (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.setattr(workers.jobs, "__path__", [*workers.jobs.__path__, str(tmp_path)])
    with pytest.raises(JobModuleError, match=said):
        load_handlers(context)


async def test_workers_run_what_is_enqueued_and_finish_it_when_stopped(
    worker_settings: WorkerSettings, upload: Any, make_job: Any, database: Database
) -> None:
    document = await upload(b"Tea is hot.")
    async with bootstrap(worker_settings) as running:
        work = asyncio.create_task(running.run())
        job = make_job("ingest_document", document_id=str(document.id))
        await running.queue.enqueue(job)
        async with asyncio.timeout(60):
            await until_ready(database, document)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def test_enqueue_refuses_a_payload_that_breaks_the_contract(
    queue: Any, make_job: Any
) -> None:
    with pytest.raises(PayloadError):
        await queue.enqueue(make_job("ingest_document", document_id="not a uuid", more=1))


async def until_ready(database: Database, document: Document) -> None:
    status = ""
    while status != "ready":
        async with database.tenant(document.tenant_id) as session:
            status = (await session.get_one(Document, document.id)).status
