import stat
from pathlib import Path

from devstack.credentials import NAMES, load_credentials
from runtime.product import root


def test_credentials_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    made = load_credentials(tmp_path)
    assert set(made) == set(NAMES)
    assert len(set(made.values())) == len(NAMES)
    assert load_credentials(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600


def test_credentials_that_are_missing_are_added(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"SESSION_SECRET": "kept"}')
    made = load_credentials(tmp_path)
    assert made["SESSION_SECRET"] == "kept"
    assert all(made.values())


def test_git_ignores_the_folder_they_are_kept_in() -> None:
    assert ".data/" in (root() / ".gitignore").read_text().splitlines()
