"""Tables of the inventory service.

`revision` is the position of a row's last change in the one list of catalogue changes: readers
ask for what lies after the last one they hold. Stock is a cache of the sum of movements.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, BYTEA

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)

# One row: the last revision given out. Every catalogue write locks it first and keeps the lock
# until it commits, so revisions become visible in their order.
catalogue_revision = Table(
    "catalogue_revision",
    metadata,
    Column("only_row", Boolean, primary_key=True),
    Column("revision", BIGINT, nullable=False),
    CheckConstraint("only_row", name="only_row"),
)

stores = Table(
    "stores",
    metadata,
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
    Column("store_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", BIGINT, nullable=False),
    # Deferred, here and below: a batch may swap two codes.
    UniqueConstraint("store_code", deferrable=True, initially="DEFERRED"),
)

categories = Table(
    "categories",
    metadata,
    Column("category_id", Uuid(as_uuid=False), primary_key=True),
    Column(
        "parent_category_id",
        Uuid(as_uuid=False),
        ForeignKey("categories.category_id", deferrable=True, initially="DEFERRED"),
    ),
    Column("name", Text, nullable=False),
    Column("revision", BIGINT, nullable=False),
    UniqueConstraint(
        "parent_category_id",
        "name",
        deferrable=True,
        initially="DEFERRED",
        postgresql_nulls_not_distinct=True,
    ),
)

products = Table(
    "products",
    metadata,
    Column("product_id", Uuid(as_uuid=False), primary_key=True),
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column(
        "category_id", Uuid(as_uuid=False), ForeignKey("categories.category_id"), nullable=False
    ),
    Column("unit", Text, nullable=False),
    Column("revision", BIGINT, nullable=False),
    # Empty for none.
    Column("brand", Text, nullable=False, server_default=""),
    UniqueConstraint("sku", deferrable=True, initially="DEFERRED"),
    Index("ix_products_revision", "revision"),
    Index("ix_products_category_id", "category_id"),
)

barcodes = Table(
    "barcodes",
    metadata,
    Column("barcode", Text, primary_key=True),
    Column("product_id", Uuid(as_uuid=False), ForeignKey("products.product_id"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Index("ix_barcodes_product_id", "product_id"),
)

chain_prices = Table(
    "chain_prices",
    metadata,
    Column("product_id", Uuid(as_uuid=False), ForeignKey("products.product_id"), primary_key=True),
    Column("price_fen", BIGINT, nullable=False),
    Column("revision", BIGINT, nullable=False),
    CheckConstraint("price_fen BETWEEN 0 AND 100000000", name="price"),
    Index("ix_chain_prices_revision", "revision"),
)

store_prices = Table(
    "store_prices",
    metadata,
    Column("store_id", Uuid(as_uuid=False), ForeignKey("stores.store_id"), primary_key=True),
    Column("product_id", Uuid(as_uuid=False), ForeignKey("products.product_id"), primary_key=True),
    Column("price_fen", BIGINT, nullable=False),
    Column("revision", BIGINT, nullable=False),
    CheckConstraint("price_fen BETWEEN 0 AND 100000000", name="price"),
    Index("ix_store_prices_store_id_revision", "store_id", "revision"),
)

# Stock documents that came by RPC, with the answer they got. Sales are known by their movements.
documents = Table(
    "documents",
    metadata,
    Column("document_id", Uuid(as_uuid=False), primary_key=True),
    Column("content_digest", BYTEA, nullable=False),
    Column("reason", Text, nullable=False),
    Column("booked_by", Text, nullable=False),
    Column("booked_at", DateTime(timezone=True), nullable=False),
    # Stock right after the document, product by product: a retry gets the first answer again.
    Column("product_ids", ARRAY(Uuid(as_uuid=False)), nullable=False),
    Column("on_hand_milli_after", ARRAY(BIGINT), nullable=False),
    Column("sold_milli_after", ARRAY(BIGINT), nullable=False),
)

# Append-only. No foreign keys: a sale that has happened is booked whatever the catalogue says.
# The kind is part of the key, so that a document that took a sale's id cannot swallow the sale.
movements = Table(
    "movements",
    metadata,
    Column("document_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("line_number", SmallInteger, primary_key=True, autoincrement=False),
    Column("business_date", Date, nullable=False),
    Column("quantity_milli", BIGINT, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("store_id", Uuid(as_uuid=False), nullable=False),
    Column("product_id", Uuid(as_uuid=False), nullable=False),
    CheckConstraint("kind IN (1, 2, 3, 4, 5, 6)", name="kind"),
)

stock = Table(
    "stock",
    metadata,
    Column("store_id", Uuid(as_uuid=False), primary_key=True),
    Column("product_id", Uuid(as_uuid=False), primary_key=True),
    Column("on_hand_milli", BIGINT, nullable=False),
    Column("sold_milli", BIGINT, nullable=False),
    Index("ix_stock_product_id", "product_id"),
)
