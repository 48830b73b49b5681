"""Verification: its runs, and the breaks that they found."""

from alembic import op

revision = "0005"
down_revision = "0004"

_STATEMENTS = (
    """
    CREATE TABLE ledger_runs (
        run_id uuid CONSTRAINT pk_ledger_runs PRIMARY KEY,
        member_id uuid,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        completed_at timestamptz,
        position text NOT NULL,
        account_count bigint NOT NULL,
        bill_count bigint NOT NULL,
        break_count bigint NOT NULL
    )
    """,
    """
    CREATE INDEX ix_ledger_runs_open ON ledger_runs (requested_at)
        WHERE completed_at IS NULL AND member_id IS NULL
    """,
    "CREATE INDEX ix_ledger_runs_requested_at ON ledger_runs (requested_at)",
    """
    CREATE TABLE ledger_breaks (
        member_id uuid NOT NULL,
        kind smallint NOT NULL,
        subject text NOT NULL,
        expected text NOT NULL,
        found text NOT NULL,
        proof_bill_ids uuid[] NOT NULL,
        proof_ordinals smallint[] NOT NULL,
        proof_count integer NOT NULL,
        first_run_id uuid NOT NULL,
        last_run_id uuid NOT NULL,
        found_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        resolved_at timestamptz,
        CONSTRAINT pk_ledger_breaks PRIMARY KEY (member_id, kind, subject)
    )
    """,
    "CREATE INDEX ix_ledger_breaks_open ON ledger_breaks (member_id) WHERE resolved_at IS NULL",
)


def upgrade() -> None:
    """Creates the tables of the verification."""
    for statement in _STATEMENTS:
        op.execute(statement)
