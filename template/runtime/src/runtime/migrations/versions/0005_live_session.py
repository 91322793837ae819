"""One round trip for what every request asks: whose session is this?

The function runs with the rights of who calls it: the policies decide what it sees, by the digest
that it sets for its own transaction.
"""

from alembic import op

revision = "0005_live_session"
down_revision = "0004_machines"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION live_session(digest text)
  RETURNS TABLE (session sessions, person users, tenant tenants) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.sid_hash', digest, true);
  RETURN QUERY SELECT s, u, t FROM sessions s
    JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id
    WHERE s.sid_hash = digest;
END $$;
REVOKE ALL ON FUNCTION live_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION live_session(text) TO app;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
