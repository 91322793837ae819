import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

CUSTOM = {"ExternalSecret", "HTTPRoute", "Kustomization"}
IMAGES = "".join(
    f"{name}_IMAGE=r.example.com/{name.lower()}@sha256:{'a' * 64}\n"
    for name in ("GATEWAY", "MODEL_PROXY", "WORKERS", "UI")
)


def manifests(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.rglob("*.yaml"))
    return [part for file in files for part in yaml.safe_load_all(file.read_text()) if part]


def faults(pod: dict[str, Any]) -> list[str]:
    """What makes a pod more dangerous than it needs to be (Pod Security Standards, restricted)."""
    found = []
    if not pod.get("securityContext", {}).get("runAsNonRoot"):
        found.append("may run as root")
    if pod.get("automountServiceAccountToken") is not False:
        found.append("holds a token")
    for container in pod["containers"]:
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False:
            found.append("may gain privileges")
        if not context.get("readOnlyRootFilesystem"):
            found.append("writes to its image")
        if context.get("capabilities") != {"drop": ["ALL"]}:
            found.append("keeps capabilities")
        if "memory" not in container.get("resources", {}).get("limits", {}):
            found.append("eats all memory")
    return found


def pods(root: Path) -> dict[str, dict[str, Any]]:
    found = manifests(root / "infra/kubernetes")
    workloads = [part for part in found if part["kind"] in {"Deployment", "Job"}]
    return {part["metadata"]["name"]: part["spec"]["template"]["spec"] for part in workloads}


def test_manifests_and_their_script_are_tidy(untidy):
    assert untidy("infra/kubernetes") == []


def test_manifests_are_what_the_api_server_takes(root, tmp_path, lint):
    known = [part for part in manifests(root / "infra/kubernetes") if part["kind"] not in CUSTOM]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(known))
    result = lint("kubernetes-validate", "--strict", tmp_path / "all.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_validator_sees_an_unknown_field(tmp_path, lint):
    (tmp_path / "fault.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: [{port: 80}]}\n"
    )
    assert lint("kubernetes-validate", "--strict", tmp_path / "fault.yaml").returncode != 0


# covers R-0502
def test_pods_have_no_more_rights_than_they_need(root):
    assert {name: faults(pod) for name, pod in pods(root).items() if faults(pod)} == {}


def test_rights_gate_sees_a_bare_pod():
    assert len(faults({"containers": [{"name": "a"}]})) == 6


def test_replicas_are_left_to_the_autoscaler(root):
    parts = manifests(root / "infra/kubernetes")
    scaled = {
        part["spec"]["scaleTargetRef"]["name"]
        for part in parts
        if part["kind"] == "HorizontalPodAutoscaler"
    }
    for part in parts:
        if part["kind"] == "Deployment":
            assert ("replicas" in part["spec"]) != (part["metadata"]["name"] in scaled)


def test_replicas_can_not_multiply_a_budget(root):
    # covers R-0210
    [most] = [
        part["spec"]["maxReplicas"]
        for part in manifests(root / "infra/kubernetes")
        if part["kind"] == "HorizontalPodAutoscaler" and part["metadata"]["name"] == "model-proxy"
    ]
    settings = (root / "infra/kubernetes/core/settings.env").read_text()
    assert f"MODEL_PROXY_REPLICAS={most}\n" in settings


def unread(root: Path, parts: list[dict[str, Any]]) -> set[str]:
    """What Prometheus scrapes, but may not reach."""
    scraped = yaml.safe_load((root / "infra/observability/prometheus/prometheus.yml").read_text())
    [policy] = [
        part["spec"] for part in parts if part.get("metadata", {}).get("name") == "from-prometheus"
    ]
    [selector] = policy["podSelector"]["matchExpressions"]
    ports = {
        f"{part['metadata']['name']}:{port['containerPort']}"
        for part in parts
        if part["kind"] == "Deployment" and part["metadata"]["name"] in selector["values"]
        for container in part["spec"]["template"]["spec"]["containers"]
        for port in container.get("ports", [])
        if {"port": port["name"]} in policy["ingress"][0]["ports"]
    }
    jobs = [job for job in scraped["scrape_configs"] if job["job_name"] != "prometheus"]
    return {target for job in jobs for target in job["static_configs"][0]["targets"]} - ports


def test_prometheus_reaches_what_it_scrapes(root):
    assert unread(root, manifests(root / "infra/kubernetes")) == set()


def test_service_that_prometheus_may_not_reach_is_seen(root):
    parts = manifests(root / "infra/kubernetes")
    for part in parts:
        if part["kind"] == "Deployment" and part["metadata"]["name"] == "workers":
            del part["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert unread(root, parts) == {"workers:8002"}


def test_folders_build(root, run):
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not on PATH: the kustomizations were not built")
    for folder in (root / "infra/kubernetes").glob("*/kustomization.yaml"):
        result = run(
            "kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", folder.parent
        )
        assert result.returncode == 0, result.stderr


@pytest.fixture
def cluster(root, tmp_path, fake_command) -> Path:
    """The manifests, ready to be released to a kubectl that breaks what $BROKEN names."""
    shutil.copytree(root / "infra/kubernetes", tmp_path / "kubernetes")
    settings = tmp_path / "kubernetes/core/settings.env"
    text = settings.read_text().replace("URL=\n", "URL=https://desk.example.com\n")
    settings.write_text(text.replace("ALLOW_IPS=\n", "ALLOW_IPS=10.20.0.0/22\n"))
    (tmp_path / "images.env").write_text(IMAGES)
    fake_command(
        "kubectl",
        'case "$*" in\n*kustomize*) cat "${@: -1}/kustomization.yaml" ;;\n'
        'apply*) cat >> "$APPLIED" ;;\n*"$BROKEN"*) exit 1 ;;\nesac',
    )
    return tmp_path


@pytest.fixture
def release(cluster, run, commands):
    def call(broken="nothing"):
        result = run(
            cluster / "kubernetes/release.sh",
            "app",
            "images.env",
            cwd=cluster,
            env={"BROKEN": broken, "APPLIED": str(cluster / "applied.yaml")},
        )
        log = commands / "calls.log"
        return result, log.read_text().splitlines() if log.exists() else []

    return call


# covers R-0514
def test_release_migrates_before_it_starts_and_names_digests(cluster, release):
    result, calls = release()
    assert result.returncode == 0, result.stderr
    waited = next(at for at, call in enumerate(calls) if "wait job/migrate" in call)
    rollout = next(at for at, call in enumerate(calls) if "rollout status" in call)
    assert waited < rollout
    applied = (cluster / "applied.yaml").read_text()
    assert f'newName: r.example.com/gateway, digest: "sha256:{"a" * 64}"' in applied
    assert not (cluster / "kubernetes/.release").exists()


def test_release_goes_back_when_a_service_is_not_ready(release):
    result, calls = release("rollout status deployment/model-proxy")
    assert result.returncode == 1
    undone = [call for call in calls if "rollout undo" in call]
    assert len(undone) >= 3


def test_failed_migration_touches_no_service(release):
    result, calls = release("wait job/migrate")
    assert result.returncode == 1
    assert not [call for call in calls if "rollout" in call]


def test_release_refuses_a_tag(cluster, release):
    (cluster / "images.env").write_text("GATEWAY_IMAGE=r.example.com/gateway:latest\n")
    result, calls = release()
    assert result.returncode == 2
    assert calls == []


def test_release_refuses_to_guess_the_address(cluster, release):
    settings = cluster / "kubernetes/core/settings.env"
    settings.write_text("PUBLIC_URL=\n")
    result, calls = release()
    assert result.returncode == 2
    assert "PUBLIC_URL" in result.stderr
    assert calls == []


# covers R-0401
@pytest.mark.parametrize("given", ["", "*"])
def test_release_refuses_to_guess_whose_word_on_addresses_counts(cluster, release, given):
    settings = cluster / "kubernetes/core/settings.env"
    settings.write_text(settings.read_text().replace("=10.20.0.0/22", f"={given}"))
    result, calls = release()
    assert result.returncode == 2
    assert "FORWARDED_ALLOW_IPS" in result.stderr
    assert calls == []


def given(root: Path, service: str) -> list[str]:
    """The secrets of the cloud's store that a service gets."""
    secrets = yaml.safe_load_all((root / "infra/kubernetes/core/secrets.yaml").read_text())
    (own,) = [each for each in secrets if each["metadata"]["name"] == service]
    return [each["extract"]["key"] for each in own["spec"]["dataFrom"]]


# covers R-0403
def test_workers_that_rotate_the_signing_keys_run_with_what_seals_them(root):
    parts = manifests(root / "infra/kubernetes")
    deployed = [part for part in parts if part["kind"] == "Deployment"]
    (workers,) = [part["spec"] for part in deployed if part["metadata"]["name"] == "workers"]
    assert workers["replicas"] > 0
    assert "seals" in given(root, "workers")
    assert "gateway" not in given(root, "workers"), "the client's secret is none of theirs"
    assert {"gateway", "seals"} <= set(given(root, "gateway"))


# covers R-0509
def test_release_rotates_the_signing_key_when_its_pods_serve(cluster, release):
    result, calls = release()
    assert result.returncode == 0, result.stderr
    last = max(at for at, call in enumerate(calls) if "rollout status" in call)
    assert last < next(at for at, call in enumerate(calls) if "wait job/rotate" in call)
    (job,) = manifests(cluster / "kubernetes/rotate")[1:]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["python", "-m", "oidc_auth", "rotate"]
    assert {"secretRef": {"name": "workers"}} in container["envFrom"]


def test_release_stands_where_no_key_was_rotated(release):
    result, _ = release("wait job/rotate")
    assert result.returncode == 0
    assert "The signing key stays for now" in result.stderr
