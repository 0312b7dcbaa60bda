"""Evidence files of a year's entry: kept by their SHA-256, with what is in them."""

from alembic import op

from services.data.protection import protect

revision = "0007"
down_revision = "0008"

TABLE = """
    CREATE TABLE collected.attachment (
        organization_id bigint NOT NULL REFERENCES base.organization,
        year integer NOT NULL,
        sha256 text NOT NULL,
        access_path ltree NOT NULL,
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('pdf', 'png', 'jpg', 'xlsx', 'csv')),
        size bigint NOT NULL CHECK (size = octet_length(content)),
        content bytea NOT NULL,
        added_by bigint NOT NULL REFERENCES base.person,
        added_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, year, sha256),
        CHECK (sha256 = encode(sha256(content), 'hex'))
    )"""
# A file is added or removed, and never another one under the same name.
UNCHANGED = (
    "CREATE TRIGGER unchanged BEFORE UPDATE ON collected.attachment "
    "FOR EACH ROW EXECUTE FUNCTION base.refuse_change()"
)


def upgrade() -> None:
    """Add the table."""
    op.execute(TABLE)
    op.execute(UNCHANGED)
    for statement in protect("collected.attachment", "SELECT, INSERT, DELETE"):
        op.execute(statement)


def downgrade() -> None:
    """Remove the table with its files."""
    op.execute("DROP TABLE collected.attachment")
