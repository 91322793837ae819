"""The registry: what is wrong is told with its file and line."""

# covers R-0505

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_proxy.app import bootstrap
from model_proxy.policy import load_policy
from model_proxy.registry import load_registry
from model_proxy.sources import ConfigurationError

ENTRY = """\
models:
  - name: my-model
    kind: chat
    serves: [answer]
    rank: 5
    stage: stable
    adapter: openai_compatible
    provider: mine
    upstream: mine-1
    version: "1"
    region: local
    retention_days: 0
    limits: {context_tokens: 1000}
    approved_by: somebody
"""


@pytest.fixture
def put(models: Path) -> Callable[[str], Path]:
    """Write a drop-in of the registry."""

    def write(text: str) -> Path:
        file = models / "registry.d" / "mine.yaml"
        file.parent.mkdir()
        file.write_text(text)
        return file

    return write


def test_load_registry_reads_drop_ins_and_orders_by_rank(models: Path, put: Any) -> None:
    put(ENTRY)
    registry = load_registry(models)
    names = [model.name for model in registry.candidates("answer")]
    assert names == ["my-model", "deterministic-answer"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("kind: chat", "kind: chatter", 3, "models.0.kind: Input should be 'chat' or 'embeddings'"),
        ("rank: 5", "rank: first", 5, "models.0.rank"),
        ("    region: local\n", "", 2, "models.0.region: Field required"),
        (
            "    region: local\n",
            "    region: local\n    colour: red\n",
            12,
            "models.0.colour: Extra",
        ),
        ("{context_tokens: 1000}", "{context_tokens: 0}", 13, "models.0.limits.context_tokens"),
        ("approved_by: somebody", 'approved_by: ""', 14, "models.0.approved_by"),
        ("name: my-model", "name: deterministic-answer", 2, "exists already"),
        ("kind: chat", "kind: embeddings", 2, "an embeddings model needs dimensions"),
        ("adapter: openai_compatible", "adapter: deterministic", 2, "can't answer in production"),
        ("kind: chat", "kind: [", 5, "expected"),
    ],
)
def test_load_registry_says_what_is_wrong_and_where(
    models: Path, put: Any, old: str, new: str, line: int, said: str
) -> None:
    file = put(ENTRY.replace(old, new))
    with pytest.raises(ConfigurationError) as caught:
        load_registry(models)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert said in str(caught.value)


def test_load_registry_refuses_an_alias_that_is_a_model(models: Path, put: Any) -> None:
    put(ENTRY.replace("[answer]", "[lexical-embed]"))
    with pytest.raises(ConfigurationError, match="lexical-embed is a model and an alias"):
        load_registry(models)


def test_load_registry_refuses_an_alias_of_two_kinds(models: Path, put: Any) -> None:
    put(ENTRY.replace("[answer]", "[embed]"))
    with pytest.raises(ConfigurationError, match="embed mixes chat and embeddings"):
        load_registry(models)


def test_load_registry_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"registry\.yaml: No such file"):
        load_registry(tmp_path)


def test_load_policy_says_what_is_wrong_and_where(models: Path) -> None:
    (models / "policy.yaml").write_text("grants:\n  - use_cases: [general]\n    providers: [x]\n")
    with pytest.raises(ConfigurationError, match=r"policy\.yaml:2: grants\.0\.regions"):
        load_policy(models)


def test_bootstrap_names_an_adapter_that_does_not_exist(put: Any, settings: Any) -> None:
    put(ENTRY.replace("openai_compatible", "telepathy"))
    with pytest.raises(ConfigurationError, match=r"my-model: there is no adapter providers/tele"):
        bootstrap(settings(), {})


def test_model_cost_is_per_million_tokens(models: Path, put: Any) -> None:
    put(ENTRY + "    prices: {input: 2, output: 8}\n")
    assert load_registry(models).models["my-model"].cost(500_000, 250_000) == 3.0
