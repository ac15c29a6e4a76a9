"""Claims, shares, organizations, erasures. Append-only, as every migration is; row level security as in the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "claim",
        sa.Column("claim_id", sa.Text, primary_key=True),
        sa.Column("guest_id", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("delete_after", sa.Text),
    )
    op.create_index("claim_by_owner", "claim", ["owner"])
    op.create_index("claim_by_state", "claim", ["state"])
    op.create_table(
        "claim_object",
        sa.Column("claim_id", sa.Text, primary_key=True),
        sa.Column("upload_id", sa.Text, primary_key=True),
        sa.Column("old_key", sa.Text, nullable=False),
        sa.Column("new_key", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
    )
    op.create_table(
        "share",
        sa.Column("share_id", sa.Text, primary_key=True),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("card_id", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("allow_download", sa.Boolean, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("views", sa.BigInteger, nullable=False),
    )
    op.create_index("share_by_owner", "share", ["owner", "created"])
    op.create_index("share_by_expiry", "share", ["expires"])
    op.create_table(
        "organization",
        sa.Column("organization_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
    )
    op.create_table(
        "member",
        sa.Column("organization_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("joined", sa.Text, nullable=False),
    )
    op.create_index("member_by_owner", "member", ["owner"])
    op.create_table(
        "invitation",
        sa.Column("invitation_id", sa.Text, primary_key=True),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("organization_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("expires", sa.Text, nullable=False),
    )
    op.create_index("invitation_by_organization", "invitation", ["organization_id"])
    op.create_index("invitation_by_expiry", "invitation", ["expires"])
    op.create_table(
        "consent",
        sa.Column("organization_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("created", sa.Text, nullable=False),
    )
    op.create_index("consent_by_owner", "consent", ["owner", "session_id"])
    op.create_table(
        "erasure",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("begun", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("claim", "claim_object", "share", "organization", "member", "invitation", "consent", "erasure"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
