"""Entries join the audit chain in one statement, and nobody appends the same one twice.

Who knows the chain's end seals its entries behind it and sends them with that end: they are written
if it still is the end. The answer is the end that was found, so the writer knows either way.

A connection that dies between a commit and its answer leaves the writer in doubt; one function says
which entries are there, by their ids alone.
"""

from alembic import op

revision = "0009_audit_append"
down_revision = "0008_audit_retention"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION append_audit_entries(after_seq bigint, after_mac bytea, entries jsonb)
  RETURNS TABLE (seq bigint, mac bytea) LANGUAGE plpgsql AS $$
DECLARE head record;
BEGIN
  SELECT * INTO head FROM take_audit_head();
  IF head.seq = after_seq AND head.mac = after_mac THEN
    PERFORM set_config('app.audit', 'write', true);
    INSERT INTO audit_log (id, created_at, tenant_id, actor, action, target, outcome, rule,
        reasons, policy_version, detail, correlation_id, seq, prev, key_id, mac)
      SELECT entry.id, entry.created_at, entry.tenant_id, entry.actor, entry.action, entry.target,
        entry.outcome, entry.rule, ARRAY(SELECT jsonb_array_elements_text(entry.reasons)),
        entry.policy_version, entry.detail, entry.correlation_id, entry.seq,
        decode(entry.prev, 'hex'), entry.key_id, decode(entry.mac, 'hex')
      FROM jsonb_to_recordset(entries) AS entry (id uuid, created_at timestamptz, tenant_id uuid,
        actor text, action text, target text, outcome text, rule text, reasons jsonb,
        policy_version text, detail jsonb, correlation_id text, seq bigint, prev text,
        key_id text, mac text);
  END IF;
  RETURN QUERY SELECT head.seq, head.mac;
END $$;

CREATE FUNCTION written_audit_entries(ids uuid[]) RETURNS SETOF uuid
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS 'SELECT id FROM audit_log WHERE id = ANY (ids)';

REVOKE ALL ON FUNCTION append_audit_entries(bigint, bytea, jsonb),
  written_audit_entries(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_audit_entries(bigint, bytea, jsonb),
  written_audit_entries(uuid[]) TO app;
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
