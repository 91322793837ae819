"""The database's schema, as Alembic revisions; ``python -m runtime.migrations`` applies them.

``versions/`` has the tables that every product needs. What an adapter needs is a branch of its own
in ``adapters/<port>/`` (``procrastinate_0001``, ``pgvector_0001``) that depends on it: a repo
without the adapter lacks the folder, and ``upgrade heads`` applies what is there.
"""

import os
from collections.abc import Collection
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from runtime.migrations.roles import ensure_app_role
from runtime.settings import RuntimeSettings, SettingsError

VERSIONS = Path(__file__).parent / "versions"
ADAPTERS = Path(__file__).parent / "adapters"
PORTS = ("billing", "jobs", "vectors")
"""Those whose adapters may have tables, as ``product.toml`` calls them."""


class MigrationSettings(RuntimeSettings):
    """Migrations need both roles' addresses and no other secret."""

    required_in_production = ("database_url", "database_admin_url")


def migrate(settings: RuntimeSettings, *, ports: Collection[str] = PORTS) -> None:
    """Make the application's role, then bring the schema up to date.

    Args:
        settings: both roles' addresses.
        ports: whose adapters' tables are wanted too.

    Raises:
        SettingsError: an address is missing, or the services would run as a privileged role.
    """
    if not settings.database_admin_url:
        raise SettingsError("DATABASE_ADMIN_URL is not set: see .env.example.")
    engine = create_engine(_psycopg(settings.database_admin_url))
    try:
        with engine.begin() as connection:
            ensure_app_role(connection, make_url(settings.database_url or "postgresql://app@/"))
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent))
            folders = os.pathsep.join(map(str, version_folders(ports)))
            config.set_main_option("version_locations", folders)
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")
    finally:
        engine.dispose()


def version_folders(ports: Collection[str]) -> list[Path]:
    """Return the folders of the revisions that make a schema with the adapters of these ports."""
    return [VERSIONS, *(ADAPTERS / port for port in sorted(ports))]


def _psycopg(address: str) -> URL:
    return make_url(address).set(drivername="postgresql+psycopg")
