"""The read models of sales and the names of their dimensions.

Revision: 0001
"""

from alembic import op

from chassis.migrations import create_event_tables_v1

revision = "0001"
down_revision = None

_DAYS_TABLES = {
    "store_days": "store_id",
    "category_days": "category_id",
    "product_days": "product_id",
    "member_days": "member_id",
}


def upgrade() -> None:
    create_event_tables_v1(op)
    for table, key in _DAYS_TABLES.items():
        op.execute(
            f"""
            CREATE TABLE {table} (
                day date NOT NULL,
                {key} uuid NOT NULL,
                revenue_fen bigint NOT NULL,
                discount_fen bigint NOT NULL,
                quantity_milli bigint NOT NULL,
                sale_count bigint NOT NULL CONSTRAINT ck_{table}_counted CHECK (sale_count > 0),
                CONSTRAINT pk_{table} PRIMARY KEY (day, {key})
            );
            """
        )
    op.execute("CREATE TABLE applied_sales (sale_id uuid CONSTRAINT pk_applied_sales PRIMARY KEY);")
    op.execute(
        """
        CREATE TABLE stores (
            store_id uuid CONSTRAINT pk_stores PRIMARY KEY,
            name text NOT NULL,
            revision bigint NOT NULL
        );
        """
    )
    op.execute(
        """
        CREATE TABLE categories (
            category_id uuid CONSTRAINT pk_categories PRIMARY KEY,
            parent_category_id uuid,
            name text NOT NULL,
            revision bigint NOT NULL
        );
        """
    )
    op.execute("CREATE INDEX ix_categories_parent_category_id ON categories (parent_category_id);")
    op.execute(
        """
        CREATE TABLE products (
            product_id uuid CONSTRAINT pk_products PRIMARY KEY,
            name text NOT NULL,
            revision bigint NOT NULL
        );
        """
    )
