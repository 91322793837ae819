"""What is measured: processes of their own, on a core of their own where the system allows it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from runtime.product import root

from .load import Target
from .upstream import DIMENSIONS

START_S = 300
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
"""Those that this process may use at its start."""
MEASURED_CORE, OTHER_CORE = 0, 1


@dataclass(frozen=True)
class Server:
    """A running server and what it cost to start it."""

    target: Target
    process: psutil.Process
    start_s: float

    def cpu_s(self) -> float:
        """Return the processor time used so far."""
        spent = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            times = process.cpu_times()
            spent += times.user + times.system
        return spent

    def rss_mb(self) -> float:
        """Return the memory in use."""
        processes = (self.process, *self.process.children(recursive=True))
        return sum(process.memory_info().rss for process in processes) / 1e6


@contextmanager
def upstream() -> Iterator[Target]:
    """Run the model API."""
    port = _free_port()
    command = [sys.executable, "-m", f"{__package__}.upstream", str(port)]
    with _running(command, port, "", OTHER_CORE, cwd=root()) as server:
        yield server.target


@contextmanager
def proxy(folder: Path, upstream_port: int) -> Iterator[Server]:
    """Run this proxy as production runs it, with every policy on."""
    models = folder / "models"
    registry = os.environ.get("MODELS_FOLDER") or root() / "models"
    shutil.copytree(registry, models, dirs_exist_ok=True)
    _write(models / "registry.d" / "benchmark.yaml", {"models": [_model("chat"), _model("embed")]})
    _write(models / "policy.d" / "benchmark.yaml", {"grants": [_GRANT]})
    port, key = _free_port(), secrets.token_urlsafe()
    environ = {
        "ENVIRONMENT": "production",
        "CACHE": "memory",
        "MODELS_FOLDER": str(models),
        "MODEL_PROXY_KEY": key,
        "MODEL_PROXY_PORT": str(port),
        "BENCHMARK_URL": f"http://127.0.0.1:{upstream_port}/v1",
        "REQUESTS_PER_S": "100000",
        "REQUESTS_BURST": "100000",
        "SEMANTIC_CACHE_TTLS_S": '{"answer": 300}',
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{upstream_port}",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.05",
    }
    command = [sys.executable, "-m", "model_proxy"]
    with _running(command, port, key, MEASURED_CORE, cwd=root(), environ=environ) as server:
        yield server


@contextmanager
def litellm(folder: Path, upstream_port: int, program: Path, *, policies: bool) -> Iterator[Server]:
    """Run LiteLLM's proxy bare, or with what it has of its own for this proxy's policies."""
    port, key = _free_port(), f"sk-{secrets.token_urlsafe()}"
    file = folder / f"litellm-{port}.yaml"
    _write(file, _litellm(upstream_port, key, policies=policies))
    command = [str(program), "--config", str(file), "--port", str(port)]
    command += ["--host", "127.0.0.1", "--num_workers", "1"]
    environ = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    with _running(command, port, key, MEASURED_CORE, cwd=folder, environ=environ) as server:
        yield server


def _litellm(upstream_port: int, key: str, *, policies: bool) -> dict[str, object]:
    parameters: dict[str, object] = {
        "model": "openai/upstream-1",
        "api_base": f"http://127.0.0.1:{upstream_port}/v1",
        "api_key": "none",
    }
    bare: dict[str, object] = {
        "model_list": [{"model_name": "answer", "litellm_params": parameters}],
        "litellm_settings": {"telemetry": False},
        "general_settings": {"master_key": key},
    }
    if not policies:
        return bare
    limited = parameters | {"rpm": 10**8, "tpm": 10**11}
    names = ("answer", "fallback")
    return bare | {
        "model_list": [{"model_name": name, "litellm_params": limited} for name in names],
        "litellm_settings": {"telemetry": False, "cache": True, "cache_params": {"type": "local"}},
        "router_settings": {
            "routing_strategy": "usage-based-routing-v2",
            "enable_pre_call_checks": True,
            "num_retries": 1,
            "allowed_fails": 3,
            "cooldown_time": 30,
            "fallbacks": [{"answer": ["fallback"]}],
        },
    }


_GRANT = {
    "use_cases": ["answer", "retrieval", "general"],
    "providers": ["benchmark"],
    "regions": ["local"],
    "retention_days": 0,
    "reason": "The benchmark's own model, on this machine.",
}


def _model(kind: str) -> dict[str, object]:
    chat = kind == "chat"
    model: dict[str, object] = {
        "name": f"benchmark-{kind}",
        "kind": "chat" if chat else "embeddings",
        "serves": ["answer" if chat else "embed"],
        "rank": 0,
        "stage": "stable",
        "adapter": "openai_compatible",
        "provider": "benchmark",
        "upstream": "upstream-1",
        "version": "1",
        "base_url": {"env": "BENCHMARK_URL"},
        "region": "local",
        "retention_days": 0,
        "prices": {"input": 0.1, "output": 0.4},
        "limits": {"context_tokens": 100_000, "timeout_s": 30},
        "approved_by": "the benchmark",
    }
    return model if chat else model | {"dimensions": DIMENSIONS}


@contextmanager
def _running(
    command: Sequence[str],
    port: int,
    key: str,
    core: int,
    *,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    log = cwd / f"{port}.log" if cwd != root() else Path(os.devnull)
    inherited = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=cwd,
            env={**inherited, **(environ or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pin(process.pid, core)
    try:
        _await_port(process, port)
        yield Server(Target(port, key), psutil.Process(process.pid), time.perf_counter() - started)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, where the system can and there are two."""
    if len(CORES) > 1:
        os.sched_setaffinity(pid, {CORES[core]})


def _await_port(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not answer within {START_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False))
