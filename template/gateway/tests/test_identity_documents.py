"""What docs/identity tells people to run works as it stands."""

import re
from pathlib import Path

import psycopg
import pytest

from runtime.product import root

PAGES = sorted((root() / "docs" / "identity").glob("*.md"))
_SQL = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_documented_statement_lets_a_person_in(page: Path, owner: psycopg.Connection) -> None:
    (statements,) = _SQL.findall(page.read_text(encoding="utf-8"))
    # In a cloud the owner is no superuser: row-level security binds it as it binds the services.
    owner.execute("GRANT INSERT ON tenants TO app")
    owner.execute("SET ROLE app")
    owner.execute(statements)
    owner.execute("RESET ROLE")
    query = "SELECT slug, email, roles FROM users JOIN tenants ON tenants.id = tenant_id"
    assert owner.execute(query).fetchall() == [("acme", "jane@example.com", ["member", "admin"])]
