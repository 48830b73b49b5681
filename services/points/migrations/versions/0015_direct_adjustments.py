"""Who adjusted how many points on a day without anybody's approval."""

from alembic import op

revision = "0015"
down_revision = "0014"

_STATEMENTS = (
    """
    CREATE TABLE direct_adjustments (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        subject text NOT NULL,
        made_date date NOT NULL,
        points bigint NOT NULL,
        CONSTRAINT pk_direct_adjustments PRIMARY KEY (member_id, bill_id),
        CONSTRAINT ck_direct_adjustments_points CHECK (points <> 0)
    )
    """,
    """
    CREATE INDEX ix_direct_adjustments_subject_made_date
        ON direct_adjustments (subject, made_date) INCLUDE (points)
    """,
)


def upgrade() -> None:
    """Begins empty: what was adjusted before on the day of the release is not counted."""
    for statement in _STATEMENTS:
        op.execute(statement)
