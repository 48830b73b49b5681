"""Tables of the ledger. `member_id` stands first in every primary key: it is the shard key.

For a walk-in sale member_id is the store's walk-in account, which is the store's id.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
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
from sqlalchemy.dialects.postgresql import BIGINT, BYTEA

# For the tables that they add to the metadata.
from services.points.storage import job_tables  # noqa: F401
from services.points.storage.audit import audit_tables  # noqa: F401
from services.points.storage.coupons import coupon_tables  # noqa: F401
from services.points.storage.expiry import expiry_tables  # noqa: F401
from services.points.storage.metadata import metadata
from services.points.storage.passes import pass_tables  # noqa: F401
from services.points.storage.queries.query_indexes import add_query_indexes
from services.points.storage.rewards import adjustment_tables  # noqa: F401
from services.points.storage.wallets import wallet_tables  # noqa: F401

bills = Table(
    "bills",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("register_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("total_fen", BIGINT, nullable=False),
    Column("points_earned", BIGINT, nullable=False),
    Column("programme_version", Integer, nullable=False),
    # Why, where a person decides.
    Column("reason", Text, nullable=False),
    # The bill that this one returns, reverses or refunds.
    Column("original_bill_id", Uuid(as_uuid=False)),
    # Place in the member's chain and the hash of this bill over the one before; 0 for the
    # store's walk-in account, which has no chain: it would serialise the store's tills.
    Column("sequence", BIGINT, nullable=False),
    Column("hash", BYTEA, nullable=False),
    # The request as posted: a serialised yika.points.v1.Sale for SALE.
    Column("document", BYTEA, nullable=False),
    # What each line was paid with and earned, a serialised yika.points.v1.Allocation.
    Column("allocation", BYTEA, nullable=False),
    # The first answer, for every retry: a serialised yika.points.v1.BillReceipt.
    Column("receipt", BYTEA, nullable=False),
    CheckConstraint("total_fen >= 0", name="total"),
    # An id names one bill, whoever's it is: the look before the write cannot see what another
    # writer has not committed. The one unique index without member_id first: see ADR 0014.
    Index("uq_bills_bill_id", "bill_id", unique=True),
    Index(
        "ix_bills_original_bill_id",
        "original_bill_id",
        postgresql_where=text("original_bill_id IS NOT NULL"),
    ),
)

transfers = Table(
    "transfers",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("asset", SmallInteger, nullable=False),
    Column("pass_id", Uuid(as_uuid=False)),
    Column("debit_account", Text, nullable=False),
    Column("credit_account", Text, nullable=False),
    Column("amount", BIGINT, nullable=False),
    # The lot that it fills or empties, for transfers into and out of a wallet.
    Column("lot_bill_id", Uuid(as_uuid=False)),
    Column("lot_ordinal", SmallInteger),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("debit_account <> credit_account", name="accounts"),
    # The uses of a pass on a day; transfers of other assets write nothing into it.
    Index(
        "ix_transfers_member_id_pass_id_business_date",
        "member_id",
        "pass_id",
        "business_date",
        postgresql_where=text("pass_id IS NOT NULL"),
    ),
    # What was paid out of a top-up counts whoever's it was then, so this reads over all members;
    # sales, which come by the million, write nothing into it.
    Index(
        "ix_transfers_left_top_ups",
        "lot_bill_id",
        postgresql_where=text(
            "credit_account IN ('principal_cashed_out', 'principal_issued', 'bonus_expired')"
        ),
    ),
)

lots = Table(
    "lots",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("bill_id", Uuid(as_uuid=False), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("asset", SmallInteger, nullable=False),
    Column("pass_id", Uuid(as_uuid=False)),
    Column("granted", BIGINT, nullable=False),
    Column("remaining", BIGINT, nullable=False),
    Column("expired", BIGINT, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("earned_at", DateTime(timezone=True), nullable=False),
    Column("available_at", DateTime(timezone=True), nullable=False),
    Column("expiry_date", Date),
    # The merge or transfer that brought it from another member.
    Column("moved_by", Uuid(as_uuid=False)),
    # What the indexes below ask. They must not name `remaining`: a payment would then write into
    # each of them, and the new version of the row could not stay on its page.
    Column("is_open", Boolean, Computed("remaining > 0", persisted=True), nullable=False),
    CheckConstraint("granted > 0 AND remaining BETWEEN 0 AND granted", name="remaining"),
    CheckConstraint("expired BETWEEN 0 AND granted - remaining", name="expired"),
    # A wallet is read by what is left in it, however long its history.
    Index("ix_lots_open", "member_id", postgresql_where=text("is_open")),
    # Who has a pass that was sold; only lots of passes are written into it.
    Index("ix_lots_passes", "bill_id", postgresql_where=text("pass_id IS NOT NULL")),
    # Who has, or had, bonus of a top-up.
    Index("ix_lots_bonus", "bill_id", postgresql_where=text("asset = 4")),
    # With whom points of a sale expired: a payment changes nothing of what it names.
    Index("ix_lots_expired", "bill_id", postgresql_where=text("expired > 0")),
    # Who has, or had, points that another member was granted; a payment changes nothing of it.
    Index(
        "ix_lots_moved_points",
        "bill_id",
        postgresql_where=text("asset = 2 AND moved_by IS NOT NULL"),
    ),
    Index(
        "ix_lots_expiring",
        "expiry_date",
        "member_id",
        postgresql_where=text("is_open AND expiry_date IS NOT NULL"),
    ),
)

add_query_indexes(bills, transfers, lots)

# One row a member: what the door locks. The balances are a cache of the sums of the lots.
wallets = Table(
    "wallets",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("points", BIGINT, nullable=False),
    Column("principal_fen", BIGINT, nullable=False),
    Column("bonus_fen", BIGINT, nullable=False),
    Column("debt_points", BIGINT, nullable=False),
    # What sales left over below a whole point: numerator over denominator points.
    Column("carry_numerator", BIGINT, nullable=False),
    Column("carry_denominator", BIGINT, nullable=False),
    Column("sale_count", BIGINT, nullable=False),
    Column("open_holds", Integer, nullable=False),
    # Kind of card, which decides how stored value is spent; empty: the programme's first.
    Column("card_type", Text, nullable=False),
    # The chain of the member's bills: how many, and the hash of the newest.
    Column("bill_count", BIGINT, nullable=False),
    Column("last_hash", BYTEA, nullable=False),
    Column("frozen_reason", Text),
    Column("merged_into", Uuid(as_uuid=False)),
    # Whose members may give each other points.
    Column("household_id", Uuid(as_uuid=False)),
    # What was done to it under its lock beside bills: holds, freezing, households, shares.
    Column("change_count", BIGINT, nullable=False, server_default="0"),
    CheckConstraint(
        "points >= 0 AND principal_fen >= 0 AND bonus_fen >= 0 AND debt_points >= 0",
        name="balances",
    ),
    CheckConstraint(
        "carry_denominator > 0 AND carry_numerator BETWEEN 0 AND carry_denominator - 1",
        name="carry",
    ),
    CheckConstraint("merged_into <> member_id", name="merged_into"),
    Index(
        "ix_wallets_household_id",
        "household_id",
        postgresql_where=text("household_id IS NOT NULL"),
    ),
    Index(
        "ix_wallets_merged_into",
        "merged_into",
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

# What capped rules of earning have given a member in a day or a month, fractions included; pieces
# of gifts; points given within a household. Of a merged member: what it had brought to the other.
earning_counters = Table(
    "earning_counters",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("rule_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("weight", BIGINT, nullable=False),
    Column("denominator", BIGINT, nullable=False),
    CheckConstraint("weight >= 0 AND denominator > 0", name="weight"),
)

holds = Table(
    "holds",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("hold_id", Uuid(as_uuid=False), primary_key=True),
    Column("asset", SmallInteger, nullable=False),
    Column("pass_id", Uuid(as_uuid=False)),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("register_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # 1 is open. One that timed out stays so until the member's value is next touched.
    Column("state", SmallInteger, nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("voided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The request as it came, compared when the id comes again.
    Column("document", BYTEA, nullable=False),
    # An id names one hold, whoever's it is, as for bills.
    Index("uq_holds_hold_id", "hold_id", unique=True),
    Index("ix_holds_open", "member_id", postgresql_where=text("state = 1")),
    Index("ix_holds_live", "expires_at", "store_id", postgresql_where=text("state = 1")),
)

hold_lots = Table(
    "hold_lots",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("hold_id", Uuid(as_uuid=False), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True, autoincrement=False),
    Column("lot_bill_id", Uuid(as_uuid=False), nullable=False),
    Column("lot_ordinal", SmallInteger, nullable=False),
    Column("asset", SmallInteger, nullable=False),
    Column("amount", BIGINT, nullable=False),
    Column("posted", BIGINT, nullable=False),
    CheckConstraint("posted BETWEEN 0 AND amount", name="posted"),
)

programmes = Table(
    "programmes",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("effective_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    # A serialised yika.points.v1.Programme.
    Column("document", BYTEA, nullable=False),
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
    # Empty for none.
    Column("brand", Text, nullable=False, server_default=""),
)
