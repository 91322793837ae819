"""The passages and their embeddings, partitioned by tenant.

Everybody starts in the default partition, searched exactly; docs/vectors/pgvector.md tells how a
large tenant gets its own with an HNSW index. Only the parent is granted, so that a query can't go
around the policy by naming a partition.
"""

from alembic import op

revision = "pgvector_0001"
down_revision = None
branch_labels = ("pgvector",)
depends_on = "0001_base"

STATEMENTS = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE chunks (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  id uuid NOT NULL, document_id uuid NOT NULL,
  title text NOT NULL, ordinal integer NOT NULL, text text NOT NULL,
  embedding halfvec(384) NOT NULL,
  PRIMARY KEY (tenant_id, id)
) PARTITION BY LIST (tenant_id);
CREATE TABLE chunks_default PARTITION OF chunks DEFAULT;
CREATE INDEX chunks_document ON chunks (tenant_id, document_id);
ALTER TABLE chunks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE chunks_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON chunks USING (tenant_id = current_tenant());
CREATE POLICY tenant ON chunks_default USING (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON chunks TO app;
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
