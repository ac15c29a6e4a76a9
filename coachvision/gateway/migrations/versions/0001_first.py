"""The first tables. Append-only: never edited once released; another change is another file.

On PostgreSQL each table has row level security on and no policy: Supabase lets anybody with the publishable key ask for
tables of the public schema, and must find no row there. The gateway owns the tables and is not bound by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "secret", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.LargeBinary, nullable=False)
    )
    op.create_table(
        "guest",
        sa.Column("guest_id", sa.Text, primary_key=True),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.Text),
    )
    op.create_table(
        "account",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("stored_bytes", sa.BigInteger, nullable=False),
        sa.Column("reserved_bytes", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("change_seq", sa.BigInteger, nullable=False),
        sa.Column("audit_key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "usage_day",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("uploads", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "upload",
        sa.Column("upload_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("request_sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ext", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("part_size", sa.BigInteger, nullable=False),
        sa.Column("parts_total", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("storage_id", sa.Text),
        sa.Column("clean", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("expires", sa.Text),
        sa.UniqueConstraint("owner", "idempotency_key", name="upload_by_idempotency_key"),
    )
    op.create_index("upload_by_session", "upload", ["owner", "session_id"])
    op.create_index("upload_by_expiry", "upload", ["expires"])
    op.create_index("upload_by_state", "upload", ["state", "changed"])
    op.create_table(
        "part",
        sa.Column("upload_id", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("md5", sa.Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("manifest", sa.Text),
    )
    op.create_index("session_by_change", "session", ["owner", "seq"], unique=True)
    op.create_index("session_by_creation", "session", ["owner", "kind", "deleted", "created", "session_id"])
    op.create_table(
        "delegation",
        sa.Column("delegation_id", sa.Text, primary_key=True),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
    op.create_index("delegation_by_owner", "delegation", ["owner", "created"])
    op.create_table(
        "audit",
        sa.Column("writer", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("audit_by_subject", "audit", ["subject", "at"])
    if op.get_bind().dialect.name == "postgresql":
        for table in (
            "secret",
            "guest",
            "account",
            "usage_day",
            "upload",
            "part",
            "session",
            "delegation",
            "audit",
            "alembic_version",
        ):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
