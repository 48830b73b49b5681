"""What makes posting cheap: rows that go in whole, payments that leave the indexes alone, and wallets
that say whether they changed.

Rows of a batch are handed over as arrays of composite types, one for each table. A type is part of
the contract with the release before, whose pods go on while this runs: a row that needs another
field gets a type of another name.

The column rewrites `lots`, whose writers wait meanwhile.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

_STATEMENTS = (
    # No index names what a payment changes, so the new version of a lot stays on its page (HOT).
    """
    ALTER TABLE lots ADD COLUMN is_open boolean NOT NULL
        GENERATED ALWAYS AS (remaining > 0) STORED
    """,
    "DROP INDEX ix_lots_open",
    "DROP INDEX ix_lots_expiring",
    "DROP INDEX ix_lots_store_id_expiry_date",
    "CREATE INDEX ix_lots_open ON lots (member_id) WHERE is_open",
    """
    CREATE INDEX ix_lots_expiring ON lots (expiry_date, member_id)
        WHERE is_open AND expiry_date IS NOT NULL
    """,
    "CREATE INDEX ix_lots_store_id_expiry_date ON lots (store_id, expiry_date) WHERE is_open",
    # Whoever locks a wallet for anything but a bill counts here. So the numbers of both say whether
    # anything happened to it, and who posts a sale alone need not lock what nobody else touches.
    "ALTER TABLE wallets ADD COLUMN change_count bigint NOT NULL DEFAULT 0",
    # Ends a statement, and all that it did, when the ledger is not as it was read.
    """
    CREATE FUNCTION another_writer_came_first() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'another writer came first' USING ERRCODE = 'YK001'; END
    $$
    """,
    # An event lives for milliseconds: compressing it costs more than writing it.
    "ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL",
    """
    CREATE TYPE new_bill AS (
        member_id uuid, bill_id uuid, kind smallint, store_id uuid, register_id text,
        staff_id text, business_date date, occurred_at timestamptz, total_fen bigint,
        points_earned bigint, programme_version integer, reason text, original_bill_id uuid,
        sequence bigint, hash bytea, document bytea, allocation bytea, receipt bytea
    )
    """,
    """
    CREATE TYPE new_transfer AS (
        member_id uuid, bill_id uuid, ordinal smallint, asset smallint, debit_account text,
        credit_account text, amount bigint, lot_bill_id uuid, lot_ordinal smallint, pass_id uuid,
        store_id uuid, business_date date
    )
    """,
    """
    CREATE TYPE new_lot AS (
        member_id uuid, bill_id uuid, ordinal smallint, asset smallint, pass_id uuid,
        granted bigint, remaining bigint, expired bigint, rule_version text, store_id uuid,
        earned_at timestamptz, available_at timestamptz, expiry_date date, moved_by uuid
    )
    """,
    """
    CREATE TYPE lot_change AS (
        member_id uuid, bill_id uuid, ordinal smallint, remaining bigint, expired bigint,
        granted bigint
    )
    """,
    """
    CREATE TYPE wallet_state AS (
        member_id uuid, points bigint, principal_fen bigint, bonus_fen bigint, debt_points bigint,
        carry_numerator bigint, carry_denominator bigint, sale_count bigint, open_holds integer,
        card_type text, bill_count bigint, last_hash bytea, frozen_reason text, merged_into uuid,
        bill_count_before bigint, change_count bigint
    )
    """,
)


def upgrade() -> None:
    """Adds the column and the types, and makes the indexes of open lots anew."""
    for statement in _STATEMENTS:
        op.execute(statement)
