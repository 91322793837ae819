"""Time, quality, reliability, money, and what a scaler reads. covers R-0508 R-0603."""

import asyncio
import re
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from model_proxy import metrics
from model_proxy.metrics import OTHER, ProxyMetrics
from runtime.product import root

CHAT = {
    "model": "answer",
    "temperature": 0,
    "messages": [{"role": "user", "content": "[1] (A) Tea is hot.\n\nQuestion: Is tea hot?"}],
}
PATH = "/v1/chat/completions"
PRICES = {"prices": {"input": 1_000_000, "output": 2_000_000}}


@pytest.fixture
def read() -> Any:
    """Read a metric's samples: labels that are asked for → value."""

    async def read_metric(client: Any, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        async with client.get("/metrics") as response:
            families = text_string_to_metric_families(await response.text())
        samples = (sample for family in families for sample in family.samples)
        return {
            tuple(sample.labels[label] for label in labels): sample.value
            for sample in samples
            if sample.name == name
        }

    return read_metric


async def send(client: Any, body: Any = None, **headers: str) -> int:
    async with client.post(PATH, body or CHAT, **headers) as response:
        await response.read()
        return int(response.status)


async def test_dials_tell_successes_from_failures_and_memories(start: Any, read: Any) -> None:
    async with start() as client:
        await send(client)
        await send(client)
        await send(client, X_Model_Fault="fail")
        ended = await read(client, "model_proxy_answers_total", "outcome", "cache")
        finished = await read(client, "model_proxy_finishes_total", "finish_reason")
    assert ended == {("ok", "miss"): 1, ("ok", "hit"): 1, ("upstream_failed", "bypass"): 1}
    assert finished == {("stop",): 2}


@pytest.mark.parametrize("stream", [True, False])
async def test_dials_count_tokens_and_money_by_tenant(
    start: Any, read: Any, models: Any, stream: bool
) -> None:
    text = (models / "registry.yaml").read_text()
    priced = text.replace("    region: local", f"    prices: {PRICES['prices']}\n    region: local")
    (models / "registry.yaml").write_text(priced)
    body = CHAT | {"stream": stream}
    async with start() as client:
        for tenant in ("a", "a", "b"):
            await send(client, body, X_Tenant_Id=tenant)
        tokens = await read(client, "model_proxy_tokens_total", "tenant_id", "gen_ai_token_type")
        costs = await read(client, "model_proxy_cost_usd_total", "tenant_id")
    assert tokens["a", "input"] == tokens["b", "input"] > 0
    for tenant in ("a", "b"):
        assert costs[(tenant,)] == tokens[tenant, "input"] + 2 * tokens[tenant, "output"]


async def test_dials_time_the_first_byte_and_the_last(start: Any, read: Any) -> None:
    async with start() as client:
        await send(client, CHAT | {"stream": True})
        for name in ("duration", "time_to_first_chunk"):
            metric = f"gen_ai_client_operation_{name}_seconds_count"
            assert await read(client, metric, "gen_ai_operation_name") == {("chat",): 1}


async def test_dials_show_who_is_in_flight_and_who_waits(start: Any, read: Any) -> None:
    async with start(max_in_flight=1, max_waiting=1, max_waiting_ms=600_000) as client:
        tasks = [asyncio.create_task(send(client, X_Model_Fault="stall")) for _ in range(2)]
        while not (await read(client, "model_proxy_waiting"))[()]:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0)
        assert await read(client, "model_proxy_in_flight") == {(): 1}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while (await read(client, "model_proxy_in_flight"))[()]:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0)


RECORDINGS = root() / "infra/observability/prometheus/recordings/model-proxy.yaml"


async def test_recordings_read_metrics_and_labels_that_there_are(start: Any) -> None:
    groups = yaml.safe_load(RECORDINGS.read_text())["groups"]
    text = " ".join(rule["expr"] for group in groups for rule in group["rules"])
    async with start() as client:
        await send(client)
        await send(client, CHAT | {"stream": True})
        async with client.get("/metrics") as response:
            families = list(text_string_to_metric_families(await response.text()))
    samples = [sample for family in families for sample in family.samples]
    known = {sample.name for sample in samples}
    labels = {label for sample in samples for label in sample.labels} | {"job"}
    assert set(re.findall(r"\b((?:gen_ai_client|model_proxy)_\w+)\{", text)) <= known
    assert set(re.findall(r"(\w+)(?:=|!)~?\"", text)) <= labels
    assert set(", ".join(re.findall(r"by \(([^)]*)\)", text)).split(", ")) <= labels


def test_dials_bound_the_number_of_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MAX_TENANTS", 2)
    registry = CollectorRegistry()
    figures = ProxyMetrics(registry)
    for tenant in ("a", "b", "c", "d", "a"):
        figures.used("model", tenant, read=1, written=1, cost_usd=1)
    tenants = {
        sample.labels["tenant_id"]: sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "model_proxy_cost_usd_total"
    }
    assert tenants == {"a": 2, "b": 1, OTHER: 2}
