"""The audit log becomes a chain: each entry names the one before it and carries a seal.

The services may insert and read, nothing else. The end of the chain is kept by the database itself:
whoever inserts must have taken it (which locks it until the transaction ends) and continue exactly
there. Entries from before this revision have no place in the chain.
"""

from alembic import op

revision = "0002_audit_chain"
down_revision = "0001_base"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE audit_log
  ADD outcome text NOT NULL DEFAULT 'done', ADD rule text NOT NULL DEFAULT '',
  ADD reasons text[] NOT NULL DEFAULT '{}', ADD policy_version text NOT NULL DEFAULT '',
  ADD seq bigint UNIQUE, ADD prev bytea, ADD key_id text, ADD mac bytea;
"""

HEAD = """
CREATE TABLE audit_head (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), seq bigint NOT NULL, mac bytea NOT NULL
);
INSERT INTO audit_head (seq, mac) VALUES (0, '');
CREATE FUNCTION take_audit_head() RETURNS TABLE (seq bigint, mac bytea)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS 'SELECT seq, mac FROM audit_head FOR UPDATE';
"""

CONTINUITY = """
CREATE FUNCTION continue_audit_chain() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM audit_head, LATERAL (
      SELECT added.seq, prev, key_id, added.mac, lag(added.seq, 1, audit_head.seq)
        OVER place AS before, lag(added.mac, 1, audit_head.mac) OVER place AS before_mac
      FROM added WINDOW place AS (ORDER BY added.seq)) AS link
    WHERE link.seq IS DISTINCT FROM before + 1 OR link.prev IS DISTINCT FROM before_mac
      OR link.key_id IS NULL OR link.mac IS NULL
  ) THEN
    RAISE EXCEPTION 'the entry does not continue the audit chain' USING ERRCODE = '40001';
  END IF;
  UPDATE audit_head SET seq = newest.seq, mac = newest.mac
    FROM (SELECT seq, mac FROM added ORDER BY seq DESC LIMIT 1) AS newest;
  RETURN NULL;
END $$;
CREATE TRIGGER continue_chain AFTER INSERT ON audit_log
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION continue_audit_chain();
"""

# The log writes entries of several tenants in one statement. Whoever owns the table may read it
# all, to verify it; the services never own it.
POLICIES = """
CREATE POLICY writer ON audit_log FOR INSERT
  WITH CHECK (current_setting('app.audit', true) = 'write');
CREATE POLICY verifier ON audit_log FOR SELECT TO CURRENT_USER USING (true);
REVOKE ALL ON FUNCTION take_audit_head(), continue_audit_chain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_audit_head() TO app;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(HEAD)
    op.execute(CONTINUITY)
    op.execute(POLICIES)
