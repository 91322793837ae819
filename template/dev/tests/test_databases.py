import psycopg
import pytest
from psycopg import sql

from devstack.databases import fresh_database, shared_server
from devstack.services.postgres import databases, execute

DEAD_PID = 2**22 + 1
"""Larger than any process id that Linux or macOS gives."""


def test_fresh_databases_are_migrated_and_apart() -> None:
    server = shared_server()
    with (
        fresh_database(server, ports=()) as (_, one),
        fresh_database(server, ports=()) as (_, two),
    ):
        with psycopg.connect(one) as owner:
            owner.execute("INSERT INTO tenants (slug, name) VALUES ('a', 'A')")
        with psycopg.connect(two) as owner:
            row = owner.execute("SELECT count(*) FROM tenants").fetchone()
        assert row == (0,)


def test_fresh_database_is_gone_afterwards() -> None:
    server = shared_server()
    with fresh_database(server, ports=()) as (app, _):
        name = psycopg.conninfo.conninfo_to_dict(app)["dbname"]
        assert name in databases(server)
    assert name not in databases(server)


@pytest.mark.parametrize("pid", [DEAD_PID])
def test_shared_server_drops_what_a_killed_run_left_behind(pid: int) -> None:
    name = f"test_{pid}_left"
    execute(shared_server(), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    assert name not in databases(shared_server())
