"""The tables of reports: sums by day, names of dimensions, and the sales already counted."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    MetaData,
    Table,
    Text,
    Uuid,
)

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)


def _days_table(name: str, key: str) -> Table:
    """Sums by day and a key. The day comes first: sales arrive by day and are asked for by day."""
    return Table(
        name,
        metadata,
        Column("day", Date, primary_key=True),
        Column(key, Uuid(as_uuid=False), primary_key=True),
        Column("revenue_fen", BigInteger, nullable=False),
        Column("discount_fen", BigInteger, nullable=False),
        Column("quantity_milli", BigInteger, nullable=False),
        Column("sale_count", BigInteger, nullable=False),
        CheckConstraint("sale_count > 0", name="counted"),
    )


store_days = _days_table("store_days", "store_id")
category_days = _days_table("category_days", "category_id")
product_days = _days_table("product_days", "product_id")
member_days = _days_table("member_days", "member_id")

# A sale counts once, whatever events it comes in.
applied_sales = Table(
    "applied_sales", metadata, Column("sale_id", Uuid(as_uuid=False), primary_key=True)
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
