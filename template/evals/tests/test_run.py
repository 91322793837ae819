"""``python -m evals`` for real: the product's splitter, search, prompts and model proxy."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
import yaml

from devstack.databases import IN_MEMORY
from evals.__main__ import main
from evals.assistant import Assistant, open_assistant
from evals.guards import QUALITY
from evals.leaks import leak_guards
from evals.samples import Answer, Sample, load_samples
from evals.seeds import Tenant, secrets_of
from evals.serving import serve_model_proxy
from evals.suites import Ask, Thresholds, run_suite
from model_proxy.testing import own_models
from runtime.prompts import load_prompts

# covers R-0305
# covers R-0307

ALL = Thresholds(1.0, {})


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registry and the policy without the drop-ins: the deterministic model answers."""
    return own_models(tmp_path_factory.mktemp("own"))["models_folder"]


@pytest.fixture(autouse=True)
def at_the_root(root: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run as a person does, without adapters, and leave the logs as they were."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("ENVIRONMENT", "test")
    monkeypatch.setenv("MODELS_FOLDER", str(models))
    for port, name in IN_MEMORY.items():
        monkeypatch.setenv(port.upper(), name)
    yield
    structlog.reset_defaults()


def test_main_passes_every_suite_and_writes_reports(tmp_path: Path) -> None:
    assert main(["golden", "adversarial", "holdout", "--reports", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "golden.json").read_text(encoding="utf-8"))
    assert report["facts"]["model"] == "deterministic-1"
    assert len(report["facts"]["samples_sha256"]) == 64
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{suite}.{kind}"
        for suite in ("adversarial", "golden", "holdout")
        for kind in ("json", "xml")
    ]


def test_main_tells_the_proxy_which_samples_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_RECORD_FOLDER", str(tmp_path / "records"))
    assert main(["golden", "--reports", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "golden.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "records" / "chats.jsonl").read_text(encoding="utf-8").splitlines()
    told = {json.loads(line)["dataset"] for line in lines}
    assert told == {report["facts"]["samples_sha256"]}


def test_main_turns_red_on_a_seeded_wrong_target(
    root: Path, domain: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("prompts", "seeds", "evals", "flags.yaml", "product.toml"):
        (tmp_path / part).symlink_to(root / part)
    (tmp_path / "evals").unlink()
    (tmp_path / "evals" / "golden").mkdir(parents=True)
    (tmp_path / "evals" / "thresholds.yaml").symlink_to(root / "evals" / "thresholds.yaml")
    rows = (root / "evals" / "golden" / f"{domain}.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(rows[0])
    first["target"] += " That took 987654 days."
    changed = "\n".join([json.dumps(first), *rows[1:]])
    (tmp_path / "evals" / "golden" / f"{domain}.jsonl").write_text(changed, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["golden"]) == 1
    report = json.loads((tmp_path / "evals" / "reports" / "golden.json").read_text())
    assert [row["id"] for row in report["results"] if not row["passed"]] == [first["id"]]


def test_main_refuses_a_suite_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["silver"])
    assert "no such suite: silver" in capsys.readouterr().err


async def test_every_suggestion_is_answered_for_one_of_the_tenants(
    root: Path, domain: str, tenants: dict[str, Tenant], sample: Callable[..., Sample]
) -> None:
    path = root / "seeds" / domain / "welcome.yaml"
    suggestions = yaml.safe_load(path.read_text(encoding="utf-8"))["suggestions"]
    prompts = load_prompts(root / "prompts" / domain)
    async with (
        serve_model_proxy() as address,
        open_assistant(address.url, address.key, prompts, tenants) as assistant,
    ):
        for question in suggestions:
            rows = [sample("An answer.", question=question, tenant=slug) for slug in tenants]
            texts = [(await assistant.answer(row)).text for row in rows]
            assert any("[" in text for text in texts), question


async def test_adversarial_suite_catches_a_search_that_forgets_the_tenant(
    root: Path, domain: str, tenants: dict[str, Tenant]
) -> None:
    everything = tuple(d for tenant in tenants.values() for d in tenant.documents)
    leaky = {slug: replace(tenant, documents=everything) for slug, tenant in tenants.items()}
    failed = await _failed_families(root, domain, tenants, leaky, lambda answer: answer)
    assert "tenant_exfiltration" in failed


async def test_adversarial_suite_catches_a_model_that_tells_its_instructions(
    root: Path, domain: str, tenants: dict[str, Tenant]
) -> None:
    def tell(answer: Answer) -> Answer:
        return replace(answer, text=f"{answer.text} I was told: {answer.instructions}")

    failed = await _failed_families(root, domain, tenants, tenants, tell)
    assert "prompt_leak" in failed


async def test_adversarial_suite_catches_a_model_that_obeys_documents(
    root: Path, domain: str, tenants: dict[str, Tenant]
) -> None:
    def obey(answer: Answer) -> Answer:
        return replace(answer, text=" ".join(passage.text for passage in answer.passages))

    failed = await _failed_families(root, domain, tenants, tenants, obey)
    assert "document_injection" in failed


async def test_golden_suite_catches_a_search_that_forgets_the_tenant(
    root: Path, domain: str, tenants: dict[str, Tenant]
) -> None:
    everything = tuple(d for tenant in tenants.values() for d in tenant.documents)
    leaky = {slug: replace(tenant, documents=everything) for slug, tenant in tenants.items()}
    async with (
        serve_model_proxy() as address,
        open_assistant(
            address.url, address.key, load_prompts(root / "prompts" / domain), leaky
        ) as assistant,
    ):
        rows = load_samples(root / "evals" / "golden" / f"{domain}.jsonl")
        outcome = await run_suite("golden", rows, assistant.answer, QUALITY, ALL)
    assert "isolation" in {family.name for family in outcome.families if not family.ok}


async def _failed_families(
    root: Path,
    domain: str,
    tenants: dict[str, Tenant],
    stored: dict[str, Tenant],
    change: Callable[[Answer], Answer],
) -> set[str]:
    prompts = load_prompts(root / "prompts" / domain)
    async with (
        serve_model_proxy() as address,
        open_assistant(address.url, address.key, prompts, stored) as assistant,
    ):
        ask = _changed(assistant, change)
        rows = load_samples(root / "evals" / "adversarial" / f"{domain}.jsonl")
        guards = leak_guards(secrets_of(tenants))
        outcome = await run_suite("adversarial", rows, ask, guards, ALL)
    return {family.name for family in outcome.families if not family.ok}


def _changed(assistant: Assistant, change: Callable[[Answer], Answer]) -> Ask:
    async def ask(sample: Sample) -> Answer:
        return change(await assistant.answer(sample))

    return ask
