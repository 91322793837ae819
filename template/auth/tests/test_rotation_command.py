"""An operator, or a deployment, replaces the signing key from a shell. covers R-0509."""

from typing import Any

import pytest

from oidc_auth.__main__ import main


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, database_urls: Any) -> None:
    monkeypatch.setenv("DATABASE_URL", database_urls[0])
    monkeypatch.setenv("SESSION_SECRET", "s" * 32)


def kids(owner: Any) -> list[str]:
    return [row[0] for row in owner.execute("SELECT kid FROM signing_keys ORDER BY active_at")]


def test_rotate_announces_a_key(owner: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate"]) == 0
    assert main(["rotate"]) == 0
    first, second = kids(owner)
    assert f"Key {second} is announced" in capsys.readouterr().out
    assert main(["rotate", "--compromised"]) == 0
    (third,) = kids(owner)
    assert third not in (first, second)
    assert f"Key {third} signs from now on" in capsys.readouterr().out


def test_rotate_needs_the_secret_and_the_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert main(["rotate"]) == 2
    monkeypatch.setenv("SESSION_SECRET", "")
    assert main(["rotate"]) == 2
    assert "SESSION_SECRET" in capsys.readouterr().err
