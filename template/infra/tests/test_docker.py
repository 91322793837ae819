import re
import shutil
from pathlib import Path

import pytest

DIGEST = "sha256:" + "a" * 64


def dockerfiles(root: Path) -> list[Path]:
    return sorted((root / "infra/docker").glob("*Dockerfile"))


# Every way in which an image is named; a digest belongs where there is an "@".
NAMED = {
    "infra/compose/postgres.yaml": "    image: example/postgres:1.0-pg18@\n",
    "infra/compose/ui.yaml": "    image: ${UI_IMAGE:-${COMPOSE_PROJECT_NAME}/ui:local}\n",
    "infra/inference/one/gpu.yaml": "    image: ${ONE_GPU_IMAGE:-ghcr.io/example/one.cpp:gpu@}\n",
    "infra/kubernetes/core/one.yaml": "          image: ghcr.io/example/one.cpp:server@\n",
    "infra/kubernetes/core/gateway.yaml": "          image: gateway\n",
    "infra/vm/compose.yaml": "    image: caddy:2.10-alpine@\n",
    ".gitlab/ci/verify.yml": "  image: docker:29@\n  services:\n    - name: docker:29-dind@\n",
}


@pytest.fixture
def copy(root, tmp_path) -> Path:
    """The parts that pin.sh and build.sh read, to be changed freely."""
    shutil.copytree(root / "infra/docker", tmp_path / "repo/infra/docker")
    for name, text in NAMED.items():
        (tmp_path / "repo" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / name).write_text(text.replace("@", ""))
    return tmp_path / "repo"


def test_scripts_of_images_are_tidy(untidy):
    assert untidy("infra/docker") == []


# covers R-0502
def test_dockerfiles_have_no_faults(root, lint):
    for dockerfile in dockerfiles(root):
        result = lint("hadolint", dockerfile)
        assert result.returncode == 0, result.stdout


def test_hadolint_sees_an_untagged_base(tmp_path, lint):
    (tmp_path / "Dockerfile").write_text("FROM debian\n")
    assert lint("hadolint", tmp_path / "Dockerfile").returncode == 1


def test_dockerfiles_name_every_base_as_an_argument(root):
    for dockerfile in dockerfiles(root):
        text = dockerfile.read_text()
        stages = set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE))
        for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
            assert base in stages or re.fullmatch(r"\$\{[A-Z]+_IMAGE\}", base), base


def test_images_run_as_a_numbered_user_who_is_not_root(root):
    for dockerfile in dockerfiles(root):
        users = re.findall(r"^USER (.+)$", dockerfile.read_text(), re.MULTILINE)
        assert users, dockerfile
        assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users), dockerfile


def test_python_packages_are_installed_by_hash_only(root):
    text = (root / "infra/docker/python.Dockerfile").read_text().replace("\\\n", " ")
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_health_check_says_no_when_nothing_listens(root, run):
    assert (
        run("python3", root / "infra/docker/healthcheck.py", "http://127.0.0.1:9/health").returncode
        == 1
    )


def test_pin_check_names_images_without_a_digest(copy, run):
    result = run(copy / "infra/docker/pin.sh", "--check")
    assert result.returncode == 1
    assert "PYTHON_IMAGE=python:" in result.stderr


def test_pin_writes_digests_and_the_check_agrees(copy, run, fake_command):
    fake_command("docker", f"echo {DIGEST}")
    assert run(copy / "infra/docker/pin.sh").returncode == 0
    text = (copy / "infra/docker/python.Dockerfile").read_text()
    assert re.search(rf"^ARG PYTHON_IMAGE=python:\S+@{DIGEST}$", text, re.MULTILINE)
    pinned = {name: text.replace("@", f"@{DIGEST}") for name, text in NAMED.items()}
    assert {name: (copy / name).read_text() for name in NAMED} == pinned
    check = run(copy / "infra/docker/pin.sh", "--check")
    assert check.returncode == 0, check.stderr


def test_pin_refuses_an_answer_that_is_no_digest(copy, run, fake_command):
    fake_command("docker", "echo not found")
    result = run(copy / "infra/docker/pin.sh")
    assert result.returncode == 1
    assert "No digest" in result.stderr


BUILDER = f"""
while [ $# -gt 0 ]; do
  [ "$1" = --metadata-file ] && echo '{{"containerimage.digest": "{DIGEST}"}}' > "$2"
  shift
done
"""


def test_build_names_every_image_by_digest(copy, run, fake_command):
    fake_command("docker", BUILDER)
    fake_command("git", "echo 0123456789ab")
    result = run(copy / "infra/docker/build.sh", "registry.example.com/acme")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert f"GATEWAY_IMAGE=registry.example.com/acme/gateway@{DIGEST}" in lines
    assert all(re.fullmatch(rf"[A-Z_]+_IMAGE=\S+@{DIGEST}", line) for line in lines)


def test_build_fails_without_a_digest(copy, run, fake_command):
    fake_command("docker", "true")
    fake_command("git", "echo 0123456789ab")
    result = run(copy / "infra/docker/build.sh", "registry.example.com/acme")
    assert result.returncode == 1
    assert "No digest for gateway" in result.stderr
