"""Tables of passes beside those of the ledger: with whom they are shared."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Table, Uuid, text
from sqlalchemy.dialects.postgresql import BYTEA

from services.points.storage.metadata import metadata

pass_shares = Table(
    "pass_shares",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),  # the owner
    Column("share_id", Uuid(as_uuid=False), primary_key=True),
    Column("pass_id", Uuid(as_uuid=False), nullable=False),
    Column("user_member_id", Uuid(as_uuid=False), nullable=False),
    Column("shared_at", DateTime(timezone=True), nullable=False),
    # The request as it came: a serialised yika.points.v1.SharePassRequest.
    Column("document", BYTEA, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("unshare_id", Uuid(as_uuid=False)),
    # A serialised yika.points.v1.UnsharePassRequest; empty while it lasts.
    Column("end_document", BYTEA, nullable=False),
    CheckConstraint("(ended_at IS NULL) = (unshare_id IS NULL)", name="end"),
    Index(
        "uq_pass_shares_lasting",
        "member_id",
        "pass_id",
        "user_member_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    # An id names one share, and one end of one, whoever's it is, as for bills: see ADR 0014.
    Index("uq_pass_shares_share_id", "share_id", unique=True),
    Index(
        "uq_pass_shares_unshare_id",
        "unshare_id",
        unique=True,
        postgresql_where=text("unshare_id IS NOT NULL"),
    ),
    # What a member may use of others.
    Index(
        "ix_pass_shares_user_member_id",
        "user_member_id",
        postgresql_where=text("ended_at IS NULL"),
    ),
)
