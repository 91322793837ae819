"""Old entries of the audit log may leave, from its beginning; a sealed anchor says how far.

The services still can't delete: a function does, for entries that are older than 30 days, whatever
the policy says. The anchor holds the last entry that left, under a seal of our own key.
"""

from alembic import op

revision = "0008_audit_retention"
down_revision = "0007_refresh_lease"
branch_labels = None
depends_on = None

ANCHOR = """
CREATE TABLE audit_anchor (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), seq bigint NOT NULL, mac text NOT NULL,
  at text NOT NULL, key_id text NOT NULL, seal text NOT NULL
);
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('app.audit', true) = 'prune' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE POLICY pruner ON audit_log FOR DELETE TO CURRENT_USER USING (true);
"""

FUNCTIONS = """
CREATE FUNCTION oldest_audit_entries(most integer) RETURNS SETOF audit_log
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS 'SELECT * FROM (SELECT * FROM audit_log WHERE seq IS NOT NULL ORDER BY seq LIMIT most) AS first
      WHERE created_at < now() - interval ''30 days'' ORDER BY seq';

CREATE FUNCTION prune_audit_log(
  last_seq bigint, last_mac text, pruned_at text, sealed_by text, anchor_seal text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
  IF EXISTS (SELECT FROM audit_log
             WHERE seq <= last_seq AND created_at >= now() - interval '30 days') THEN
    RAISE EXCEPTION 'entries of the last 30 days stay' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM audit_log WHERE seq = last_seq AND encode(mac, 'hex') = last_mac) THEN
    RAISE EXCEPTION 'the anchor is no entry of the log' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.audit', 'prune', true);
  DELETE FROM audit_log WHERE seq <= last_seq;
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('app.audit', '', true);
  INSERT INTO audit_anchor VALUES (true, last_seq, last_mac, pruned_at, sealed_by, anchor_seal)
    ON CONFLICT (is_only) DO UPDATE SET seq = excluded.seq, mac = excluded.mac, at = excluded.at,
      key_id = excluded.key_id, seal = excluded.seal;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION oldest_audit_entries(integer),
  prune_audit_log(bigint, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION oldest_audit_entries(integer),
  prune_audit_log(bigint, text, text, text, text) TO app;
GRANT SELECT ON audit_anchor TO app;
"""


def upgrade() -> None:
    op.execute(ANCHOR)
    op.execute(FUNCTIONS)
