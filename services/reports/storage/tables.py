"""The tables of reports: sums by day, names of dimensions, and the bills already counted."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)


def _none_yet(name: str) -> Column[int]:
    """A sum that sales do not name: it is 0 until a return adds to it."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _days_table(name: str, key: str, *more: Column[int]) -> Table:
    """Sums by day and a key. The day comes first: sales arrive by day and are asked for by day.

    `revenue_fen` and `quantity_milli` are what was sold less what came back.
    """
    return Table(
        name,
        metadata,
        Column("day", Date, primary_key=True),
        Column(key, Uuid(as_uuid=False), primary_key=True),
        Column("revenue_fen", BigInteger, nullable=False),
        Column("discount_fen", BigInteger, nullable=False),
        Column("quantity_milli", BigInteger, nullable=False),
        Column("sale_count", BigInteger, nullable=False),
        _none_yet("returned_fen"),
        _none_yet("returned_quantity_milli"),
        _none_yet("return_count"),
        *more,
        CheckConstraint("sale_count + return_count > 0", name="counted"),
    )


# Points are taken back by bill and not by line.
store_days = _days_table("store_days", "store_id", _none_yet("clawed_back_points"))
category_days = _days_table("category_days", "category_id")
product_days = _days_table("product_days", "product_id")
member_days = _days_table("member_days", "member_id", _none_yet("clawed_back_points"))

# Bills that sell no goods; the kind is the contract's number, so that a new one needs nothing here.
value_days = Table(
    "value_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", Integer, primary_key=True),
    Column("bill_count", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("points_change", BigInteger, nullable=False),
    Column("principal_change_fen", BigInteger, nullable=False),
    Column("bonus_change_fen", BigInteger, nullable=False),
    CheckConstraint("bill_count > 0", name="counted"),
)

# A sale counts once, whatever events it comes in.
applied_sales = Table(
    "applied_sales", metadata, Column("sale_id", Uuid(as_uuid=False), primary_key=True)
)
# So does a bill of another kind.
applied_bills = Table(
    "applied_bills", metadata, Column("bill_id", Uuid(as_uuid=False), primary_key=True)
)

stores = Table(
    "stores",
    metadata,
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
categories = Table(
    "categories",
    metadata,
    Column("category_id", Uuid(as_uuid=False), primary_key=True),
    # No foreign key: a child may become known before its parent.
    Column("parent_category_id", Uuid(as_uuid=False), index=True),
    Column("name", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
products = Table(
    "products",
    metadata,
    Column("product_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
