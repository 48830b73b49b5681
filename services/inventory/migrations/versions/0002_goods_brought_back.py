"""Movements of goods that customers brought back."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Allows their kind. The rows that are there are of the kinds allowed before."""
    op.execute("ALTER TABLE movements DROP CONSTRAINT ck_movements_kind")
    op.execute(
        "ALTER TABLE movements ADD CONSTRAINT ck_movements_kind CHECK (kind IN (1, 2, 3, 4)) "
        "NOT VALID"
    )
