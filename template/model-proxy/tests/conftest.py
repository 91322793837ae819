"""A running proxy: real HTTP on loopback, a registry in a temporary folder."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from hypothesis import settings as hypothesis_settings
from openai import AsyncOpenAI

from devstack.databases import IN_MEMORY
from model_proxy import vectors
from model_proxy.app import bootstrap
from model_proxy.settings import ProxySettings
from model_proxy.testing import ScriptedAPI, serve
from runtime.pins import write_pins

# The same examples each time, however busy the machine is; a fault found by chance would stop a
# release that did not make it.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.load_profile("same")

KEY = "key-of-the-test"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Client:
    """Both ways to talk to a proxy: plain HTTP and OpenAI's own client."""

    url: str
    http: aiohttp.ClientSession

    @cached_property
    def openai(self) -> AsyncOpenAI:
        """OpenAI's client, made where a test asks for it: it reads certificates for long."""
        return AsyncOpenAI(base_url=f"{self.url}/v1", api_key=KEY, max_retries=0)

    async def aclose(self) -> None:
        """Close OpenAI's client, if there is one."""
        if "openai" in vars(self):
            await self.openai.close()

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Send JSON; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"{self.url}{path}", json=body, headers=named)

    def get(self, path: str) -> Any:
        """Read a resource."""
        return self.http.get(f"{self.url}{path}")


Start = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for remembered questions for as long as it takes, on however busy a machine."""
    monkeypatch.setattr(vectors, "PATIENCE_S", 60.0)


@pytest.fixture
def settings(models: Path, prompts: Path) -> Callable[..., ProxySettings]:
    """Make settings for tests; keywords win."""

    def make(**given: Any) -> ProxySettings:
        defaults = {
            **IN_MEMORY,
            "environment": "test",
            "models_folder": models,
            "prompts_folder": prompts,
            "model_proxy_key": KEY,
            "model_word_delay_ms": 0,
        }
        return ProxySettings(**{**defaults, **given})

    return make


@pytest.fixture
def start(settings: Callable[..., ProxySettings]) -> Start:
    """Start a proxy over the registry in ``models``; keywords are settings."""

    @asynccontextmanager
    async def start_proxy(
        environ: Mapping[str, str] | None = None, **given: Any
    ) -> AsyncIterator[Client]:
        async with (
            serve(bootstrap(settings(**given), environ or {})) as url,
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as http,
            aclosing(Client(url, http)) as client,
        ):
            yield client

    return start_proxy


@pytest.fixture
def environ(models: Path, prompts: Path) -> dict[str, str]:
    """The environment of a process under which it needs nothing that an option brings."""
    adapters = {name.upper(): value for name, value in IN_MEMORY.items()}
    folders = {"MODELS_FOLDER": str(models), "PROMPTS_FOLDER": str(prompts)}
    return {**os.environ, "ENVIRONMENT": "test", **adapters, **folders}


PROMPT = """
name: answer
version: 1
family: test
language: en
temperature: 0
inputs: [context, question]
output: {type: text}
messages: [{role: user, content: "{context} {question}"}]
"""


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One prompt, of no domain."""
    folder = tmp_path_factory.mktemp("prompts")
    (folder / "answer.yaml").write_text(PROMPT)
    write_pins(folder)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with the registry and the policy as they are shipped, without the drop-ins."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("registry.yaml", "policy.yaml"):
        (folder / name).write_text((ROOT / "models" / name).read_text())
    return folder


@pytest.fixture
def drop_in(models: Path) -> Callable[[str], None]:
    """Add a shipped drop-in to the registry and the policy."""

    def add(name: str) -> None:
        for folder in ("registry.d", "policy.d"):
            text = (ROOT / "models" / folder / name).read_text()
            (models / folder).mkdir()
            (models / folder / name).write_text(text)

    return add


@pytest.fixture
def add_model(models: Path) -> Callable[..., None]:
    """Add a stable chat model that anybody may use; keywords win, ``None`` leaves a field out."""

    def add(name: str = "remote", **given: Any) -> None:
        model = {
            "name": name,
            "kind": "chat",
            "serves": ["answer"],
            "rank": 1,
            "stage": "stable",
            "adapter": "openai_compatible",
            "provider": "remote",
            "upstream": "upstream-1",
            "version": "1",
            "base_url": {"env": "MODEL_BASE_URL"},
            "region": "local",
            "retention_days": 0,
            "limits": {"context_tokens": 1000, "timeout_s": 60},
            "approved_by": "the tests",
            **given,
        }
        entry = {key: value for key, value in model.items() if value is not None}
        _write(models / "registry.d" / f"{name}.yaml", {"models": [entry]})
        grant = {
            "use_cases": ["general"],
            "providers": [entry["provider"]],
            "regions": [entry["region"]],
            "retention_days": entry["retention_days"],
            "reason": "for the tests",
        }
        _write(models / "policy.d" / f"{name}.yaml", {"grants": [grant]})

    return add


@pytest.fixture
def simulate(add_model: Any) -> Callable[..., None]:
    """Add a deterministic model; keywords win."""

    def add(name: str, **given: Any) -> None:
        plain = {
            "adapter": "deterministic",
            "provider": "deterministic",
            "environments": ["development", "test"],
            "base_url": None,
        }
        add_model(name, **{**plain, **given})

    return add


@pytest.fixture
def two(start: Any, add_model: Any) -> Any:
    """A proxy before two scripted APIs, ``one`` preferred."""

    @asynccontextmanager
    async def over(one: ScriptedAPI, other: ScriptedAPI) -> AsyncIterator[Any]:
        prices = {"input": 1_000_000, "output": 2_000_000}
        add_model("one", base_url={"env": "ONE_URL"}, prices=prices)
        add_model("two", base_url={"env": "TWO_URL"}, prices=prices, rank=2)
        async with serve(one) as first, serve(other) as second:
            environ = {"ONE_URL": f"{first}/v1", "TWO_URL": f"{second}/v1"}
            async with start(environ) as client:
                yield client

    return over


@pytest.fixture
def rules(models: Path) -> Callable[..., None]:
    """Write ``routing.yaml``; what isn't given has its default."""

    def write(**given: Any) -> None:
        _write(models / "routing.yaml", given)

    return write


@pytest.fixture
def flags(tmp_path: Path) -> Callable[..., Path]:
    """Write ``flags.yaml`` with flags whose only variant is the given value."""

    def write(**given: Any) -> Path:
        entries = {
            f"model-{name.replace('_', '-')}": {
                "description": "of the test",
                "variants": {"given": value},
                "defaultVariant": "given",
            }
            for name, value in given.items()
        }
        _write(tmp_path / "flags.yaml", {"flags": entries})
        return tmp_path / "flags.yaml"

    return write


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False))
