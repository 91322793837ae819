import re
import shutil
from pathlib import Path

import pytest
import yaml
from infra.tests.containers import SCHEMA, faults

OLD = "GATEWAY_IMAGE=r.example.com/gateway@sha256:" + "0" * 64 + "\n"
NEW = "GATEWAY_IMAGE=r.example.com/gateway@sha256:" + "1" * 64 + "\n"
SERVICES = "postgres\nmigrate\ngateway\ncaddy\n"

# Docker, as far as release.sh sees it; the gateway of the images file $BROKEN never becomes ready.
DOCKER = f"""
case "$*" in
*"config --services"*) printf '{SERVICES}' ;;
*"$REFUSED"*) exit 1 ;;
*"$BROKEN"*healthcheck.py*) exit 1 ;;
*pg_dump*) echo dump ;;
esac
"""


@pytest.fixture
def repo(root, tmp_path) -> Path:
    """What is handed over, around the real scripts."""
    repo = tmp_path / "repo"
    shutil.copytree(root / "infra/vm", repo / "infra/vm")
    for folder in ("infra/compose", "models", "infra/inference/one/weights"):
        (repo / folder).mkdir(parents=True)
    (repo / "infra/inference/one/weights/model.gguf").write_bytes(b"weights")
    (repo / "product.toml").write_text('[product]\nslug = "desk"\n')
    (repo / "compose.yaml").write_text("name: desk\n")
    (repo / "flags.yaml").write_text("flags: {new: {}}\n")
    return repo


def test_scripts_and_compose_file_are_tidy(untidy):
    assert untidy("infra/vm") == []


# covers R-0502
def test_front_door_follows_the_specification_and_has_no_more_rights_than_it_needs(root, lint):
    file = root / "infra/vm/compose.yaml"
    result = lint("check-jsonschema", *SCHEMA, file)
    assert result.returncode == 0, result.stdout
    assert faults(yaml.safe_load(file.read_text())["services"]) == {}


def test_front_door_has_no_network_and_no_setting_that_compose_yaml_lacks(root):
    text = (root / "infra/vm/compose.yaml").read_text()
    assert "networks" not in yaml.safe_load(text)
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", text)) == {"PUBLIC_URL"}


@pytest.fixture
def machine(root, tmp_path, fake_command) -> Path:
    """A machine that runs the old release and was handed a new one."""
    home = tmp_path / "srv"
    shutil.copytree(root / "infra/vm", home / "infra/vm")
    (home / ".env").write_text("PUBLIC_URL=https://desk.example.com\n")
    (home / "images.env").write_text(OLD)
    (home / "images.next.env").write_text(NEW)
    fake_command("docker", DOCKER)
    return home


@pytest.fixture
def release(machine, commands, run):
    def call(broken="nothing", refused="nothing"):
        result = run(machine / "infra/vm/release.sh", env={"BROKEN": broken, "REFUSED": refused})
        return result, (commands / "calls.log").read_text().splitlines()

    return call


def step(calls: list[str], *words: str) -> int:
    """Where the first call with these words is."""
    return next(at for at, call in enumerate(calls) if all(word in call for word in words))


# covers R-0514, R-0509
def test_release_backs_up_then_migrates_then_starts_then_asks(machine, release):
    result, calls = release()
    assert result.returncode == 0, result.stderr
    order = [
        step(calls, "pg_dump"),
        step(calls, "images.next.env", "pull"),
        step(calls, "images.next.env", "run --rm migrate"),
        step(calls, "images.next.env", "up --detach --no-build"),
        step(calls, "images.next.env", "healthcheck.py", "/ready"),
        step(calls, "images.env", "python -m oidc_auth rotate"),
    ]
    assert order == sorted(order)
    assert (machine / "images.env").read_text() == NEW
    assert (machine / "images.previous.env").read_text() == OLD
    assert [path.read_text() for path in (machine / "backups").glob("*.dump")] == ["dump\n"]


def test_release_that_is_not_healthy_is_rolled_back(machine, release):
    result, calls = release(broken="images.next.env")
    assert result.returncode == 1
    assert "going back" in result.stderr
    failed = step(calls, "images.next.env", "healthcheck.py")
    back = step(calls, "--env-file images.env", "up --detach")
    assert failed < back
    assert "images.env" in calls[-1]
    assert "healthcheck.py" in calls[-1]
    assert (machine / "images.env").read_text() == OLD
    assert list((machine / "backups").glob("*.dump"))


def test_rollback_never_runs_the_older_migrations(release):
    _, calls = release(broken="images.next.env")
    starts = [call for call in calls if "up --detach" in call]
    assert len(starts) == 2
    assert all("--no-deps" in call and "migrate" not in call for call in starts)


def test_failed_migration_starts_nothing_new(release):
    result, calls = release(refused="run --rm migrate")
    assert result.returncode == 1
    assert not [call for call in calls if "images.next.env" in call and "up --detach" in call]


def test_failed_backup_stops_the_release(machine, release):
    result, calls = release(refused="pg_dump")
    assert result.returncode == 1
    assert "pg_dump" in calls[-1]
    assert (machine / "images.env").read_text() == OLD


def test_first_release_needs_no_backup_and_has_no_way_back(machine, release):
    (machine / "images.env").unlink()
    result, calls = release(broken="images.next.env")
    assert result.returncode == 1
    assert "nothing to go back to" in result.stderr
    assert not [call for call in calls if "pg_dump" in call]


def test_release_without_settings_says_where_to_read(machine, run):
    (machine / ".env").unlink()
    result = run(machine / "infra/vm/release.sh")
    assert result.returncode == 2
    assert "docs/deploy/vm.md" in result.stderr


def test_old_backups_are_thinned_out(machine, release, run):
    (machine / "backups").mkdir()
    for day in range(10, 30):
        (machine / f"backups/202001{day}T000000Z.dump").touch()
    release()
    kept = sorted(path.name for path in (machine / "backups").glob("*.dump"))
    assert len(kept) == 14
    assert kept[0] == "20200117T000000Z.dump"


def test_deploy_refuses_an_image_without_a_digest(repo, tmp_path, run, fake_command, commands):
    fake_command("ssh", "true")
    (tmp_path / "images.env").write_text("GATEWAY_IMAGE=r.example.com/gateway:latest\n")
    result = run(repo / "infra/vm/deploy.sh", "deploy@example.com", tmp_path / "images.env")
    assert result.returncode == 2
    assert "by digest" in result.stderr
    assert not (commands / "calls.log").exists()


def test_deploy_hands_over_the_release_and_starts_it(repo, tmp_path, run, fake_command):
    # The "machine" is a folder: /srv in what SSH is told becomes that folder.
    fake_command("ssh", f'command="${{*:2}}"; bash -c "${{command//\\/srv/{tmp_path}\\/srv}}"')
    fake_command("docker", DOCKER)
    home = tmp_path / "srv/desk"
    home.mkdir(parents=True)
    (home / ".env").write_text("PUBLIC_URL=https://desk.example.com\n")
    flags = home / "flags.yaml"
    flags.write_text("flags: {}\n")
    mounted = flags.stat().st_ino
    (tmp_path / "images.env").write_text(NEW)
    result = run(
        repo / "infra/vm/deploy.sh",
        "deploy@example.com",
        tmp_path / "images.env",
        env={"BROKEN": "nothing", "REFUSED": "nothing"},
    )
    assert result.returncode == 0, result.stderr
    assert (home / "images.env").read_text() == NEW
    assert (home / "compose.yaml").read_text() == (repo / "compose.yaml").read_text()
    # Weights are put there once, by hand.
    assert (home / "infra/inference/one/weights").exists()
    assert not (home / "infra/inference/one/weights/model.gguf").exists()
    # Containers have this very file mounted.
    assert flags.read_text() == (repo / "flags.yaml").read_text()
    assert flags.stat().st_ino == mounted
