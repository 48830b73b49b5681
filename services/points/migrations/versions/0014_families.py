"""Finds whom a member was merged with from either side."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Holds merged members alone, so that the writes of all others put nothing into it."""
    op.execute(
        """
        CREATE INDEX ix_wallets_merged_into ON wallets (merged_into)
            WHERE merged_into IS NOT NULL
        """
    )
