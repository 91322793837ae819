"""What docs/identity tells people to run works as it stands."""

import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from runtime.product import root

PAGES = sorted((root() / "docs" / "identity").glob("*.md"))
_SQL = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_documented_statement_lets_a_person_in(page: Path, owner: psycopg.Connection) -> None:
    (statement,) = _SQL.findall(page.read_text(encoding="utf-8"))
    tenant = uuid4()
    owner.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, 'acme', 'Acme')", [tenant])
    owner.execute(statement)
    query = "SELECT email, roles FROM users WHERE tenant_id = %s"
    expected = [("jane@example.com", ["member", "admin"])]
    assert owner.execute(query, [tenant]).fetchall() == expected
