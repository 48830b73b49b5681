"""Bills that sell no goods, summed by day, store and kind.

Revision: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the read model, empty."""
    op.execute(
        """
        CREATE TABLE value_days (
            day date NOT NULL,
            store_id uuid NOT NULL,
            kind integer NOT NULL,
            bill_count bigint NOT NULL CONSTRAINT ck_value_days_counted CHECK (bill_count > 0),
            total_fen bigint NOT NULL,
            points_change bigint NOT NULL,
            principal_change_fen bigint NOT NULL,
            bonus_change_fen bigint NOT NULL,
            CONSTRAINT pk_value_days PRIMARY KEY (day, store_id, kind)
        )
        """
    )
