"""Stores, the category tree, products, prices, and stock from movements."""

from alembic import op

from chassis.migrations import create_event_tables_v1

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    CREATE TABLE catalogue_revision (
        only_row boolean CONSTRAINT pk_catalogue_revision PRIMARY KEY,
        revision bigint NOT NULL,
        CONSTRAINT ck_catalogue_revision_only_row CHECK (only_row)
    )
    """,
    "INSERT INTO catalogue_revision (only_row, revision) VALUES (true, 0)",
    """
    CREATE TABLE stores (
        store_id uuid CONSTRAINT pk_stores PRIMARY KEY,
        store_code text NOT NULL
            CONSTRAINT uq_stores_store_code UNIQUE DEFERRABLE INITIALLY DEFERRED,
        name text NOT NULL,
        revision bigint NOT NULL
    )
    """,
    """
    CREATE TABLE categories (
        category_id uuid CONSTRAINT pk_categories PRIMARY KEY,
        parent_category_id uuid CONSTRAINT fk_categories_parent_category_id_categories
            REFERENCES categories (category_id) DEFERRABLE INITIALLY DEFERRED,
        name text NOT NULL,
        revision bigint NOT NULL,
        CONSTRAINT uq_categories_parent_category_id_name
            UNIQUE NULLS NOT DISTINCT (parent_category_id, name) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE TABLE products (
        product_id uuid CONSTRAINT pk_products PRIMARY KEY,
        sku text NOT NULL CONSTRAINT uq_products_sku UNIQUE DEFERRABLE INITIALLY DEFERRED,
        name text NOT NULL,
        category_id uuid NOT NULL CONSTRAINT fk_products_category_id_categories
            REFERENCES categories (category_id),
        unit text NOT NULL,
        revision bigint NOT NULL
    )
    """,
    "CREATE INDEX ix_products_revision ON products (revision)",
    "CREATE INDEX ix_products_category_id ON products (category_id)",
    """
    CREATE TABLE barcodes (
        barcode text CONSTRAINT pk_barcodes PRIMARY KEY,
        product_id uuid NOT NULL CONSTRAINT fk_barcodes_product_id_products
            REFERENCES products (product_id),
        ordinal smallint NOT NULL
    )
    """,
    "CREATE INDEX ix_barcodes_product_id ON barcodes (product_id)",
    """
    CREATE TABLE chain_prices (
        product_id uuid CONSTRAINT pk_chain_prices PRIMARY KEY
            CONSTRAINT fk_chain_prices_product_id_products REFERENCES products (product_id),
        price_fen bigint NOT NULL
            CONSTRAINT ck_chain_prices_price CHECK (price_fen BETWEEN 0 AND 100000000),
        revision bigint NOT NULL
    )
    """,
    "CREATE INDEX ix_chain_prices_revision ON chain_prices (revision)",
    """
    CREATE TABLE store_prices (
        store_id uuid NOT NULL
            CONSTRAINT fk_store_prices_store_id_stores REFERENCES stores (store_id),
        product_id uuid NOT NULL
            CONSTRAINT fk_store_prices_product_id_products REFERENCES products (product_id),
        price_fen bigint NOT NULL
            CONSTRAINT ck_store_prices_price CHECK (price_fen BETWEEN 0 AND 100000000),
        revision bigint NOT NULL,
        CONSTRAINT pk_store_prices PRIMARY KEY (store_id, product_id)
    )
    """,
    "CREATE INDEX ix_store_prices_store_id_revision ON store_prices (store_id, revision)",
    """
    CREATE TABLE documents (
        document_id uuid CONSTRAINT pk_documents PRIMARY KEY,
        content_digest bytea NOT NULL,
        reason text NOT NULL,
        booked_by text NOT NULL,
        booked_at timestamptz NOT NULL,
        product_ids uuid[] NOT NULL,
        on_hand_milli_after bigint[] NOT NULL,
        sold_milli_after bigint[] NOT NULL
    )
    """,
    """
    CREATE TABLE movements (
        document_id uuid NOT NULL,
        kind smallint NOT NULL CONSTRAINT ck_movements_kind CHECK (kind IN (1, 2, 3)),
        line_number smallint NOT NULL,
        business_date date NOT NULL,
        quantity_milli bigint NOT NULL,
        occurred_at timestamptz NOT NULL,
        store_id uuid NOT NULL,
        product_id uuid NOT NULL,
        CONSTRAINT pk_movements PRIMARY KEY (document_id, kind, line_number)
    )
    """,
    # Room on the page lets an update of a level stay beside the row, without touching an index.
    """
    CREATE TABLE stock (
        store_id uuid NOT NULL,
        product_id uuid NOT NULL,
        on_hand_milli bigint NOT NULL,
        sold_milli bigint NOT NULL,
        CONSTRAINT pk_stock PRIMARY KEY (store_id, product_id)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX ix_stock_product_id ON stock (product_id)",
)


def upgrade() -> None:
    """Creates everything."""
    create_event_tables_v1(op)
    for statement in _STATEMENTS:
        op.execute(statement)
