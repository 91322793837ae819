"""The production containers, started once: `docker compose build` must have made the images."""

import json
import os
import re
import secrets
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from infra.tests.stack.certificates import write_certificate
from infra.tests.stack.overlay import OUTSIDE, Door, issuer, overlay

from devstack.people import load_tenants
from devstack.ports import free_port
from runtime.product import load_product

SERVICES = ("gateway", "model-proxy", "workers", "ui")
START_S = 300
SUBNET = "172.30.247.0/24"
"""Not the one that the product itself may be running in."""


@dataclass(frozen=True)
class Containers:
    """The whole product in containers, and what stands around it.

    Attributes:
        public_url: what a browser opens: the front door that production has.
        identity: where the identity provider is reached from here.
        command: `docker compose` and what it is always told.
        trust: who vouches for the front door and for the provider.
    """

    public_url: str
    identity: str
    command: tuple[str, ...]
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def compose(self, *arguments: str, stdin: str = "") -> str:
        """Run `docker compose` and return what it prints; it has to succeed."""
        done = subprocess.run(
            [*self.command, *arguments], input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def inspect(self) -> dict[str, dict[str, Any]]:
        """Return what the engine knows about each container, by service."""
        ids = self.compose("ps", "--all", "--quiet").split()
        found = json.loads(docker("inspect", *ids))
        return {entry["Config"]["Labels"]["com.docker.compose.service"]: entry for entry in found}

    def lines(self, service: str) -> list[str]:
        """Return everything that a service has written."""
        container = self.compose("ps", "--all", "--quiet", service).strip()
        done = subprocess.run(
            ["docker", "logs", container],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    def log(self, service: str) -> list[dict[str, Any]]:
        """Return the JSON lines of a service."""
        return [json.loads(line) for line in self.lines(service) if line.startswith("{")]


def docker(*arguments: str) -> str:
    """Run `docker`; an empty text where it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


@pytest.fixture(scope="session")
def images(root: Path) -> dict[str, str]:
    """The images that were built here, as compose's settings name them."""
    # A pipeline that has just built them must not pass by skipping.
    give_up = pytest.fail if os.environ.get("REQUIRE_IMAGES") else pytest.skip
    if shutil.which("docker") is None or not docker("info", "--format", "{{.ID}}"):
        give_up("no Docker engine: the images are NOT run")
    slug = load_product().slug
    files = [root / "compose.yaml", *(root / "infra/compose").glob("*.yaml")]
    services = {name for file in files for name in yaml.safe_load(file.read_text())["services"]}
    names = {name: f"{slug}/{name}:local" for name in SERVICES if name in services}
    missing = [image for image in names.values() if not docker("image", "inspect", image)]
    if missing:
        give_up(f"{', '.join(missing)} not built (`docker compose build`): they are NOT run")
    return {f"{name.replace('-', '_').upper()}_IMAGE": image for name, image in names.items()}


@pytest.fixture(scope="session")
def containers(
    root: Path, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Containers]:
    """Everything, healthy, with the demo people in its database."""
    folder = tmp_path_factory.mktemp("stack")
    for readable in (folder, *list(folder.parents)[:2]):
        readable.chmod(0o755)
    write_certificate(folder, OUTSIDE)
    shutil.copy(Path(__file__).parent / "outside.py", folder)
    running = _containers(root, folder, images)
    try:
        _start(root, running)
        _let_people_in(running)
        _trust(running, folder)
        yield running
    finally:
        running.compose("down", "--volumes", "--timeout", "20")


def _containers(root: Path, folder: Path, images: dict[str, str]) -> Containers:
    published = {"door": free_port(), "outside": free_port()}
    door = Door.of(root, published["door"])
    url = f"{door.scheme}://localhost:{published['door']}"
    (folder / "compose.yaml").write_text(overlay(folder, door, published, images["GATEWAY_IMAGE"]))
    asked = re.findall(r"\$\{([A-Z_]+):\?set it in .env\}", (root / "compose.yaml").read_text())
    made = {name: secrets.token_hex() for name in asked}
    settings = {**images, **made, "PUBLIC_URL": url, "OIDC_ISSUER": issuer(), "EDGE_SUBNET": SUBNET}
    env = folder / "stack.env"
    env.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    subprocess.run([root / "infra/compose/init-env.sh", env], check=True)
    files = [root / "compose.yaml", root / "infra/vm/compose.yaml", folder / "compose.yaml"]
    named = [part for file in files if file.exists() for part in ("--file", str(file))]
    project = f"--project-name={load_product().slug}-test-{os.getpid()}"
    command = ("docker", "compose", project, f"--env-file={env}", *named)
    return Containers(url, f"https://127.0.0.1:{published['outside']}", command)


def _start(root: Path, running: Containers) -> None:
    wait = ("--wait", f"--wait-timeout={START_S}")
    try:
        running.compose("up", "--detach", "--no-build", *wait, *_services(root, running))
    except AssertionError as error:
        error.add_note(running.compose("logs", "--tail=30"))
        raise


def _services(root: Path, running: Containers) -> list[str]:
    """Name what runs for long; models of our own are stood in for."""
    own_models = {folder.name for folder in (root / "infra/inference").glob("*/")}
    names = running.compose("config", "--services").split()
    return [
        name
        for name in names
        if name not in own_models and name != "migrate" and not name.endswith("-weights")
    ]


def _let_people_in(running: Containers) -> None:
    rows = []
    for tenant in load_tenants():
        rows.append(
            "INSERT INTO tenants (id, slug, name)"
            f" VALUES ('{tenant.id}', '{tenant.slug}', $${tenant.name}$$);"
        )
        rows += [
            "INSERT INTO users (tenant_id, issuer, subject, email, name, roles) VALUES"
            f" ('{tenant.id}', '{issuer()}', '{user.subject}', '{user.email}', $${user.name}$$,"
            f" '{{{','.join(user.roles)}}}');"
            for user in tenant.users
        ]
    psql = ("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=app")
    running.compose("exec", "--no-TTY", "postgres", *psql, stdin="\n".join(rows))


def _trust(running: Containers, folder: Path) -> None:
    running.trust.load_verify_locations(folder / "outside.pem")
    if not running.public_url.startswith("https://"):
        return
    root_certificate = "/data/caddy/pki/authorities/local/root.crt"
    ends_at = time.monotonic() + START_S
    while time.monotonic() < ends_at:
        shown = subprocess.run(
            [*running.command, "exec", "--no-TTY", "caddy", "cat", root_certificate],
            capture_output=True,
            text=True,
            check=False,
        )
        if shown.returncode == 0:
            running.trust.load_verify_locations(cadata=shown.stdout)
            return
        time.sleep(0.2)
    pytest.fail("Caddy has made no certificate.")
