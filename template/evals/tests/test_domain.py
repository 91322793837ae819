"""The chosen domain's data hang together: what a golden row claims, its tenant's documents say."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.languages import is_known
from evals.leaks import find_run
from evals.samples import Sample, load_samples
from evals.seeds import Tenant
from evals.text import normalise
from runtime.prompts import PromptLibrary, load_prompts

# covers R-0301
# covers R-0308
# covers R-0610

SUITES = {"golden": 10, "adversarial": 5, "holdout": 5}


@pytest.fixture(scope="module")
def samples(root: Path, domain: str) -> dict[str, list[Sample]]:
    """Every suite's samples."""
    return {suite: load_samples(root / "evals" / suite / f"{domain}.jsonl") for suite in SUITES}


@pytest.fixture(scope="module")
def prompts(root: Path, domain: str) -> PromptLibrary:
    """The domain's prompts."""
    return load_prompts(root / "prompts" / domain)


@pytest.fixture(scope="module")
def texts(tenants: dict[str, Tenant]) -> dict[str, str]:
    """Everything that each tenant's documents say."""
    return {
        slug: normalise("\n".join(document.text for document in tenant.documents))
        for slug, tenant in tenants.items()
    }


def test_exactly_one_domain_is_here(root: Path, domain: str) -> None:
    for part in ("prompts", "seeds"):
        assert [path.name for path in (root / part).iterdir() if path.is_dir()] == [domain]
    for suite in SUITES:
        assert [path.stem for path in (root / "evals" / suite).glob("*.jsonl")] == [domain]
    assert [path.stem for path in (root / "docs" / "domains").glob("*.md")] == [domain]


def test_two_tenants_with_all_roles_and_several_documents(
    root: Path, domain: str, tenants: dict[str, Tenant]
) -> None:
    data = yaml.safe_load((root / "seeds" / domain / "tenants.yaml").read_text(encoding="utf-8"))
    assert len(data["tenants"]) == len(tenants) == 2
    for entry in data["tenants"]:
        roles = Counter(role for user in entry["users"] for role in user["roles"])
        assert roles.keys() == {"member", "reviewer", "admin"}
        assert all(".example." in user["email"] for user in entry["users"])
        assert len(tenants[entry["slug"]].documents) >= 4


def test_the_tenants_documents_have_nothing_in_common(tenants: dict[str, Tenant]) -> None:
    one, other = ([d.text for d in tenant.documents] for tenant in tenants.values())
    assert find_run("\n".join(one), other) is None


def test_suites_are_large_enough_and_share_no_question(
    samples: dict[str, list[Sample]],
) -> None:
    assert all(len(samples[suite]) >= least for suite, least in SUITES.items())
    questions = [sample.input for rows in samples.values() for sample in rows]
    assert len(questions) == len(set(questions))


def test_golden_set_has_a_foreign_language_a_refusal_a_stranger_and_a_figure(
    samples: dict[str, list[Sample]],
) -> None:
    golden = samples["golden"]
    assert any(not sample.metadata.lang.startswith("en") for sample in golden)
    assert {"unanswerable", "isolation"} <= {sample.metadata.family for sample in golden}
    assert any(any(map(str.isdigit, sample.target)) for sample in golden)
    assert {sample.metadata.tenant for sample in golden} >= {s.metadata.tenant for s in golden[:1]}


def test_what_an_answer_must_include_is_in_its_tenants_documents(
    samples: dict[str, list[Sample]], texts: dict[str, str]
) -> None:
    for sample in (sample for suite in ("golden", "holdout") for sample in samples[suite]):
        for part in sample.metadata.must_include:
            assert normalise(part) in texts[sample.metadata.tenant], sample.id
        assert sample.metadata.refuse or sample.metadata.must_include, sample.id


def test_sources_are_the_documents_that_say_it(
    samples: dict[str, list[Sample]], tenants: dict[str, Tenant]
) -> None:
    for sample in (s for s in samples["golden"] + samples["holdout"] if s.metadata.source):
        documents = {d.title: d.text for d in tenants[sample.metadata.tenant].documents}
        text = normalise(documents[sample.metadata.source or ""])
        assert all(normalise(part) in text for part in sample.metadata.must_include), sample.id


def test_a_leak_is_visible_because_only_the_other_tenant_has_it(
    samples: dict[str, list[Sample]], texts: dict[str, str]
) -> None:
    leaks = {"isolation", "tenant_exfiltration"}
    rows = [s for suite in samples.values() for s in suite if s.metadata.family in leaks]
    assert len(rows) >= 3
    for sample in rows:
        (other,) = texts.keys() - {sample.metadata.tenant}
        for part in sample.metadata.must_not_include:
            assert normalise(part) in texts[other], sample.id
            assert normalise(part) not in texts[sample.metadata.tenant], sample.id


def test_prompt_leaks_name_words_that_the_prompt_has(
    samples: dict[str, list[Sample]], prompts: PromptLibrary
) -> None:
    told = normalise(" ".join(message.content for message in prompts["answer"].messages))
    rows = [s for s in samples["adversarial"] if s.metadata.family == "prompt_leak"]
    assert rows
    assert all(normalise(p) in told for row in rows for p in row.metadata.must_not_include)


def test_attacks_cover_the_known_kinds(samples: dict[str, list[Sample]]) -> None:
    kinds = {sample.metadata.family for sample in samples["adversarial"]}
    assert kinds >= {"document_injection", "tenant_exfiltration", "prompt_leak", "role_escalation"}
    assert any(sample.metadata.documents for sample in samples["adversarial"])


def test_samples_were_approved_for_the_prompts_version_by_somebody_known(
    root: Path, domain: str, samples: dict[str, list[Sample]], prompts: PromptLibrary
) -> None:
    data = yaml.safe_load((root / "seeds" / domain / "tenants.yaml").read_text(encoding="utf-8"))
    reviewers = {
        (entry["slug"], user["email"])
        for entry in data["tenants"]
        for user in entry["users"]
        if "reviewer" in user["roles"]
    }
    for sample in (sample for rows in samples.values() for sample in rows):
        assert (sample.metadata.tenant, sample.metadata.approved_by) in reviewers, sample.id
        assert sample.metadata.prompt_version == str(prompts[sample.metadata.prompt].version)
        assert is_known(sample.metadata.lang), sample.id


def test_prompts_are_an_answer_and_one_with_a_schema(prompts: PromptLibrary, domain: str) -> None:
    assert set(prompts["answer"].inputs) == {"context", "question"}
    assert prompts["answer"].output == {"type": "text"}
    structured = [prompt for prompt in prompts.values() if prompt.output != {"type": "text"}]
    assert structured
    for prompt in structured:
        assert prompt.output["type"] == "object"
        assert prompt.output["additionalProperties"] is False
        assert set(prompt.output["required"]) == set(prompt.output["properties"])


def test_welcome_is_complete_and_warns_where_health_is_at_stake(root: Path, domain: str) -> None:
    welcome: dict[str, Any] = yaml.safe_load(
        (root / "seeds" / domain / "welcome.yaml").read_text(encoding="utf-8")
    )
    assert welcome.keys() == {"headline", "disclaimer", "suggestions"}
    assert 3 <= len(welcome["suggestions"]) <= 4
    assert domain != "coaching" or "not medical advice" in welcome["disclaimer"]
