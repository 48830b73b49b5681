"""Tables of the ledger. `member_id` stands first in every primary key: it is the shard key.

For a walk-in sale member_id is the store's walk-in account, which is the store's id.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import BIGINT, BYTEA

from chassis.database import NAMING_CONVENTION
from services.points.storage.coupon_tables import add_coupon_tables

metadata = MetaData(naming_convention=NAMING_CONVENTION)
add_coupon_tables(metadata)

bills = Table(
    "bills",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("total_fen", BIGINT, nullable=False),
    Column("points_earned", BIGINT, nullable=False),
    # The member's points right after the bill, so that a retry gets the first answer again.
    Column("points_after", BIGINT, nullable=False),
    # The document as posted: a serialised yika.points.v1.Sale for SALE.
    Column("document", BYTEA, nullable=False),
    CheckConstraint("total_fen >= 0", name="total"),
    # An id names one bill, whoever's it is: the look before the write cannot see what another
    # writer has not committed. The one unique index without member_id first: see ADR 0014.
    Index("uq_bills_bill_id", "bill_id", unique=True),
    Index("ix_bills_store_id_business_date_bill_id", "store_id", "business_date", "bill_id"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("asset", SmallInteger, nullable=False),
    Column("debit_account", Text, nullable=False),
    Column("credit_account", Text, nullable=False),
    Column("amount", BIGINT, nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("debit_account <> credit_account", name="accounts"),
)

lots = Table(
    "lots",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("asset", SmallInteger, nullable=False),
    Column("granted", BIGINT, nullable=False),
    Column("remaining", BIGINT, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("earned_at", DateTime(timezone=True), nullable=False),
    Column("available_at", DateTime(timezone=True), nullable=False),
    Column("expiry_date", Date),
    CheckConstraint("granted > 0 AND remaining BETWEEN 0 AND granted", name="remaining"),
)

# One row a member and asset: what the door locks, and a cache of the sum of the lots.
wallets = Table(
    "wallets",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("asset", SmallInteger, primary_key=True, autoincrement=False),
    Column("balance", BIGINT, nullable=False),
    CheckConstraint("balance >= 0", name="balance"),
)

# What the owners of members, stores and goods said exists; see directory.py.
known_members = Table(
    "known_members",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
)
known_stores = Table(
    "known_stores",
    metadata,
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
)
known_products = Table(
    "known_products",
    metadata,
    Column("product_id", Uuid(as_uuid=False), primary_key=True),
    Column("category_id", Uuid(as_uuid=False), nullable=False),
    Column("revision", BIGINT, nullable=False),
)
