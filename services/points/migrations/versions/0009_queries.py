"""How far expiry has been told, and the indexes that the ledger's questions are answered from."""

from alembic import op

revision = "0009"
down_revision = "0005"

_STATEMENTS = (
    """
    CREATE TABLE expiry_notices (
        notice_days integer CONSTRAINT pk_expiry_notices PRIMARY KEY,
        told_date date NOT NULL,
        told_member_id uuid NOT NULL
    )
    """,
    # Sums and filters of a store's days are answered without the rows, which are long.
    "DROP INDEX ix_bills_store_id_business_date_bill_id",
    """
    CREATE INDEX ix_bills_store_id_business_date_bill_id
        ON bills (store_id, business_date, bill_id)
        INCLUDE (member_id, register_id, kind, total_fen, points_earned)
    """,
    # Sales come by the million and write nothing into it.
    """
    CREATE INDEX ix_bills_kind_store_id_business_date_bill_id
        ON bills (kind, store_id, business_date, bill_id)
        INCLUDE (member_id, register_id) WHERE kind <> 1
    """,
    """
    CREATE UNIQUE INDEX uq_bills_member_id_sequence ON bills (member_id, sequence)
        WHERE sequence > 0
    """,
    "CREATE INDEX ix_transfers_posted_at ON transfers USING brin (posted_at) WITH (autosummarize)",
    # Value that was spent, paid out or given back, but not the points that every sale earns.
    """
    CREATE INDEX ix_transfers_store_id_business_date ON transfers (store_id, business_date)
        WHERE lot_bill_id IS NOT NULL AND debit_account <> 'points_issued'
    """,
    """
    CREATE INDEX ix_lots_store_id_expiry_date ON lots (store_id, expiry_date)
        INCLUDE (asset, remaining) WHERE remaining > 0
    """,
)


def upgrade() -> None:
    """Creates the table and the indexes."""
    for statement in _STATEMENTS:
        op.execute(statement)
