"""Tenants, people, sessions, documents, conversations, answers, reviews and the audit log.

Every table is under forced row-level security: without a tenant in ``app.tenant_id`` a transaction
sees no rows. References between tenants' rows carry the tenant, because PostgreSQL checks foreign
keys without the policies.
"""

from alembic import op

revision = "0001_base"
down_revision = None
branch_labels = ("base",)
depends_on = None

TABLES = """
CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  slug text NOT NULL UNIQUE, name text NOT NULL, paused boolean NOT NULL DEFAULT false
);
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  issuer text NOT NULL, subject text NOT NULL, email text NOT NULL, name text NOT NULL,
  roles text[] NOT NULL DEFAULT '{}' CHECK (roles <@ ARRAY['member', 'reviewer', 'admin']),
  UNIQUE (issuer, subject), UNIQUE (tenant_id, id)
);
CREATE TABLE login_transactions (
  state_hash text PRIMARY KEY, nonce text NOT NULL, code_verifier text NOT NULL,
  return_to text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL
);
CREATE TABLE sessions (
  sid_hash text PRIMARY KEY, tenant_id uuid NOT NULL, user_id uuid NOT NULL,
  id_token bytea, refresh_token bytea,
  created_at timestamptz NOT NULL DEFAULT now(), last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE TABLE documents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  title text NOT NULL, content_type text NOT NULL, size_bytes integer NOT NULL,
  sha256 text NOT NULL, content bytea NOT NULL, text text,
  status text NOT NULL DEFAULT 'waiting'
    CHECK (status IN ('waiting', 'reading', 'ready', 'failed')),
  error text, passages integer NOT NULL DEFAULT 0, created_by uuid NOT NULL,
  FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id),
  UNIQUE (tenant_id, id)
);
CREATE TABLE conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  user_id uuid NOT NULL, title text NOT NULL,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  UNIQUE (tenant_id, id)
);
CREATE TABLE answers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  conversation_id uuid NOT NULL, user_id uuid NOT NULL,
  question text NOT NULL, text text NOT NULL, citations jsonb NOT NULL DEFAULT '[]',
  model text NOT NULL, prompt_hash text NOT NULL,
  input_tokens integer NOT NULL, output_tokens integer NOT NULL, correlation_id text NOT NULL,
  FOREIGN KEY (tenant_id, conversation_id)
    REFERENCES conversations (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  UNIQUE (tenant_id, id)
);
CREATE TABLE reviews (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  answer_id uuid NOT NULL, reason text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'rejected')),
  note text, decided_by uuid, decided_at timestamptz,
  FOREIGN KEY (tenant_id, answer_id) REFERENCES answers (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, decided_by) REFERENCES users (tenant_id, id),
  UNIQUE (tenant_id, answer_id)
);
CREATE TABLE audit_log (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid, actor text NOT NULL, action text NOT NULL, target text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}', correlation_id text NOT NULL
);
CREATE TABLE job_keys (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL, key text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, name, key)
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX documents_newest ON documents (tenant_id, created_at DESC);
CREATE INDEX conversations_newest ON conversations (tenant_id, user_id, created_at DESC);
CREATE INDEX answers_oldest ON answers (tenant_id, conversation_id, created_at);
CREATE INDEX audit_log_newest ON audit_log (tenant_id, created_at DESC);
"""

SCOPE = """
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;
"""

# Sign-in reads rows before it knows the tenant: by the cookie's hash, the state's, or the person's
# identity at the provider.
POLICIES = """
CREATE POLICY tenant ON tenants USING (id = current_tenant());
CREATE POLICY identity ON tenants FOR SELECT USING (id IN (
  SELECT tenant_id FROM users WHERE issuer = current_setting('app.issuer', true)
    AND subject = current_setting('app.subject', true)));
CREATE POLICY identity ON users FOR SELECT USING (
  issuer = current_setting('app.issuer', true) AND subject = current_setting('app.subject', true));
CREATE POLICY cookie ON sessions USING (sid_hash = current_setting('app.sid_hash', true));
CREATE POLICY state ON login_transactions
  USING (state_hash = current_setting('app.state_hash', true));
CREATE POLICY untenanted ON audit_log FOR INSERT WITH CHECK (tenant_id IS NULL);
"""

OF_A_TENANT = (
    "users",
    "sessions",
    "documents",
    "conversations",
    "answers",
    "reviews",
    "audit_log",
    "job_keys",
)

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT, UPDATE ON tenants TO app;
GRANT SELECT, INSERT ON audit_log TO app;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON users, login_transactions, sessions, documents, conversations, answers, reviews, job_keys
  TO app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(SCOPE)
    for table in ("tenants", "login_transactions", *OF_A_TENANT):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for table in OF_A_TENANT:
        op.execute(f"CREATE POLICY tenant ON {table} USING (tenant_id = current_tenant())")
    op.execute(POLICIES)
    op.execute(APPEND_ONLY)
    op.execute(GRANTS)
