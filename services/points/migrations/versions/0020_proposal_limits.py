"""Which limit made an adjustment a proposal."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Adds the number; of proposals that are there already nobody knows it."""
    op.execute(
        "ALTER TABLE adjustment_proposals ADD COLUMN limit_number smallint NOT NULL DEFAULT 0"
    )
