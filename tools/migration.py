"""`make migration S=points M="add holds"`: drafts a migration from a service's tables.

Brings an empty PostgreSQL of its own to the newest revision, compares it with storage/tables.py
and writes the difference. A draft: read it, and write what the comparison cannot see.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chassis.database import Database
from chassis.migrations import migrate
from tools.local_stack.ports import SERVICES_WITH_DATABASE
from tools.local_stack.servers import free_port, prepare_postgres, start_server

ROOT = Path(__file__).resolve().parent.parent


def next_revision(folder: Path) -> str:
    """The number after the highest one in a versions folder, four digits."""
    numbers = [int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return f"{max(numbers, default=0) + 1:04d}"


async def draft(service: str, message: str, database_url: str, root: Path = ROOT) -> Path:
    """Writes the migration from the newest revision to the tables; returns its path."""
    migrations = root / "services" / service / "migrations"
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    revision = next_revision(migrations / "versions")
    database = Database(database_url, service=service, pool_size=1)

    def compare(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=revision)

    try:
        await migrate(service, database)
        async with database.engine.connect() as connection:
            await connection.run_sync(compare)
    finally:
        await database.dispose()
    script = ScriptDirectory.from_config(config).get_revision(revision)
    assert script is not None
    return Path(script.path)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service", choices=SERVICES_WITH_DATABASE)
    parser.add_argument("message", help='what it does, for example "add holds"')
    arguments = parser.parse_args()
    if not re.search(r"[a-z]", arguments.message):
        sys.exit("the message must say what the migration does")
    state = Path(tempfile.mkdtemp(prefix="yika-migration-"))
    state.chmod(0o711)  # PostgreSQL's system user must get in
    try:
        server, url = prepare_postgres(state, free_port())
        process = start_server(server, state / "postgres.log")
        try:
            path = asyncio.run(draft(arguments.service, arguments.message, url))
        finally:
            process.terminate()
            process.wait()
    finally:
        shutil.rmtree(state)
    print(f"{path.relative_to(ROOT)} is drafted; read it before it is committed")


if __name__ == "__main__":
    main()
