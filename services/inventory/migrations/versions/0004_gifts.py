"""Movements of gifts that are handed out for points and handed back."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Allows their kinds. The rows that are there are of the kinds allowed before."""
    op.execute("ALTER TABLE movements DROP CONSTRAINT ck_movements_kind")
    op.execute(
        "ALTER TABLE movements ADD CONSTRAINT ck_movements_kind "
        "CHECK (kind IN (1, 2, 3, 4, 5, 6)) NOT VALID"
    )
