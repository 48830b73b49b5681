"""Tiers and dates of birth of members, and the history of both."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    ALTER TABLE members
        ADD COLUMN tier_code text NOT NULL DEFAULT ''
            CONSTRAINT ck_members_tier_length CHECK (char_length(tier_code) <= 64),
        ADD COLUMN birth_date date
    """,
    """
    CREATE TABLE member_changes (
        change_id uuid CONSTRAINT pk_member_changes PRIMARY KEY,
        member_id uuid NOT NULL
            CONSTRAINT fk_member_changes_member_id_members REFERENCES members,
        kind text NOT NULL
            CONSTRAINT ck_member_changes_kind_known CHECK (kind IN ('tier', 'birth_date')),
        tier_code text NOT NULL,
        previous_tier_code text NOT NULL,
        reason text NOT NULL,
        changed_by text NOT NULL,
        changed_at timestamptz NOT NULL,
        content_hash bytea NOT NULL
    )
    """,
    "CREATE INDEX ix_member_changes_member_id ON member_changes (member_id, change_id)",
)


def upgrade() -> None:
    """Adds the columns and the table of changes."""
    for statement in _STATEMENTS:
        op.execute(statement)
