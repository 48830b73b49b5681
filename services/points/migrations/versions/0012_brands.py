"""Brands of the products that the ledger knows."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Products that are there have none; a constant default writes none of their rows."""
    op.execute("ALTER TABLE known_products ADD COLUMN brand text NOT NULL DEFAULT ''")
