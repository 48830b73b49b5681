"""Who has points that another member was granted: an index over the lots of points that moved."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Creates the index; only what moves points to another member writes into it."""
    op.execute(
        "CREATE INDEX ix_lots_moved_points ON lots (bill_id)"
        " WHERE asset = 2 AND moved_by IS NOT NULL"
    )
