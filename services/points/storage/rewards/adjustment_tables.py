"""Tables of adjustments: proposed ones and how they were decided, and those nobody approved."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BIGINT, BYTEA

from services.points.storage.metadata import metadata

adjustment_proposals = Table(
    "adjustment_proposals",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("proposal_id", Uuid(as_uuid=False), primary_key=True),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("points", BIGINT, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    # The request: a serialised yika.points.v1.AdjustPointsRequest.
    Column("document", BYTEA, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_reason", Text, nullable=False),
    Column("bill_id", Uuid(as_uuid=False)),
    # Which limit it exceeded; 0 for proposals of before that was recorded.
    Column("limit_number", SmallInteger, nullable=False, server_default="0"),
    CheckConstraint("(state = 1) = (decided_at IS NULL)", name="decided"),
    CheckConstraint("(state = 2) = (bill_id IS NOT NULL)", name="approved"),
    # Four eyes, whatever the program does.
    CheckConstraint("state <> 2 OR decided_by <> proposed_by", name="four_eyes"),
    # An id names one proposal, whoever's points it is about: see ADR 0014.
    Index("uq_adjustment_proposals_proposal_id", "proposal_id", unique=True),
    Index(
        "ix_adjustment_proposals_open",
        "proposal_id",
        postgresql_where=text("state = 1"),
    ),
)

# Adjustments that nobody else approved, by who asked: the sums of a person's day are read along
# the index, so that no row is hot.
direct_adjustments = Table(
    "direct_adjustments",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("made_date", Date, nullable=False),
    Column("points", BIGINT, nullable=False),
    CheckConstraint("points <> 0", name="points"),
    Index(
        "ix_direct_adjustments_subject_made_date",
        "subject",
        "made_date",
        postgresql_include=["points"],
    ),
)
