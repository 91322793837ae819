"""Machines that use the API, their keys, and roles that a provider's claims gave.

A machine is a user of its tenant too: what it makes belongs to somebody. Its key is found by its
digest, before the tenant is known, as a session is found by its cookie's.
"""

from alembic import op

revision = "0004_machines"
down_revision = "0003_sign_in"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE users ADD granted_roles text[] NOT NULL DEFAULT '{}'
  CHECK (granted_roles <@ ARRAY['member', 'reviewer', 'admin']);
CREATE TABLE machines (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  user_id uuid NOT NULL, name text NOT NULL, scopes text[] NOT NULL, created_by uuid NOT NULL,
  revoked_at timestamptz,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  UNIQUE (tenant_id, id)
);
CREATE TABLE machine_keys (
  key_digest text PRIMARY KEY, prefix text NOT NULL UNIQUE,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE, machine_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  FOREIGN KEY (tenant_id, machine_id) REFERENCES machines (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX machine_keys_machine ON machine_keys (tenant_id, machine_id);
"""

POLICIES = """
CREATE POLICY key ON machine_keys USING (key_digest = current_setting('app.key_digest', true));
CREATE POLICY key ON machines FOR SELECT USING (id IN (SELECT machine_id FROM machine_keys
  WHERE key_digest = current_setting('app.key_digest', true)));
CREATE POLICY key ON users FOR SELECT USING (id IN (SELECT user_id FROM machines
  JOIN machine_keys ON machine_id = machines.id
  WHERE key_digest = current_setting('app.key_digest', true)));
CREATE POLICY key ON tenants FOR SELECT USING (id IN (SELECT tenant_id FROM machine_keys
  WHERE key_digest = current_setting('app.key_digest', true)));
GRANT SELECT, INSERT, UPDATE, DELETE ON machines, machine_keys TO app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("machines", "machine_keys"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} USING (tenant_id = current_tenant())")
    op.execute(POLICIES)
