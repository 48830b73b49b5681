"""Who has, or had, bonus of a top-up: an index over the lots of bonus alone."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Creates the index; a top-up writes into it once, and what is spent does not."""
    op.execute("CREATE INDEX ix_lots_bonus ON lots (bill_id) WHERE asset = 4")
