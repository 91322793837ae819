"""``audit explain ID`` tells a person why, and whether to rely on it. covers R-0405."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from devstack.fixtures import TestTenant
from oidc_auth.__main__ import main
from oidc_auth.audit import AuditKey, AuditKeys, AuditLog, Decision
from runtime.correlation import bind_correlation_id
from runtime.database import Database

SECRET = "a key that only this test has and long enough"


@pytest.fixture(autouse=True)
def _operator(database_urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_ADMIN_URL", database_urls[1])
    monkeypatch.setenv("AUDIT_KEY", SECRET)


@pytest.fixture
def owner(database_urls: tuple[str, str]) -> Any:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


@pytest.fixture
async def entry(database: Database, tenant: TestTenant, owner: Any) -> str:
    """The id of a refusal."""
    log = AuditLog(database, AuditKeys(AuditKey.of(SECRET)), policy_version="roles-7")
    decision = Decision(
        "access.refused",
        str(tenant.member.id),
        "GET /api/admin/overview",
        tenant.id,
        {"roles": ["member"]},
        outcome="step_up",
        rule="stepup:figures:read",
        reasons=("step_up_required",),
    )
    with bind_correlation_id("correlation-of-this-test"):
        await log.record(decision)
    found = owner.execute("SELECT id FROM audit_log WHERE tenant_id = %s", [tenant.id]).fetchone()
    return str(found[0])


def test_explain_says_who_what_why_and_by_which_rule(
    entry: str, tenant: TestTenant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "explain", entry]) == 0
    said = capsys.readouterr().out
    for part in (
        tenant.member.email,
        tenant.slug,
        "was asked to prove again who they are",
        "about GET /api/admin/overview",
        "needs a fresh proof of who asks",
        "Rule: stepup:figures:read.",
        "Version of the policy: roles-7.",
        "roles member",
        "Correlation id: correlation-of-this-test.",
        "its seal is intact",
    ):
        assert part in said


def test_explain_warns_of_an_entry_that_was_changed(
    entry: str, owner: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    owner.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    owner.execute("UPDATE audit_log SET outcome = 'allow' WHERE id = %s", [entry])
    owner.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")
    assert main(["audit", "explain", entry]) == 1
    assert "ITS SEAL IS BROKEN" in capsys.readouterr().out


def test_explain_knows_no_other_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "explain", str(uuid4())]) == 2
    assert "There is no entry" in capsys.readouterr().err
