"""Members, their cards and the changes of their stubs."""

from alembic import op

from chassis.migrations import create_event_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates every table of the service."""
    create_event_tables_v1(op)
    op.execute("CREATE SEQUENCE card_serials")
    op.execute("CREATE SEQUENCE stub_revisions")
    op.execute(
        r"""
        CREATE TABLE members (
            member_id uuid CONSTRAINT pk_members PRIMARY KEY,
            name text NOT NULL CONSTRAINT ck_members_name_length CHECK (char_length(name) <= 64),
            phone text CONSTRAINT uq_members_phone UNIQUE
                CONSTRAINT ck_members_phone_e164 CHECK (phone ~ '^\+[0-9]{4,15}$'),
            store_id uuid,
            channel text NOT NULL CONSTRAINT ck_members_channel_known
                CHECK (channel IN ('unspecified', 'store', 'online', 'import')),
            registered_at timestamptz NOT NULL,
            registration_hash bytea NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE cards (
            card_number text CONSTRAINT pk_cards PRIMARY KEY
                CONSTRAINT ck_cards_card_number_form CHECK (card_number ~ '^[0-9A-Z]{4,32}$'),
            member_id uuid NOT NULL CONSTRAINT fk_cards_member_id_members REFERENCES members,
            issued_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_cards_member_id ON cards (member_id)")
    op.execute(
        """
        CREATE TABLE stub_changes (
            member_id uuid CONSTRAINT pk_stub_changes PRIMARY KEY
                CONSTRAINT fk_stub_changes_member_id_members REFERENCES members,
            revision bigint NOT NULL CONSTRAINT uq_stub_changes_revision UNIQUE
        )
        """
    )
