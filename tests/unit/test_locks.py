"""The lock tool against small trees, and an index of wheels made here: no network."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

import components
import locks
from components import ManifestError, Need

WHEELS = {
    "web": ("2.0", ["tiny"]),
    "tiny": ("1.1", []),
    "queue": ("3.0", ["tiny", "brokers ; sys_platform == 'linux'"]),
    "brokers": ("0.9", []),
    "search": ("1.0", ["brokers"]),
    "checker": ("5.0", []),
    "uv": ("0.13.8", []),
}
RUNTIME = """
[project]
name = "runtime"
dependencies = [
    "tiny>=1",
    # {% if jobs == 'kafka' %}
    "queue>=3",
    # {% endif %}
    # {% if vectors == 'milvus' %}
    "search>=1",
    # {% endif %}
]

[dependency-groups]
dev = ["checker>=5"]
"""
GATEWAY = '[project]\nname = "gateway"\ndependencies = ["runtime", "web>=2"]\n'
WORKSPACE = '[project]\nname = "{{ project_slug }}"\n\n[dependency-groups]\ndev = ["checker"]\n'
OURS = '[project]\nname = "generator"\ndependencies = ["web"]\n\n[dependency-groups]\ndev = []\n'


def write_wheel(folder: Path, name: str, version: str, needs: list[str]) -> Path:
    info = f"{name}-{version}.dist-info"
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {need}" for need in needs),
    ]
    files = {
        f"{info}/METADATA": "\n".join(metadata) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in files.items():
            wheel.writestr(zipfile.ZipInfo(inside), text)
    return path


@pytest.fixture(scope="module", autouse=True)
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("index")
    for name, (version, needs) in WHEELS.items():
        write_wheel(folder, name, version, needs)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"NO_INDEX": 1, "OFFLINE": 1, "FIND_LINKS": folder, "CACHE_DIR": folder / "cache"}.items():
            patch.setenv(f"UV_{name}", str(value))
        yield folder


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("derived")
    write_tree(folder)
    assert locks.main([], folder) == 0
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path)
    return tmp_path


@pytest.fixture
def locked(derived: Path, tmp_path: Path) -> Path:
    shutil.copytree(derived, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write_tree(folder: Path) -> None:
    files = {
        "pyproject.toml": OURS,
        "template/pyproject.toml.jinja": WORKSPACE,
        "template/runtime/pyproject.toml.jinja": RUNTIME,
        "template/gateway/pyproject.toml": GATEWAY,
        "tools/.keep": "",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def rendered(path: Path, **answers: str) -> str:
    environment = jinja2.Environment(
        block_start_string="# {%",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    answers = {"jobs": "postgres", "vectors": "pgvector"} | answers
    return environment.from_string(path.read_text(encoding="utf-8")).render(answers)


def pins(text: str) -> list[str]:
    return [line.removesuffix(" \\") for line in text.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["tiny==1.1"]),
        ({"jobs": "kafka"}, ["brokers==0.9 ; sys_platform == 'linux'", "queue==3.0", "tiny==1.1"]),
        ({"vectors": "milvus"}, ["brokers==0.9", "search==1.0", "tiny==1.1"]),
    ],
    ids=["neither", "kafka", "milvus"],
)
def test_derive_pins_what_each_choice_reaches(locked: Path, answers: dict[str, str], expected: list[str]) -> None:
    assert pins(rendered(locked / "template/runtime/requirements.lock.jinja", **answers)) == expected


def test_derive_gives_a_component_what_the_ones_below_it_need(locked: Path) -> None:
    text = rendered(locked / "template/gateway/requirements.lock.jinja", jobs="kafka", vectors="milvus")

    assert {pin.split("=")[0] for pin in pins(text)} == {"brokers", "queue", "search", "tiny", "web"}


def test_derive_marks_nothing_where_no_option_matters(locked: Path) -> None:
    assert pins((locked / "template/requirements.lock").read_text(encoding="utf-8")) == ["checker==5.0"]
    assert pins((locked / "template/bootstrap.lock").read_text(encoding="utf-8")) == ["uv==0.13.8"]
    assert pins((locked / "requirements.lock").read_text(encoding="utf-8")) == ["tiny==1.1", "web==2.0"]


def test_derive_leaves_no_scars_and_no_addresses(locked: Path) -> None:
    for path in locked.rglob("*.lock*"):
        text = rendered(path, jobs="kafka")
        assert "\n\n" not in text
        assert "{%" not in text
        assert "://" not in text
        assert text.count("--hash=sha256:") == len(pins(text))


def test_derive_twice_changes_nothing(locked: Path) -> None:
    before = {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()}

    assert locks.main([], locked) == 0

    assert {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()} == before


def test_derive_keeps_pins_until_asked_to_upgrade(locked: Path, index: Path) -> None:
    newer = write_wheel(index, "tiny", "1.2", [])
    path = locked / "template/runtime/requirements.lock.jinja"

    try:
        assert locks.main([], locked) == 0
        assert "tiny==1.1" in pins(rendered(path))
        assert locks.main(["--upgrade"], locked) == 0
        assert "tiny==1.2" in pins(rendered(path))
    finally:
        newer.unlink()


def test_derive_renames_a_lock_that_no_longer_needs_marks(locked: Path) -> None:
    (locked / "template/runtime/pyproject.toml.jinja").write_text(GATEWAY.replace('"runtime", ', ""), encoding="utf-8")

    assert locks.main([], locked) == 0

    assert (locked / "template/runtime/requirements.lock").is_file()
    assert not (locked / "template/runtime/requirements.lock.jinja").exists()


def test_derive_reports_what_the_index_does_not_have(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "template/gateway/pyproject.toml").write_text(GATEWAY.replace("web>=2", "web>=9"), encoding="utf-8")

    assert locks.main([], root) == 1
    assert "web" in capsys.readouterr().err


def plant(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


FAULTS = {
    "missing package": (
        "gateway/pyproject.toml",
        '"web>=2"',
        '"web>=2", "checker"',
        "`checker` is not pinned",
    ),
    "raised floor": (
        "gateway/pyproject.toml",
        "web>=2",
        "web>=2.1",
        "a version that it excludes",
    ),
    "missing mark": ("runtime/requirements.lock.jinja", "jobs == 'kafka'", "jobs == 'sqs'", "is not pinned for jobs"),
    "differing pins": (
        "gateway/requirements.lock.jinja",
        "tiny==1.1",
        "tiny==1.0",
        "is pinned to another version",
    ),
    "edited by hand": ("requirements.lock", "checker==5.0", "checker==5.0.0", "its text changed"),
    "index address": ("requirements.lock", "checker", "--index-url https://example.org\nchecker", "no pin with hashes"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_check_turns_red(locked: Path, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    path, old, new, complaint = FAULTS[fault]
    assert locks.main(["--check"], locked) == 0

    plant(locked / "template" / path, old, new)

    assert locks.main(["--check"], locked) == 1
    assert complaint in capsys.readouterr().err


def test_check_misses_no_lockfile(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (locked / "template/requirements.lock").rename(locked / "template/gateway/bootstrap.lock")

    assert locks.main(["--check"], locked) == 1

    said = capsys.readouterr().err
    assert "template/requirements.lock: missing" in said
    assert "template/gateway/bootstrap.lock: no pyproject file asks for it" in said


def test_check_notices_needs_that_changed_silently(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sums = locked / locks.SUMS
    recorded = json.loads(sums.read_text(encoding="utf-8"))
    recorded["requirements.lock"]["needs"] = "0" * 64
    sums.write_text(json.dumps(recorded), encoding="utf-8")

    assert locks.main(["--check"], locked) == 1
    assert "requirements.lock: its needs changed" in capsys.readouterr().err


def test_closure_joins_the_conditions_on_the_way(root: Path) -> None:
    plant(
        root / "template/gateway/pyproject.toml", '"runtime"', '\n# {% if ui == "none" %}\n"runtime"\n# {% endif %}\n'
    )
    found = components.read(root / "template")

    assert Need("queue>=3", """(ui == "none") and (jobs == 'kafka')""") in components.closure(found["gateway"], found)


@pytest.mark.parametrize(
    "text",
    [
        '# {% if a %}\n# {% if b %}\n"x",\n# {% endif %}\n# {% endif %}\n',
        '# {% if a %}\n"x",\n# {% else %}\n"y",\n# {% endif %}\n',
        '# {% if a %}\n"x",\n',
        "# {% endif %}\n",
    ],
    ids=["nested", "else", "unclosed", "unopened"],
)
def test_read_refuses_blocks_it_cannot_follow(root: Path, text: str) -> None:
    path = root / "template/runtime/pyproject.toml.jinja"
    path.write_text(f'[project]\nname = "runtime"\ndependencies = [\n{text}]\n', encoding="utf-8")

    with pytest.raises(ManifestError, match=r"runtime/pyproject\.toml"):
        components.read(root / "template")
