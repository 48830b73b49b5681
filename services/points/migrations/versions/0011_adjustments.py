"""Adjustments that were proposed, and how they were decided."""

from alembic import op

revision = "0011"
down_revision = "0010"

_STATEMENTS = (
    """
    CREATE TABLE adjustment_proposals (
        member_id uuid NOT NULL,
        proposal_id uuid NOT NULL,
        store_id uuid NOT NULL,
        points bigint NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        document bytea NOT NULL,
        state smallint NOT NULL,
        decided_by text NOT NULL,
        decided_at timestamptz,
        decision_reason text NOT NULL,
        bill_id uuid,
        CONSTRAINT pk_adjustment_proposals PRIMARY KEY (member_id, proposal_id),
        CONSTRAINT ck_adjustment_proposals_decided
            CHECK ((state = 1) = (decided_at IS NULL)),
        CONSTRAINT ck_adjustment_proposals_approved
            CHECK ((state = 2) = (bill_id IS NOT NULL)),
        CONSTRAINT ck_adjustment_proposals_four_eyes
            CHECK (state <> 2 OR decided_by <> proposed_by)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_adjustment_proposals_proposal_id ON adjustment_proposals (proposal_id)
    """,
    """
    CREATE INDEX ix_adjustment_proposals_open ON adjustment_proposals (proposal_id)
        WHERE state = 1
    """,
)


def upgrade() -> None:
    """Creates the table of proposals."""
    for statement in _STATEMENTS:
        op.execute(statement)
