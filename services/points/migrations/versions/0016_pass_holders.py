"""Who has a pass that was sold: an index over the lots of passes alone."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Creates the index; beside lots of points and money there are few of passes."""
    op.execute("CREATE INDEX ix_lots_passes ON lots (bill_id) WHERE pass_id IS NOT NULL")
