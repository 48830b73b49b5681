"""What happened to wallets beside bills, and who belongs to which household."""

from alembic import op

revision = "0004"
down_revision = "0003"

_STATEMENTS = (
    "ALTER TABLE wallets ADD COLUMN household_id uuid",
    """
    CREATE INDEX ix_wallets_household_id ON wallets (household_id)
        WHERE household_id IS NOT NULL
    """,
    """
    CREATE TABLE wallet_changes (
        member_id uuid NOT NULL,
        change_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        kind smallint NOT NULL,
        household_id uuid,
        store_id uuid,
        staff_id text NOT NULL,
        caller text NOT NULL,
        reason text NOT NULL,
        happened_at timestamptz NOT NULL,
        CONSTRAINT pk_wallet_changes PRIMARY KEY (member_id, change_id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_wallet_changes_change_id_ordinal
        ON wallet_changes (change_id, ordinal)
    """,
)


def upgrade() -> None:
    """Creates the table of changes; households stand with the wallets that the door locks."""
    for statement in _STATEMENTS:
        op.execute(statement)
