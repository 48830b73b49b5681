"""A stub change gets its revision after it was committed, not while it is written."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lets a change stand without a revision, and makes such changes quick to find."""
    op.execute("ALTER TABLE stub_changes ALTER COLUMN revision DROP NOT NULL")
    op.execute(
        "CREATE INDEX ix_stub_changes_not_numbered ON stub_changes (member_id) "
        "WHERE revision IS NULL"
    )
