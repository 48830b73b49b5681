"""Nobody is merged into oneself: who answers for a member would be sought for ever."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Binds what is written from now on; the next migration looks at the rows that are there."""
    op.execute(
        "ALTER TABLE wallets ADD CONSTRAINT ck_wallets_merged_into "
        "CHECK (merged_into <> member_id) NOT VALID"
    )
