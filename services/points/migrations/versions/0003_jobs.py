"""Scheduled jobs: when each ran, and where an unfinished run goes on."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the table of jobs."""
    op.execute(
        """
        CREATE TABLE jobs (
            name text CONSTRAINT pk_jobs PRIMARY KEY,
            created_at timestamptz NOT NULL,
            started_at timestamptz,
            completed_at timestamptz,
            position text
        )
        """
    )
