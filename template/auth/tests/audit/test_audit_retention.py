"""Old entries leave, and nothing else can. covers R-0304, R-0405."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from devstack.databases import fresh_database, shared_server
from oidc_auth.__main__ import main
from oidc_auth.audit import AuditKey, AuditKeys, AuditLog, Decision
from oidc_auth.audit.archive import Archive
from oidc_auth.audit.checkpoints import Anchor, Checkpoint, FiledCheckpoints, read_checkpoints
from oidc_auth.audit.retention import Retention
from oidc_auth.errors import AuditBrokenError
from runtime.database import Database

SECRET = "a key that only this test has and long enough"
KEYS = AuditKeys(AuditKey.of(SECRET))
DAY_S = 24 * 3600
OLD, YOUNG = 8, 3


@pytest.fixture
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """A database for each test: the chain is a whole."""
    with fresh_database(shared_server(), ports=()) as urls:
        yield urls


@pytest.fixture
def owner(database_urls: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.jsonl"


@pytest.fixture
async def log(database: Database, outside: Path) -> AuditLog:
    """Eight entries that are 500 days old, with checkpoints, and three of today."""
    age = 500 * DAY_S
    log = AuditLog(
        database, KEYS, clock=lambda: time.time() - age, stores=(FiledCheckpoints(outside),)
    )
    for number in range(OLD + YOUNG):
        age = age if number < OLD else 0
        await log.record(Decision("access.allowed", "anonymous", f"GET /{number}"))
    age = 0
    await log.close()
    return log


@pytest.fixture
def audit(
    database_urls: tuple[str, str], outside: Path, monkeypatch: Any, capsys: Any
) -> Callable[..., tuple[int, str]]:
    """Verify as an operator does, with what is outside the database."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", database_urls[1])
    monkeypatch.setenv("AUDIT_KEY", SECRET)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["audit", "verify", "--checkpoints", str(outside), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def kept(owner: psycopg.Connection[Any]) -> list[int]:
    return [seq for (seq,) in owner.execute("SELECT seq FROM audit_log ORDER BY seq")]


async def test_retention_moves_what_is_old_and_the_rest_verifies(
    log: AuditLog, archive: Archive, owner: Any, audit: Any
) -> None:
    assert await Retention(log, archive).run() == OLD
    assert kept(owner)[:YOUNG] == [OLD + 1, OLD + 2, OLD + 3]
    assert owner.execute("SELECT action FROM audit_log ORDER BY seq DESC").fetchone() == (
        "audit.pruned",
    )
    assert [entry.seq for entry in archive.entries()] == list(range(1, OLD + 1))
    code, said = audit()
    assert (code, f"Entries up to {OLD} have left" in said) == (0, True), said
    assert audit("--archive", str(archive.folder))[0] == 0
    assert await Retention(log, archive).run() == 0


async def test_retention_goes_on_in_batches(
    log: AuditLog, archive: Archive, audit: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("oidc_auth.audit.retention.BATCH", 3)
    assert await Retention(log, archive).run() == OLD
    assert len(list(archive.folder.iterdir())) == 3
    assert audit("--archive", str(archive.folder))[0] == 0


async def test_retention_repeats_a_run_that_was_interrupted(
    log: AuditLog, archive: Archive, audit: Any, owner: Any, monkeypatch: Any
) -> None:
    """The file is there, the deletion is not: nothing is lost, nothing is counted twice."""
    monkeypatch.setattr("oidc_auth.audit.retention.BATCH", 5)

    async def die(*_: Any) -> None:
        raise OSError("the machine stops")

    with monkeypatch.context() as interrupted:
        interrupted.setattr("oidc_auth.audit.retention.append", die)
        with pytest.raises(OSError, match="stops"):
            await Retention(log, archive).run()
    assert len(kept(owner)) == OLD + YOUNG
    assert audit("--archive", str(archive.folder))[0] == 0
    assert await Retention(log, archive).run() == OLD
    assert audit("--archive", str(archive.folder))[0] == 0


async def test_retention_keeps_what_can_not_be_exported(
    log: AuditLog, owner: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        await Retention(log, Archive(tmp_path / "file" / "archive")).run()
    assert len(kept(owner)) == OLD + YOUNG


async def test_retention_keeps_evidence(log: AuditLog, archive: Archive, owner: Any) -> None:
    owner.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    owner.execute("UPDATE audit_log SET target = 'GET /other' WHERE seq = 3")
    with pytest.raises(AuditBrokenError):
        await Retention(log, archive).run()
    assert len(kept(owner)) == OLD + YOUNG


async def test_anchor_is_kept_outside_too(log: AuditLog, archive: Archive, outside: Path) -> None:
    await Retention(log, archive).run()
    lines = lines_of(outside)
    assert any('"audit_anchor"' in line for line in lines)
    assert all(point.is_authentic(KEYS) for point in read_checkpoints(lines))


def delete_more(owner: psycopg.Connection[Any]) -> None:
    owner.execute(f"DELETE FROM audit_log WHERE seq = {OLD + 1}")


def delete_more_and_move_the_anchor(owner: psycopg.Connection[Any]) -> None:
    delete_more(owner)
    owner.execute("UPDATE audit_anchor SET seq = seq + 1")


def forget_the_anchor(owner: psycopg.Connection[Any]) -> None:
    owner.execute("DELETE FROM audit_anchor")


def cut_off_the_end(owner: psycopg.Connection[Any]) -> None:
    owner.execute(f"DELETE FROM audit_log WHERE seq > {OLD + 1}")
    owner.execute(
        "UPDATE audit_head SET (seq, mac) ="
        " (SELECT seq, mac FROM audit_log ORDER BY seq DESC LIMIT 1)"
    )


# covers R-0304
@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (delete_more, "missing"),
        (delete_more_and_move_the_anchor, "anchor_forged"),
        (forget_the_anchor, "missing"),
        (cut_off_the_end, "truncated"),
    ],
)
async def test_truncation_that_is_no_retention_shows(
    log: AuditLog, archive: Archive, owner: Any, audit: Any, attack: Any, kind: str
) -> None:
    await Retention(log, archive).run()
    assert audit()[0] == 0
    owner.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    attack(owner)
    code, said = audit()
    assert (code, kind in said) == (1, True), said


async def test_a_checkpoint_is_no_anchor(
    log: AuditLog, owner: Any, audit: Any, outside: Path
) -> None:
    """Everybody who reads the service's log has checkpoints; they must not excuse a deletion."""
    point = list(read_checkpoints(lines_of(outside)))[-2]
    owner.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    owner.execute("DELETE FROM audit_log WHERE seq <= %s", [point.seq])
    values = [point.seq, point.mac, point.at, point.key_id, point.seal]
    owner.execute("INSERT INTO audit_anchor VALUES (true, %s, %s, %s, %s, %s)", values)
    code, said = audit()
    assert (code, "anchor_forged" in said) == (1, True), said


@pytest.mark.parametrize("harm", ["lost", "changed"])
async def test_archive_that_was_harmed_shows(
    log: AuditLog, archive: Archive, audit: Any, harm: str
) -> None:
    await Retention(log, archive).run()
    (file,) = archive.folder.iterdir()
    first, *rest = archive.entries()
    file.unlink()
    if harm == "changed":
        archive.put([first.__class__(**{**vars(first), "target": "GET /other"}), *rest])
    assert audit("--archive", str(archive.folder))[0] == 1


async def test_services_can_not_delete_what_is_young(log: AuditLog, owner: Any) -> None:
    young = owner.execute("SELECT seq, encode(mac, 'hex') FROM audit_log ORDER BY seq DESC")
    seq, mac = young.fetchone()
    prune = text("SELECT prune_audit_log(:seq, :mac, '', '', '')")
    with pytest.raises(ProgrammingError, match="30 days"):
        async with log.database.session() as session:
            await session.execute(prune, {"seq": seq, "mac": mac})
    async with log.database.session() as session:
        await session.execute(text("SELECT set_config('app.audit', 'prune', true)"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text("DELETE FROM audit_log"))
    with pytest.raises(InsufficientPrivilege, match="append-only"):
        owner.execute("DELETE FROM audit_log")


def test_anchor_and_checkpoint_of_one_entry_have_different_seals() -> None:
    values = (5, "aa", "2026-01-01T00:00:00+00:00", KEYS.current.id)
    assert Anchor(*values).message() != Checkpoint(*values).message()
