"""The table of scheduled jobs: when each ran, and where an unfinished run goes on."""

from sqlalchemy import Column, DateTime, Table, Text

from services.points.storage.metadata import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # When the newest run began, and when the last one that reached its end did so.
    Column("started_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    # Where the run under way goes on; null when none is.
    Column("position", Text),
)
