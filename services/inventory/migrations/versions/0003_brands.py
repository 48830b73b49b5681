"""Brands of products."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Products that are there have none; a constant default writes none of their rows."""
    op.execute("ALTER TABLE products ADD COLUMN brand text NOT NULL DEFAULT ''")
