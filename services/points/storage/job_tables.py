"""The table of scheduled jobs: when each ran, and where an unfinished run goes on."""

from sqlalchemy import Column, DateTime, MetaData, Table, Text

from chassis.database import NAMING_CONVENTION

_metadata = MetaData(naming_convention=NAMING_CONVENTION)

jobs = Table(
    "jobs",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # When the newest run began, and when the last one that reached its end did so.
    Column("started_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    # Where the run under way goes on; null when none is.
    Column("position", Text),
)


def add_job_tables(metadata: MetaData) -> None:
    """Puts the table among the service's others."""
    for table in _metadata.tables.values():
        table.to_metadata(metadata)
