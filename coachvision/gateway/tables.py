"""The gateway's tables as its code sees them. The migrations make them; a test holds both together.

Ids are UUIDs as text, moments ISO 8601 UTC (they sort as text), hashes hex. owner: `user:<sub>` or `guest:<id>`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

# What the deployment made for itself: the key of address hashes, where none was configured.
secret = Table("secret", metadata, Column("name", Text, primary_key=True), Column("value", LargeBinary, nullable=False))

guest = Table(
    "guest",
    metadata,
    Column("guest_id", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("created", Text, nullable=False),
    Column("claimed_by", Text),
)

# One row an owner: what it uses and the head of its changes. Locked by whoever changes either.
account = Table(
    "account",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("stored_bytes", BigInteger, nullable=False),
    Column("reserved_bytes", BigInteger, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("change_seq", BigInteger, nullable=False),
    # Makes the subject's pseudonym in the audit; gone with the account.
    Column("audit_key", LargeBinary, nullable=False),
)

# What guests behind one address used in a day; the address is a keyed hash that changes with the day.
usage_day = Table(
    "usage_day",
    metadata,
    Column("address", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("uploads", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

upload = Table(
    "upload",
    metadata,
    Column("upload_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ext", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("part_size", BigInteger, nullable=False),
    Column("parts_total", Integer, nullable=False),
    # open, completing, stored, aborted
    Column("state", Text, nullable=False),
    # Of the bucket's multipart upload; NULL until it was begun.
    Column("storage_id", Text),
    # Whether the bucket may still hold something of it (aborted ones alone are ever clean).
    Column("clean", Boolean, nullable=False),
    Column("etag", Text),
    Column("created", Text, nullable=False),
    Column("changed", Text, nullable=False),
    # From when on the reaper may take it; NULL: never.
    Column("expires", Text),
    UniqueConstraint("owner", "idempotency_key", name="upload_by_idempotency_key"),
    Index("upload_by_session", "owner", "session_id"),
    Index("upload_by_expiry", "expires"),
    Index("upload_by_state", "state", "changed"),
)

# The MD5 that was declared for a part when its URL was signed.
part = Table(
    "part",
    metadata,
    Column("upload_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("md5", Text, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("session_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("changed", Text, nullable=False),
    # Of the session itself, for the order of lists.
    Column("created", Text, nullable=False),
    # What lists show, as JSON; the whole manifest, as JSON, NULL in a tombstone.
    Column("summary", Text),
    Column("manifest", Text),
    Index("session_by_change", "owner", "seq", unique=True),
    Index("session_by_creation", "owner", "kind", "deleted", "created", "session_id"),
)

# A user's grant to upload for one session, kept by an edge box.
delegation = Table(
    "delegation",
    metadata,
    Column("delegation_id", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Index("delegation_by_owner", "owner", "created"),
)

audit = Table(
    "audit",
    metadata,
    Column("writer", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("audit_by_subject", "subject", "at"),
)

# A guest's things on their way to a user. One a guest: whoever repeats it is told how far it is.
claim = Table(
    "claim",
    metadata,
    Column("claim_id", Text, primary_key=True),
    Column("guest_id", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    # pending, copying, copied, switched, deleted
    Column("state", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("changed", Text, nullable=False),
    # From when on the guest's copies may go: not while somebody may be playing one.
    Column("delete_after", Text),
    Index("claim_by_owner", "owner"),
    Index("claim_by_state", "state"),
)

claim_object = Table(
    "claim_object",
    metadata,
    Column("claim_id", Text, primary_key=True),
    Column("upload_id", Text, primary_key=True),
    Column("old_key", Text, nullable=False),
    Column("new_key", Text, nullable=False),
    # Of the copy; NULL until it was made.
    Column("etag", Text),
)

share = Table(
    "share",
    metadata,
    Column("share_id", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("card_id", Text),
    # Argon2id, or NULL.
    Column("password", Text),
    Column("allow_download", Boolean, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("views", BigInteger, nullable=False),
    Index("share_by_owner", "owner", "created"),
    Index("share_by_expiry", "expires"),
)

organization = Table(
    "organization",
    metadata,
    Column("organization_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", Text, nullable=False),
)

member = Table(
    "member",
    metadata,
    Column("organization_id", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    # owner, coach, athlete
    Column("role", Text, nullable=False),
    Column("joined", Text, nullable=False),
    Index("member_by_owner", "owner"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("invitation_id", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("organization_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Index("invitation_by_organization", "organization_id"),
    Index("invitation_by_expiry", "expires"),
)

# A session that its owner lets an organization's coaches see.
consent = Table(
    "consent",
    metadata,
    Column("organization_id", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("session_id", Text, primary_key=True),
    Column("created", Text, nullable=False),
    Index("consent_by_owner", "owner", "session_id"),
)

# An account that is being erased: what is left to do if the process dies. Gone with the account.
erasure = Table(
    "erasure",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("begun", Text, nullable=False),
)
