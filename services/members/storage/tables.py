"""The tables of the members database, as the migrations make them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    Uuid,
)

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)

members_table = Table(
    "members",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, unique=True),
    Column("store_id", Uuid(as_uuid=False)),
    Column("channel", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    # SHA-256 of the registration as it was asked for; tells a repeat from a reused id.
    Column("registration_hash", LargeBinary, nullable=False),
    # Empty for none.
    Column("tier_code", Text, nullable=False, server_default=""),
    Column("birth_date", Date),
    CheckConstraint("char_length(name) <= 64", name="name_length"),
    CheckConstraint("char_length(tier_code) <= 64", name="tier_length"),
    CheckConstraint(r"phone ~ '^\+[0-9]{4,15}$'", name="phone_e164"),
    CheckConstraint(
        "channel IN ('unspecified', 'store', 'online', 'import')", name="channel_known"
    ),
)

cards_table = Table(
    "cards",
    metadata,
    Column("card_number", Text, primary_key=True),
    Column(
        "member_id",
        Uuid(as_uuid=False),
        ForeignKey(members_table.c.member_id),
        nullable=False,
        index=True,
    ),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("card_number ~ '^[0-9A-Z]{4,32}$'", name="card_number_form"),
)

# The newest change of each member's stub; see MembersRepository.number_stub_changes.
stub_changes_table = Table(
    "stub_changes",
    metadata,
    Column(
        "member_id",
        Uuid(as_uuid=False),
        ForeignKey(members_table.c.member_id),
        primary_key=True,
    ),
    # NULL until the change is committed and then numbered.
    Column("revision", BigInteger, unique=True),
)
Index(
    "ix_stub_changes_not_numbered",
    stub_changes_table.c.member_id,
    postgresql_where=stub_changes_table.c.revision.is_(None),
)

# What was changed about members. Rows are added, never changed; of a date of birth they say only
# that it was set or removed.
member_changes_table = Table(
    "member_changes",
    metadata,
    Column("change_id", Uuid(as_uuid=False), primary_key=True),
    Column("member_id", Uuid(as_uuid=False), ForeignKey(members_table.c.member_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("tier_code", Text, nullable=False),
    Column("previous_tier_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    # SHA-256 of what was asked for; tells a repeat from a reused id.
    Column("content_hash", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('tier', 'birth_date')", name="kind_known"),
    Index("ix_member_changes_member_id", "member_id", "change_id"),
)

card_serials = Sequence("card_serials", metadata=metadata)
stub_revisions = Sequence("stub_revisions", metadata=metadata)
