"""Passes: with whom they are shared, and the index that counts the uses of a day."""

from alembic import op

revision = "0010"
down_revision = "0009"

_STATEMENTS = (
    """
    CREATE TABLE pass_shares (
        member_id uuid NOT NULL,
        share_id uuid NOT NULL,
        pass_id uuid NOT NULL,
        user_member_id uuid NOT NULL,
        shared_at timestamptz NOT NULL,
        document bytea NOT NULL,
        ended_at timestamptz,
        unshare_id uuid,
        end_document bytea NOT NULL,
        CONSTRAINT pk_pass_shares PRIMARY KEY (member_id, share_id),
        CONSTRAINT ck_pass_shares_end CHECK ((ended_at IS NULL) = (unshare_id IS NULL))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_pass_shares_lasting ON pass_shares (member_id, pass_id, user_member_id)
        WHERE ended_at IS NULL
    """,
    """
    CREATE UNIQUE INDEX uq_pass_shares_unshare_id ON pass_shares (member_id, unshare_id)
        WHERE unshare_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_pass_shares_user_member_id ON pass_shares (user_member_id)
        WHERE ended_at IS NULL
    """,
    # Transfers of other assets write nothing into it.
    """
    CREATE INDEX ix_transfers_member_id_pass_id_business_date
        ON transfers (member_id, pass_id, business_date) WHERE pass_id IS NOT NULL
    """,
)


def upgrade() -> None:
    """Creates the table and the indexes of passes."""
    for statement in _STATEMENTS:
        op.execute(statement)
