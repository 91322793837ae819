import subprocess
import sys
from pathlib import Path

import pytest

from runtime.product import ProductFileError, load_product, root
from runtime.settings import RuntimeSettings, SettingsError, read_settings, settings_or_exit

PRODUCT = """
[product]
name = "Test"
slug = "test"
description = "A test."
organisation = "Acme"
contact = "security@example.com"
domain = "support"
regions = ["eu-central-1", "eu-west-1"]

[adapters]
identity = "generic"
jobs = "postgres"
vectors = "pgvector"
cache = "memory"
inference = "hosted"
billing = "none"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repo of its own, outside of the test environment."""
    (tmp_path / "product.toml").write_text(PRODUCT)
    monkeypatch.setenv("PRODUCT_FILE", str(tmp_path / "product.toml"))
    monkeypatch.delenv("ENVIRONMENT", raising=False)
    return tmp_path


def test_adapters_come_from_the_product_file(folder: Path) -> None:
    assert read_settings(RuntimeSettings).jobs == "postgres"


def test_dotenv_wins_over_the_product_file(folder: Path) -> None:
    (folder / ".env").write_text("JOBS=kafka\nUNKNOWN=1\nVECTORS=\n")
    settings = read_settings(RuntimeSettings)
    assert (settings.jobs, settings.vectors) == ("kafka", "pgvector")


def test_environment_wins_over_dotenv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("JOBS=kafka\n")
    monkeypatch.setenv("JOBS", "memory")
    assert read_settings(RuntimeSettings).jobs == "memory"


def test_tests_never_read_dotenv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("JOBS=kafka\n")
    monkeypatch.setenv("ENVIRONMENT", "test")
    assert read_settings(RuntimeSettings).jobs == "postgres"


def test_production_refuses_to_start_without_its_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careful(RuntimeSettings):
        required_in_production = ("database_url",)

    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(SettingsError, match=r"^Production needs DATABASE_URL: see .env.example.$"):
        read_settings(Careful)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/app")
    assert read_settings(Careful).environment == "production"


def test_a_wrong_setting_is_one_sentence_without_its_value(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "shout")
    with pytest.raises(SystemExit) as stopped:
        settings_or_exit(RuntimeSettings)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert "LOG_LEVEL" in said
    assert "shout" not in said
    assert len(said.splitlines()) == 1


def test_secrets_are_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALKEY_URL", "valkey://app:very-secret@cache/0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:very-secret@db/app")
    assert "very-secret" not in repr(read_settings(RuntimeSettings))


def test_product_is_found_above_the_working_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRODUCT_FILE")
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert root() == folder
    assert load_product().regions == ("eu-central-1", "eu-west-1")


@pytest.mark.parametrize("text", ["", "[product]\nname = 'x'", "no toml ["])
def test_a_broken_product_file_is_named(folder: Path, text: str) -> None:
    (folder / "product.toml").write_text(text)
    with pytest.raises(ProductFileError, match=r"product\.toml"):
        load_product()


def test_a_missing_product_file_is_a_settings_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRODUCT_FILE", str(tmp_path / "nowhere.toml"))
    with pytest.raises(SettingsError, match="nowhere"):
        read_settings(RuntimeSettings)


def test_what_the_model_proxy_needs_loads_no_database() -> None:
    names = ("settings", "correlation", "problems", "logs", "budget", "hops")
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(f'runtime.{name}')\n"
        "    if 'sqlalchemy' in sys.modules: sys.exit(name)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code, *names], check=False).returncode == 0
