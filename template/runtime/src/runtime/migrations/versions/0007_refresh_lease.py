"""Who renews a session at the provider says so in its row, and holds no connection meanwhile."""

from alembic import op

revision = "0007_refresh_lease"
down_revision = "0006_protection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sessions ADD refresh_lease uuid, ADD refresh_lease_until timestamptz")
