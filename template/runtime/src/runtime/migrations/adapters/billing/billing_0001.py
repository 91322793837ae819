"""Which tenant is which customer of the payment provider, and whether they pay."""

from alembic import op

revision = "billing_0001"
down_revision = None
branch_labels = ("billing",)
depends_on = "0001_base"

STATEMENTS = """
CREATE TABLE billing_customers (
  tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  customer_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'past_due', 'ended')),
  changed_at timestamptz NOT NULL
);
ALTER TABLE billing_customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON billing_customers USING (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON billing_customers TO app;
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
