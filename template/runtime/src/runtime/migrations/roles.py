"""The role that the services connect as: neither owner nor superuser, so that policies bind it."""

from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from runtime.settings import SettingsError

APP_ROLE = "app"

# Roles belong to the whole server, and migrations of two databases may run at once.
_CREATE = f"""
DO $$ BEGIN
  CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

_PRIVILEGED = text(
    "SELECT rolsuper OR rolbypassrls OR rolname = current_user FROM pg_roles WHERE rolname = :name"
)


def ensure_app_role(connection: Connection, app_url: URL) -> None:
    """Make the role ``app``, and let the user of ``DATABASE_URL`` be it.

    Raises:
        SettingsError: that user doesn't exist, owns the tables, or is above row-level security.
    """
    connection.exec_driver_sql(_CREATE)
    user = app_url.username or APP_ROLE
    privileged = connection.execute(_PRIVILEGED, {"name": user}).scalar()
    if privileged is None:
        raise SettingsError(f"DATABASE_URL names the role {user!r}, which does not exist: make it.")
    if privileged:
        raise SettingsError(
            f"Row-level security does not bind {user!r}: DATABASE_URL must use {APP_ROLE!r}."
        )
    if user != APP_ROLE:
        _execute(connection, sql.SQL("GRANT {} TO {}").format(_name(APP_ROLE), _name(user)))
    elif app_url.password:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        _execute(connection, statement.format(_name(APP_ROLE), sql.Literal(str(app_url.password))))


def _name(role: str) -> sql.Identifier:
    return sql.Identifier(role)


def _execute(connection: Connection, statement: sql.Composed) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute(statement)
