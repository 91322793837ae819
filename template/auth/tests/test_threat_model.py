"""The threat model names tests that exist, and every attack test is named. covers R-0304."""

import re
from pathlib import Path

import pytest

from runtime.product import root

DOCUMENT = Path("docs") / "sign-in" / "threat-model.md"
_NAMED = re.compile(r"`(test_\w+)`")
_DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def named(text: str) -> set[str]:
    return set(_NAMED.findall(text))


def defined(*folders: str) -> set[str]:
    files = [file for folder in folders for file in (root() / folder).rglob("test_*.py")]
    return {name for file in files for name in _DEFINED.findall(file.read_text())}


def attacks() -> set[str]:
    """What attacks us; the controls attack the plain library and are told of in a sentence."""
    folder = root() / "auth/tests/attacks"
    files = [file for file in folder.glob("test_*.py") if "negative_control" not in file.name]
    return {name for file in files for name in _DEFINED.findall(file.read_text())}


@pytest.fixture
def document() -> str:
    return (root() / DOCUMENT).read_text()


def test_every_test_that_is_named_exists(document: str) -> None:
    assert named(document) - defined("auth/tests", "gateway/tests") == set()


def test_every_attack_test_is_named(document: str) -> None:
    assert attacks()
    assert attacks() - named(document) == set()


def test_document_gate_sees_a_test_that_is_gone_and_one_that_is_forgotten(document: str) -> None:
    stale = document.replace("`test_expired`", "`test_expired_long_ago`")
    assert named(stale) - defined("auth/tests", "gateway/tests") == {"test_expired_long_ago"}
    assert attacks() - named(stale) == {"test_expired"}
