"""The tables of the messaging database, as the migrations make them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)

messages_table = Table(
    "messages",
    metadata,
    # UUIDv7, so that its order is the order in which messages were made.
    Column("message_id", Uuid(as_uuid=False), primary_key=True),
    Column("member_id", Uuid(as_uuid=False), nullable=False),
    Column("template", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    # When the next sender may take it: a claim and a pause both move it into the future.
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("provider_message_id", Text),
    CheckConstraint("state IN ('queued', 'sent', 'skipped', 'failed')", name="state_known"),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
    CheckConstraint("(state IN ('skipped', 'failed')) = (reason <> '')", name="reason_given"),
    Index("ix_messages_member_id_message_id", "member_id", "message_id"),
)
Index(
    "ix_messages_due_at",
    messages_table.c.due_at,
    postgresql_where=messages_table.c.state == "queued",
)
# One welcome a member, for ever: longer than the inbox remembers events.
Index(
    "uq_messages_member_id_welcome",
    messages_table.c.member_id,
    unique=True,
    postgresql_where=messages_table.c.template == "welcome",
)

# What the `log` provider would have sent. It belongs to the provider, not to the queue.
provider_log_table = Table(
    "provider_log",
    metadata,
    Column("message_id", Uuid(as_uuid=False), primary_key=True),
    Column("text", Text, nullable=False),
    Column("logged_at", DateTime(timezone=True), nullable=False),
)
