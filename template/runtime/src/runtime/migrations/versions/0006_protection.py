"""What guards sign-in and sessions: bound keys, limits, used proofs, devices, failures.

``spent``, ``limit_buckets`` and ``failures`` hold digests and numbers, no tenant's rows, nothing
that outlives a few minutes: they are unlogged. A crash empties them, which refills limits and
forgets used proofs; the proofs' nonces still expire.
"""

from alembic import op

revision = "0006_protection"
down_revision = "0005_live_session"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE login_transactions
  ADD jkt text, ADD acr_values text[] NOT NULL DEFAULT '{}', ADD max_age_s integer;
ALTER TABLE sessions ADD jkt text, ADD network text, ADD agent text;
CREATE TABLE devices (
  tenant_id uuid NOT NULL, user_id uuid NOT NULL, jkt text NOT NULL,
  network text NOT NULL, agent text NOT NULL,
  first_seen_at timestamptz NOT NULL, last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, user_id, jkt),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE devices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON devices USING (tenant_id = current_tenant());
ALTER TABLE spent SET UNLOGGED;
CREATE POLICY seen ON spent FOR SELECT USING (true);
CREATE POLICY again ON spent FOR UPDATE USING (true);
CREATE UNLOGGED TABLE failures (key text NOT NULL, at timestamptz NOT NULL);
CREATE INDEX failures_recent ON failures (key, at);
CREATE UNLOGGED TABLE limit_buckets (key text PRIMARY KEY, full_at double precision NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON devices, failures, limit_buckets TO app;
GRANT UPDATE ON spent TO app;
"""

# A bucket is one number: when it will be full. Tokens in it = burst - (full_at - now) / interval.
TAKE_TOKENS = """
CREATE FUNCTION take_tokens(
  bucket text, wanted integer, interval_s double precision, burst integer, at double precision,
  OUT granted integer, OUT wait_s double precision
) LANGUAGE plpgsql AS $$
DECLARE full_since double precision;
BEGIN
  INSERT INTO limit_buckets VALUES (bucket, at) ON CONFLICT DO NOTHING;
  SELECT greatest(full_at, at) INTO full_since FROM limit_buckets WHERE key = bucket FOR UPDATE;
  granted := least(wanted, floor(burst - (full_since - at) / interval_s + 1e-9));
  wait_s := 0;
  IF granted < 1 THEN
    granted := 0;
    wait_s := full_since - at - (burst - 1) * interval_s;
  ELSE
    UPDATE limit_buckets SET full_at = full_since + granted * interval_s WHERE key = bucket;
  END IF;
END $$;
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
    op.execute(TAKE_TOKENS)
