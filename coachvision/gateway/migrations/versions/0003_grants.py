"""On PostgreSQL, what Supabase grants to everybody by default is taken back: TRUNCATE, for one, asks no row policy."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    "secret", "guest", "account", "usage_day", "upload", "part", "session", "delegation", "audit", "alembic_version",
    "claim", "claim_object", "share", "organization", "member", "invitation", "consent", "erasure",
)  # fmt: skip
_REVOKE = """
DO $$
DECLARE stranger text;
BEGIN
    FOR stranger IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON {table} FROM %I', stranger);
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Revoke, where those roles exist."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(_REVOKE.format(table=table))
