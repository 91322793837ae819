"""The job queue's tables: procrastinate's own migrations, up to the one named here.

A later procrastinate brings further files; they come as a further revision, never by changing this.
"""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "procrastinate_0001"
down_revision = None
branch_labels = ("procrastinate",)
depends_on = "0001_base"

LAST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON
  procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
  TO app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app;
"""


def upgrade() -> None:
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    for file in files:
        if file.name <= LAST:
            statements = file.read_text(encoding="utf-8")
            op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
    op.execute(GRANTS)
