"""What came back, beside what was sold.

Revision: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"

# Points are taken back by bill, and by line nobody can tell which.
_CLAWED_BACK = ", ADD COLUMN clawed_back_points bigint NOT NULL DEFAULT 0"
_DAYS_TABLES = {
    "store_days": _CLAWED_BACK,
    "category_days": "",
    "product_days": "",
    "member_days": _CLAWED_BACK,
}


def upgrade() -> None:
    """Adds sums of returns, 0 so far. Every row that is there was counted by a sale."""
    for table, more in _DAYS_TABLES.items():
        op.execute(
            f"""
            ALTER TABLE {table}
                ADD COLUMN returned_fen bigint NOT NULL DEFAULT 0,
                ADD COLUMN returned_quantity_milli bigint NOT NULL DEFAULT 0,
                ADD COLUMN return_count bigint NOT NULL DEFAULT 0
                {more},
                DROP CONSTRAINT ck_{table}_counted,
                ADD CONSTRAINT ck_{table}_counted CHECK (sale_count + return_count > 0) NOT VALID
            """
        )
    op.execute("CREATE TABLE applied_bills (bill_id uuid CONSTRAINT pk_applied_bills PRIMARY KEY)")
