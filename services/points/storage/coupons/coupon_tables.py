"""Tables of coupons. `member_id` is a coupon's account: its member, or its own id; see ADR 0015."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from services.points.storage.metadata import metadata

# One decision to issue. Small and read with every coupon: on shards a copy stands on each.
coupon_orders = Table(
    "coupon_orders",
    metadata,
    Column("order_id", Uuid(as_uuid=False), primary_key=True),
    Column("anonymous", Boolean, nullable=False),
    Column("template_id", Uuid(as_uuid=False), nullable=False),
    Column("wanted_count", Integer, nullable=False),
    Column("issued_count", Integer, nullable=False),
    # Serial numbers up to here are used; those whose code was taken already are in skipped.
    Column("last_serial", Integer, nullable=False),
    Column("skipped_serials", ARRAY(Integer), nullable=False),
    Column("code_prefix", Text, nullable=False),
    Column("key_number", SmallInteger, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("state", SmallInteger, nullable=False),
    Column("caller", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The request as it came, to tell a retry from another order under the same id.
    Column("document", BYTEA, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("issued_count BETWEEN 0 AND wanted_count", name="counts"),
    CheckConstraint(
        "last_serial = issued_count + coalesce(array_length(skipped_serials, 1), 0)", name="serials"
    ),
    Index("ix_coupon_orders_issuing", "created_at", postgresql_where=text("state = 1")),
)

# What people did with an order: cancelled it, revoked it, took its plain codes out.
coupon_order_events = Table(
    "coupon_order_events",
    metadata,
    Column("order_id", Uuid(as_uuid=False), primary_key=True),
    Column("event_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("caller", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_serial", Integer),
    Column("last_serial", Integer),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    # The id of a request names one event, whatever order it is for.
    Index("uq_coupon_order_events_event_id", "event_id", unique=True),
)

coupons = Table(
    "coupons",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    # The keyed hash of the code, in the form of a UUID.
    Column("coupon_id", Uuid(as_uuid=False), primary_key=True),
    Column("order_id", Uuid(as_uuid=False), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("state", SmallInteger, nullable=False),
    # How many changes it has seen; the number of its last event.
    Column("version", Integer, nullable=False),
    Column("reservation_id", Uuid(as_uuid=False)),
    Column("sale_id", Uuid(as_uuid=False)),
    Column("reserved_until", DateTime(timezone=True)),
    Column("bill_id", Uuid(as_uuid=False)),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state BETWEEN 1 AND 4", name="state"),
    CheckConstraint(
        "(state = 2) = (num_nonnulls(reservation_id, sale_id, reserved_until) = 3)"
        " AND (state = 2 OR num_nonnulls(reservation_id, sale_id, reserved_until) = 0)",
        name="reservation",
    ),
    CheckConstraint("(state = 3) = (bill_id IS NOT NULL)", name="bill"),
    # A code names one coupon, whoever's it is: as with bills, see ADR 0014.
    Index("uq_coupons_coupon_id", "coupon_id", unique=True),
    # A member's list; anonymous codes, the great mass, are not in it.
    Index(
        "ix_coupons_of_members",
        "member_id",
        "issued_at",
        "coupon_id",
        postgresql_where=text("member_id <> coupon_id"),
    ),
)

# Every change after the issue, never edited. `member_id` is the account at that moment.
coupon_events = Table(
    "coupon_events",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("coupon_id", Uuid(as_uuid=False), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # The id of the request, or one derived from its natural key.
    Column("request_id", Uuid(as_uuid=False), nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    # The sale, bill or return it happened for; for a return also the bill that had used it.
    Column("document_id", Uuid(as_uuid=False)),
    Column("returned_bill_id", Uuid(as_uuid=False)),
    Column("buyer_id", Uuid(as_uuid=False)),
    Column("store_id", Uuid(as_uuid=False)),
    Column("business_date", Date),
    Column("reserved_until", DateTime(timezone=True)),
    Column("hold_seconds", Integer),
    Column("caller", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Index("uq_coupon_events_request_id", "request_id", unique=True),
    Index("ix_coupon_events_coupon_id_number", "coupon_id", "number"),
)

# Wrong codes of the running minute, by caller and store.
coupon_tries = Table(
    "coupon_tries",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("wrong_count", Integer, nullable=False),
)
