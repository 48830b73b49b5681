"""The queue of messages and the log of the `log` provider."""

from alembic import op

from chassis.migrations import create_event_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates every table of the service."""
    create_event_tables_v1(op)
    op.execute(
        """
        CREATE TABLE messages (
            message_id uuid CONSTRAINT pk_messages PRIMARY KEY,
            member_id uuid NOT NULL,
            template text NOT NULL,
            text text NOT NULL,
            state text NOT NULL CONSTRAINT ck_messages_state_known
                CHECK (state IN ('queued', 'sent', 'skipped', 'failed')),
            reason text NOT NULL,
            queued_at timestamptz NOT NULL,
            sent_at timestamptz,
            due_at timestamptz NOT NULL,
            attempts integer NOT NULL,
            provider_message_id text,
            CONSTRAINT ck_messages_sent_has_time
                CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
            CONSTRAINT ck_messages_reason_given
                CHECK ((state IN ('skipped', 'failed')) = (reason <> ''))
        )
        """
    )
    op.execute("CREATE INDEX ix_messages_member_id_message_id ON messages (member_id, message_id)")
    op.execute("CREATE INDEX ix_messages_due_at ON messages (due_at) WHERE state = 'queued'")
    op.execute(
        """
        CREATE UNIQUE INDEX uq_messages_member_id_welcome ON messages (member_id)
            WHERE template = 'welcome'
        """
    )
    op.execute(
        """
        CREATE TABLE provider_log (
            message_id uuid CONSTRAINT pk_provider_log PRIMARY KEY,
            text text NOT NULL,
            logged_at timestamptz NOT NULL
        )
        """
    )
