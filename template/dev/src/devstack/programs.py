"""The product's own processes and what each is told."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from devstack.ports import free_ports
from devstack.processes import Program

NO_NODE = (
    "Sign-in and the UI need Node 20.19 or newer, and there is no `node` on this machine's PATH: "
    "install it from your system's packages or from nodejs.org, then run `make dev` again."
)

USUAL = (8000, 8001, 9000, 5173, 8002)


class StackError(Exception):
    """The product can't be started here; the message says what to do."""

    code = "stack"


@dataclass(frozen=True)
class Ports:
    """Where the processes listen on loopback."""

    gateway: int
    model_proxy: int
    identity: int
    ui: int
    workers: int

    @classmethod
    def pick(cls, *, ephemeral: bool) -> "Ports":
        """Return the usual ports or the next free ones; any free ones where ``ephemeral``."""
        return cls(*free_ports([0] * len(USUAL) if ephemeral else USUAL))

    def moved(self) -> dict[str, str]:
        """Explain, by the program's name, each port that is not the usual one."""
        return {
            name.replace("_", "-"): f"port {usual} is taken: it listens on {port}"
            for (name, port), usual in zip(asdict(self).items(), USUAL, strict=True)
            if port != usual
        }


def gateway(root: Path, ports: Ports) -> Program:
    """The edge."""
    return Program(
        name="gateway",
        command=[sys.executable, "-m", "gateway"],
        environment={"GATEWAY_PORT": str(ports.gateway)},
        ready_url=f"http://127.0.0.1:{ports.gateway}/ready",
        sources=_existing(
            root,
            "gateway/src",
            "auth/src",
            "auth/policy.yaml",
            "runtime/src",
            "prompts",
            "flags.yaml",
        ),
    )


def model_proxy(root: Path, ports: Ports) -> Program:
    """The door to the models."""
    return Program(
        name="model-proxy",
        command=[sys.executable, "-m", "model_proxy"],
        environment={"MODEL_PROXY_PORT": str(ports.model_proxy)},
        ready_url=f"http://127.0.0.1:{ports.model_proxy}/ready",
        sources=_existing(
            root, "model-proxy/src", "auth/src", "auth/policy.yaml", "runtime/src", "models"
        ),
    )


def workers(root: Path, ports: Ports) -> Program:
    """The background jobs."""
    return Program(
        name="workers",
        command=[sys.executable, "-m", "workers"],
        environment={"WORKERS_PORT": str(ports.workers)},
        sources=_existing(
            root, "workers/src", "auth/src", "auth/policy.yaml", "runtime/src", "prompts"
        ),
    )


def identity(root: Path, ports: Ports, people: Path, environment: Mapping[str, str]) -> Program:
    """The development identity provider."""
    node = shutil.which("node")
    if node is None:
        raise StackError(NO_NODE)
    if not (root / "auth" / "identity" / "node_modules").is_dir():
        raise StackError("auth/identity has no node_modules: run `make setup`.")
    return Program(
        name="identity",
        command=[node, "auth/identity/server.mjs"],
        environment={
            "PORT": str(ports.identity),
            "REDIRECT_URIS": f"{environment['PUBLIC_URL']}/auth/callback",
            "BACKCHANNEL_URI": f"http://127.0.0.1:{ports.gateway}/auth/backchannel",
            "IDENTITY_USERS": str(people),
        },
        ready_url=f"http://localhost:{ports.identity}/.well-known/openid-configuration",
    )


def ui(root: Path, ports: Ports) -> Program:
    """The user interface, with hot reload of its own."""
    npm = shutil.which("npm")
    if npm is None:
        raise StackError(NO_NODE)
    if not (root / "ui" / "node_modules").is_dir():
        raise StackError("ui has no node_modules: run `make setup`.")
    return Program(
        name="ui",
        command=[npm, "--prefix", "ui", "run", "dev", "--silent"],
        environment={
            "UI_PORT": str(ports.ui),
            "GATEWAY_URL": f"http://127.0.0.1:{ports.gateway}",
        },
        ready_url=f"http://localhost:{ports.ui}/",
    )


def _existing(root: Path, *paths: str) -> list[Path]:
    return [root / path for path in paths if (root / path).exists()]
