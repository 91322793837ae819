"""Applies the migrations: ``python -m runtime.migrations``."""

import sys

from runtime.logs import configure_logs, logger
from runtime.migrations import MigrationSettings, migrate
from runtime.settings import SettingsError, settings_or_exit


def main() -> int:
    """Migrate; return the exit code."""
    settings = settings_or_exit(MigrationSettings)
    configure_logs("migrations", settings)
    try:
        migrate(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logger(__name__).info("migrated")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
