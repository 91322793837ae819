"""Sessions in families, pinned to a region; our own signing keys; and what may be used once.

Cookies get another form with this revision, so sessions and sign-ins of the former one end.
"""

from alembic import op

revision = "0003_sign_in"
down_revision = "0002_audit_chain"
branch_labels = None
depends_on = None

TABLES = """
TRUNCATE sessions, login_transactions;
ALTER TABLE sessions
  ADD family uuid NOT NULL, ADD region text NOT NULL,
  ADD provider_subject text NOT NULL, ADD provider_session text,
  ADD authenticated_at timestamptz NOT NULL, ADD acr text, ADD amr text[] NOT NULL DEFAULT '{}',
  ADD refresh_at timestamptz, ADD replaced_at timestamptz;
CREATE TABLE signing_keys (
  kid text PRIMARY KEY, private_key bytea NOT NULL, created_at timestamptz NOT NULL,
  active_at timestamptz NOT NULL
);
CREATE TABLE spent (
  purpose text NOT NULL, digest text NOT NULL, expires_at timestamptz NOT NULL,
  PRIMARY KEY (purpose, digest)
);
CREATE INDEX sessions_family ON sessions (tenant_id, family);
CREATE INDEX sessions_provider_session ON sessions (provider_session);
CREATE INDEX sessions_provider_subject ON sessions (provider_subject);
CREATE INDEX login_transactions_expiry ON login_transactions (expires_at);
CREATE INDEX spent_expiry ON spent (expires_at);
CREATE INDEX job_keys_oldest ON job_keys (created_at);
"""

# A cookie admits its person and their tenant, to read; the provider's sign-out the sessions that it
# names; upkeep what is dead already; and keys are for those who say that they handle keys.
POLICIES = """
CREATE POLICY cookie ON users FOR SELECT USING (id IN (
  SELECT user_id FROM sessions WHERE sid_hash = current_setting('app.sid_hash', true)));
CREATE POLICY cookie ON tenants FOR SELECT USING (id IN (
  SELECT tenant_id FROM sessions WHERE sid_hash = current_setting('app.sid_hash', true)));
CREATE POLICY provider_session ON sessions
  USING (provider_session = current_setting('app.provider_session', true));
CREATE POLICY provider_subject ON sessions
  USING (provider_subject = current_setting('app.provider_subject', true));
CREATE POLICY upkeep ON sessions USING (current_setting('app.upkeep', true) = 'on'
  AND (expires_at <= now() OR last_seen_at <= now() - interval '15 minutes'));
CREATE POLICY upkeep ON login_transactions
  USING (current_setting('app.upkeep', true) = 'on' AND expires_at <= now());
CREATE POLICY upkeep ON job_keys
  USING (current_setting('app.upkeep', true) = 'on' AND created_at <= now() - interval '7 days');
CREATE POLICY upkeep ON spent
  USING (current_setting('app.upkeep', true) = 'on' AND expires_at <= now());
CREATE POLICY once ON spent FOR INSERT WITH CHECK (true);
CREATE POLICY keys ON signing_keys USING (current_setting('app.keys', true) = 'on');
"""

GRANTS = """
GRANT SELECT, INSERT, DELETE ON signing_keys, spent TO app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("signing_keys", "spent"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    op.execute(GRANTS)
