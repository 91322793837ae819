"""Our own model server: its weights are checked for real, its containers and pods as described."""

# covers R-0502 R-0513

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

COMMIT = "0" * 40
OVERLAY_SCHEMA = ("--builtin-schema", "vendor.compose-spec")
# What check-weights.sh calls, in an image of its own.
COMMANDS = ("sh", "sed", "sha256sum", "find", "grep")


def pins(folder: Path) -> str:
    """What sha256sum writes, as the documentation says."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".gitkeep")
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}\n"
        for path in sorted(files)
    )


def compose_files(root: Path) -> list[Path]:
    """The model server's own, named as its folder."""
    folders = (path for path in (root / "infra/inference").iterdir() if path.is_dir())
    return [root / f"infra/compose/{folder.name}.yaml" for folder in folders]


@pytest.fixture
def repo(root, tmp_path) -> Path:
    """The parts that compose reads, with weights and their pins."""
    shutil.copytree(root / "infra/inference", tmp_path / "infra/inference")
    (tmp_path / "infra/compose").mkdir()
    for file in compose_files(root):
        shutil.copy(file, tmp_path / "infra/compose")
    (folder,) = (tmp_path / "infra/inference").glob("*/weights")
    for old in folder.iterdir():
        if old.name != ".gitkeep":
            old.unlink()
    (folder / "parts").mkdir()
    (folder / "model.gguf").write_bytes(b"weights" * 10_000)
    (folder / "parts" / "a b.json").write_text("{}")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/weights.sha256").write_text(f"# Approved.\n\n{pins(folder)}")
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    return tmp_path


@pytest.fixture
def weights(repo) -> Path:
    """The folder of the weights."""
    (folder,) = (repo / "infra/inference").glob("*/weights")
    return folder


@pytest.fixture
def check(repo, weights, run) -> Any:
    """Run the check as the init container does."""

    def call() -> subprocess.CompletedProcess[str]:
        result: subprocess.CompletedProcess[str] = run(
            repo / "infra/inference/check-weights.sh", weights, repo / "models/weights.sha256"
        )
        return result

    return call


def flip(path: Path) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[2 % len(content)] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def test_scripts_and_overlays_are_tidy(untidy):
    assert untidy("infra/inference") == []


def test_weights_that_were_approved_are_accepted(check):
    result = check()
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["model.gguf", "parts/a b.json"])
def test_flipped_byte_is_refused_by_its_files_name(check, weights, name):
    flip(weights / name)
    result = check()
    assert result.returncode != 0
    assert name in result.stdout + result.stderr


def test_missing_file_is_refused(check, weights):
    (weights / "model.gguf").unlink()
    result = check()
    assert result.returncode != 0
    assert "model.gguf" in result.stderr


@pytest.mark.parametrize("name", ["modeling.py", "parts/pickle.bin", "model.gguf.json"])
def test_file_that_nobody_approved_is_refused(check, weights, name):
    (weights / name).write_text("")
    result = check()
    assert result.returncode == 1
    assert f"{name} is not in" in result.stderr


def test_link_that_nobody_approved_is_refused(check, weights):
    (weights / "extra.json").symlink_to("/etc/hostname")
    assert check().returncode == 1


@pytest.mark.parametrize("text", ["", "# nothing\n", "no digest  model.gguf\n"])
def test_weights_without_a_pin_are_refused(check, repo, text):
    (repo / "models/weights.sha256").write_text(text)
    result = check()
    assert result.returncode == 1
    assert "has no digest" in result.stderr


def test_line_that_is_no_pin_is_refused(check, repo):
    with (repo / "models/weights.sha256").open("a") as file:
        file.write("and one more\n")
    assert check().returncode != 0


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    """A server that is ready under /ready and loading elsewhere."""
    server = HTTPServer(("127.0.0.1", 0), _Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_health_script_tells_ready_from_loading_and_gone(root, run, server):
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH: the health script was NOT run")
    script = root / "infra/inference/healthcheck.sh"
    assert run(script, f"{server}/ready").returncode == 0
    assert run(script, f"{server}/loading").returncode != 0
    assert run(script, "http://127.0.0.1:9/").returncode != 0
    assert run(script).returncode != 0


def services(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every container around a model server, by name."""
    for file in compose_files(root):
        yield from yaml.safe_load(file.read_text())["services"].items()


def weaknesses(service: dict[str, Any]) -> list[str]:
    """What would let a model server serve, or be, something else."""
    found = []
    if not str(service.get("user", "")).replace(":", "").isdecimal():
        found.append("has no numbered user")
    if service.get("read_only") is not True:
        found.append("writes to its image")
    if not all(str(volume).endswith(":ro") for volume in service.get("volumes", [])):
        found.append("writes to its volumes")
    if not str(service.get("image")).startswith("${"):
        found.append("has an image that nobody can replace by a digest")
    is_open = service.get("network_mode") != "none" and service.get("networks") != ["data"]
    return [*found, "reaches the network"] if is_open else found


def test_model_server_has_no_weakness(root):
    assert {name: found for name, s in services(root) if (found := weaknesses(s))} == {}


def test_weakness_gate_sees_a_bare_service():
    assert len(weaknesses({"image": "a", "volumes": ["/weights:/weights"]})) == 5


def test_model_server_waits_for_the_check_and_has_time_to_start(root):
    found = dict(services(root))
    servers = [name for name in found if not name.endswith("-weights")]
    assert servers
    for name in servers:
        needed = found[name]["depends_on"][f"{name}-weights"]
        assert needed == {"condition": "service_completed_successfully"}
        check = found[f"{name}-weights"]
        assert check["entrypoint"][:2] == ["sh", "/check-weights.sh"]
        assert "healthcheck.sh" in found[name]["healthcheck"]["test"][2]
        patience_s = int(found[name]["healthcheck"]["start_period"].removesuffix("s"))
        assert patience_s >= (600 if name == "vllm" else 120)


def test_overlays_follow_the_specification_and_keep_the_cpu_the_default(root, lint):
    for overlay in (root / "infra/inference").glob("*/*.yaml"):
        assert lint("check-jsonschema", *OVERLAY_SCHEMA, overlay).returncode == 0
        base = yaml.safe_load((root / f"infra/compose/{overlay.parent.name}.yaml").read_text())
        assert "deploy" not in base["services"][overlay.parent.name]


def test_fetch_takes_a_commit_and_nothing_that_can_move(root, tmp_path, run, fake_command):
    (script,) = (*(root / "infra/inference").glob("*/fetch.sh"), None)[:1]
    if script is None:
        pytest.skip("weights for llama.cpp are one file, fetched by hand")
    (tmp_path / "weights").mkdir()
    copied = shutil.copy(script, tmp_path)
    fake_command("hf", "true")
    assert run(copied, "acme/model", "main").returncode == 2
    assert not (tmp_path / "commands/calls.log").exists()
    assert run(copied, "acme/model", COMMIT).returncode == 0
    called = (tmp_path / "commands/calls.log").read_text()
    assert f"hf download acme/model --revision {COMMIT}" in called
    assert ".py" not in called


def pods(root: Path) -> Iterator[dict[str, Any]]:
    for folder in (root / "infra/inference").iterdir():
        file = root / f"infra/kubernetes/{folder.name}/{folder.name}.yaml"
        for part in yaml.safe_load_all(file.read_text()) if file.exists() else ():
            if part["kind"] == "Deployment":
                yield part["spec"]["template"]["spec"]


def test_pods_check_their_weights_first_and_never_write_them(root):
    for pod in pods(root):
        (first,) = pod["initContainers"]
        assert first["command"][:2] == ["sh", "/pins/check-weights.sh"]
        assert first["image"] == pod["containers"][0]["image"]
        assert pod["securityContext"]["runAsUser"] > 0
        for container in (first, *pod["containers"]):
            (mount,) = [m for m in container["volumeMounts"] if m["name"] == "weights"]
            assert mount["readOnly"] is True
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """An image that holds what the check calls, made from this machine; no registry is asked."""
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "info"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no Docker engine: the check of the weights was NOT run in its container")
    name = f"check-weights-of-the-tests:{os.getpid()}"
    subprocess.run(
        ["docker", "import", "-", name], input=_root_fs(), check=True, capture_output=True
    )
    yield name
    subprocess.run(["docker", "image", "rm", "--force", name], check=True, capture_output=True)


def test_container_accepts_the_weights_and_refuses_a_flipped_byte(repo, weights, run, image):
    (name,) = [name for name, _ in services(repo) if name.endswith("-weights")]
    variable = f"{name.removesuffix('-weights').upper()}_IMAGE"
    command = ("docker", "compose", "--project-name", f"check-{os.getpid()}")
    file = repo / "infra/compose" / f"{name.removesuffix('-weights')}.yaml"
    environment = {variable: image, "INFERENCE_KEY": "unused"}

    def check() -> Any:
        return run(*command, "--file", file, "run", "--rm", name, env=environment)

    result = check()
    assert result.returncode == 0, result.stderr
    flip(weights / "model.gguf")
    result = check()
    assert result.returncode != 0
    assert "model.gguf" in result.stdout + result.stderr


def _root_fs() -> bytes:
    """A tar of the commands and the libraries that they load."""
    programs = [Path(found) for name in COMMANDS if (found := shutil.which(name))]
    needed = {path for program in programs for path in _libraries(program)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        for program in programs:
            tar.add(program, f"bin/{program.name}")
        for library in needed:
            tar.add(library, str(library).lstrip("/"))
    return buffer.getvalue()


def _libraries(program: Path) -> list[Path]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    words = (word for line in listed.splitlines() for word in line.split())
    return [Path(word) for word in words if word.startswith("/")]
