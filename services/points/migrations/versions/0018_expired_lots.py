"""With whom points of a sale expired: an index over the lots of which something did."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Creates the index; only what books that a lot expired writes into it."""
    op.execute("CREATE INDEX ix_lots_expired ON lots (bill_id) WHERE expired > 0")
