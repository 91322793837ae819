"""Alembic's entry: migrates over the connection that ``runtime.migrations.migrate`` opened."""

from alembic import context

# Two services that start together must not migrate together.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('runtime.migrations'))"

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.get_bind().exec_driver_sql(_LOCK)
    context.run_migrations()
