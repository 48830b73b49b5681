"""What the members service has written, for tests that look behind its answers."""

from sqlalchemy import func, select

from chassis.database import Database, outbox_table
from services.members.storage.tables import cards_table, members_table, stub_changes_table


async def counts(database: Database) -> list[int]:
    """Rows of each table that a registration writes."""
    tables = (members_table, cards_table, stub_changes_table, outbox_table)
    async with database.read() as connection:
        return [
            int(await connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in tables
        ]
