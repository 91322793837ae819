"""Every way to falsify the record shows, also in the exit code. covers R-0304, R-0405."""

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from devstack.databases import fresh_database, shared_server
from oidc_auth.__main__ import main
from oidc_auth.audit import AuditKey, AuditKeys, AuditLog, Decision
from oidc_auth.audit.chain import Head, seal
from oidc_auth.audit.checkpoints import Checkpoint, FiledCheckpoints, read_checkpoints
from oidc_auth.audit.entries import Entry
from oidc_auth.audit.reading import entry_of
from oidc_auth.audit.verification import verify
from runtime.database import Database
from runtime.settings import RuntimeSettings

SECRET = "a key that only this test has and long enough"
KEYS = AuditKeys(AuditKey.of(SECRET))
UNGUARDED = "ALTER TABLE audit_log DISABLE TRIGGER USER"
Attack = Callable[[psycopg.Connection[Any]], None]


@pytest.fixture
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """A database for each test: an attack leaves it broken."""
    with fresh_database(shared_server(), ports=()) as urls:
        yield urls


@pytest.fixture
def owner(database_urls: Any) -> Iterator[psycopg.Connection[Any]]:
    """The attacker: the tables' owner, who can switch the triggers off, without the key."""
    with psycopg.connect(database_urls[1], autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.jsonl"


@pytest.fixture
async def written(database: Database, checkpoints: Path) -> None:
    """Eight decisions and the checkpoints of a process that has ended."""
    log = AuditLog(database, KEYS, stores=(FiledCheckpoints(checkpoints),))
    for number in range(8):
        await log.record(Decision("access.allowed", "anonymous", f"GET /{number}"))
    await log.close()


@pytest.fixture
def audit(
    database_urls: tuple[str, str], checkpoints: Path, monkeypatch: Any, capsys: Any
) -> Callable[..., tuple[int, str]]:
    """Run the command as an operator does; return its exit code and what it said."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", database_urls[1])
    monkeypatch.setenv("AUDIT_KEY", SECRET)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["audit", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def change(owner: psycopg.Connection[Any]) -> None:
    owner.execute("UPDATE audit_log SET target = 'GET /other' WHERE seq = 3")


def remove(owner: psycopg.Connection[Any]) -> None:
    owner.execute("DELETE FROM audit_log WHERE seq = 4")


def swap(owner: psycopg.Connection[Any]) -> None:
    owner.execute("UPDATE audit_log SET seq = -1 WHERE seq = 2")
    owner.execute("UPDATE audit_log SET seq = 2 WHERE seq = 3")
    owner.execute("UPDATE audit_log SET seq = 3 WHERE seq = -1")


def cut_off(owner: psycopg.Connection[Any]) -> None:
    """Remove the end, and correct what the database knows about it."""
    owner.execute("DELETE FROM audit_log WHERE seq > 5")
    owner.execute(
        "UPDATE audit_head SET (seq, mac) = (SELECT seq, mac FROM audit_log WHERE seq = 5)"
    )


def cut_off_carelessly(owner: psycopg.Connection[Any]) -> None:
    owner.execute("DELETE FROM audit_log WHERE seq > 5")


def recompute(owner: psycopg.Connection[Any], key: AuditKey = AuditKey.of("guess" * 8)) -> None:  # noqa: B008 - frozen
    """Change the past and seal everything anew, with a key that is not ours."""
    rows = owner.execute("SELECT * FROM audit_log ORDER BY seq").fetchall()
    changed = [replace(entry_of(row), actor="somebody else") for row in rows]
    lines, _ = seal(changed, Head(0, b""), key)
    for line in lines:
        named = replace(Entry.read(line), key_id=KEYS.current.id)
        owner.execute(
            "UPDATE audit_log SET actor = %s, prev = %s, mac = %s WHERE seq = %s",
            [named.actor, named.prev, named.mac, named.seq],
        )
    owner.execute(
        "UPDATE audit_head SET mac = (SELECT mac FROM audit_log ORDER BY seq DESC LIMIT 1)"
    )


def recompute_with_our_key(owner: psycopg.Connection[Any]) -> None:
    """The key was stolen: only what left the database can tell."""
    recompute(owner, KEYS.current)


def test_seal_of_an_entry_stays_what_it_was() -> None:
    """Logs are verified years later: this is HMAC-SHA-256 over these very bytes."""
    at = datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC)
    texts = ("ada", "access.allowed", "GET /ä", "allow", "signed_in")
    entry = Entry(UUID(int=1), at, UUID(int=2), *texts, ("why",), "v1", {"n": 1}, "c" * 8)
    (line,), head = seal([entry], Head(6, b"\x01"), AuditKey(b"k" * 32, "key"))
    message = (
        b'{"action":"access.allowed","actor":"ada","correlation_id":"cccccccc",'
        b'"created_at":"2026-01-02T03:04:05.000600+00:00","detail":{"n":1},'
        b'"id":"00000000-0000-0000-0000-000000000001","key_id":"key","outcome":"allow",'
        b'"policy_version":"v1","prev":"01","reasons":["why"],"rule":"signed_in","seq":7,'
        b'"target":"GET /\\u00e4","tenant_id":"00000000-0000-0000-0000-000000000002"}'
    )
    assert head == Head(7, hmac.digest(b"k" * 32, message, "sha256"))
    assert Entry.read(line).message() == message
    assert Entry.read(line).mac == head.mac


async def test_audit_verify_says_that_an_untouched_log_is_intact(
    written: None, audit: Any, checkpoints: Path
) -> None:
    code, said = audit("verify", "--checkpoints", str(checkpoints))
    assert (code, "8 entries" in said, "Intact: nothing was" in said) == (0, True, True)


@pytest.mark.parametrize(
    ("attack", "kind", "seq"),
    [
        (change, "changed", 3),
        (remove, "missing", 5),
        (swap, "reordered", 2),
        (cut_off, "truncated", 8),
        (cut_off_carelessly, "end_differs", 8),
        (recompute, "changed", 1),
        (recompute_with_our_key, "rewritten", 8),
    ],
)
async def test_audit_tamper_and_truncation(
    written: None,
    owner: psycopg.Connection[Any],
    audit: Any,
    checkpoints: Path,
    attack: Attack,
    kind: str,
    seq: int,
) -> None:
    owner.execute(UNGUARDED)
    attack(owner)
    code, said = audit("verify", "--json", "--checkpoints", str(checkpoints))
    report = json.loads(said)
    assert (code, report["intact"]) == (1, False)
    assert (seq, kind) in [(fault["seq"], fault["kind"]) for fault in report["faults"]]
    code, said = audit("verify", "--checkpoints", str(checkpoints))
    assert (code, "TAMPERED WITH" in said) == (1, True)


@pytest.mark.parametrize("attack", [cut_off, recompute_with_our_key])
async def test_audit_verify_needs_checkpoints_to_see_these(
    written: None, owner: psycopg.Connection[Any], audit: Any, attack: Attack
) -> None:
    """The negative control: the chain alone can't know, and the command says so."""
    owner.execute(UNGUARDED)
    attack(owner)
    code, said = audit("verify")
    assert (code, "without checkpoints" in said) == (0, True)


async def test_audit_verify_refuses_a_checkpoint_of_somebody_else(
    written: None, audit: Any, checkpoints: Path
) -> None:
    forged = Checkpoint.of(Head(3, b"x" * 32), AuditKey.of("z" * 32), now=0)
    FiledCheckpoints(checkpoints).put(replace(forged, key_id=KEYS.current.id))
    code, said = audit("verify", "--checkpoints", str(checkpoints))
    assert (code, "checkpoint_forged" in said) == (1, True)


async def test_audit_verify_does_not_know_a_key_that_was_thrown_away(
    written: None, audit: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("AUDIT_KEY", "another key of at least thirty-two characters")
    assert "unknown_key" in audit("verify")[1]
    monkeypatch.setenv("AUDIT_RETIRED_KEYS", SECRET)
    assert audit("verify")[0] == 0


async def test_audit_checkpoint_keeps_the_end_of_an_intact_log_only(
    written: None, owner: psycopg.Connection[Any], audit: Any, tmp_path: Path
) -> None:
    target = tmp_path / "kept" / "ends.jsonl"
    assert audit("checkpoint", "--to", str(target))[0] == 0
    (kept,) = read_checkpoints(target.read_text().splitlines())
    assert (kept.seq, kept.is_authentic(KEYS)) == (8, True)
    owner.execute(UNGUARDED)
    change(owner)
    assert audit("checkpoint", "--to", str(target))[0] == 1
    assert len(target.read_text().splitlines()) == 1


async def test_audit_says_that_it_checked_nothing_without_a_database(
    audit: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://nobody@127.0.0.1:9/none")
    code, said = audit("verify")
    assert (code, "Nothing was checked" in said) == (2, True)


def test_checkpoints_are_found_among_a_services_log_lines() -> None:
    point = Checkpoint.of(Head(1, b"m"), KEYS.current, now=0)
    lines = ["", "not json {", json.dumps({"event": "request"}), f"gateway | {point.line()}"]
    assert list(read_checkpoints(lines)) == [point]


def test_verify_stops_counting_faults_when_the_answer_is_clear(settings: RuntimeSettings) -> None:
    forged = [Checkpoint(1, "", "", "", "") for _ in range(500)]
    assert len(verify([], Head(0, b""), forged, KEYS).faults) == 100
