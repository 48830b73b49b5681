"""One role and one database per service, migrated to this code's revision.

Runs as a process of its own (`python -m tools.local_stack.databases`), so that the launcher need
not load the migrations of all services; reads {"admin_url": ..., "urls": {service: url}}.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tools.local_stack.state import ROOT


def migrations_digest(checkout: Path = ROOT) -> str:
    """A hash over every migration; while it stays the same, no database needs a look."""
    digest = hashlib.sha256()
    for path in sorted(
        [*checkout.glob("services/*/migrations/**/*.py"), checkout / "chassis/migrations.py"]
    ):
        digest.update(str(path.relative_to(checkout)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


async def create_database(admin: "asyncpg.Connection", url: str) -> None:
    """Creates the role and the database of a URL, or gives the role the URL's password again."""
    parts = urlsplit(url)
    name, password = parts.path.lstrip("/"), parts.password
    # Names are ours and passwords URL-safe; CREATE ROLE takes no parameters.
    exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    verb = "ALTER" if exists else "CREATE"
    await admin.execute(f"{verb} ROLE {name} LOGIN PASSWORD '{password}'")
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await admin.execute(f"GRANT {name} TO CURRENT_USER")  # an admin need not be superuser
        await admin.execute(f"CREATE DATABASE {name} OWNER {name}")
        await admin.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")


async def prepare(admin_url: str, urls: Mapping[str, str]) -> None:
    """Creates and migrates every database, naming each on standard output."""
    from chassis.database import Database
    from chassis.migrations import migrate

    admin = await asyncpg.connect(admin_url, timeout=10)
    try:
        for url in urls.values():
            await create_database(admin, url)
    finally:
        await admin.close()
    for service, url in urls.items():
        database = Database(url, service=service, pool_size=1)
        try:
            await migrate(service, database)
        finally:
            await database.dispose()
        print(service, flush=True)


def main() -> None:
    """Entry point: reads what to do from standard input."""
    request = json.load(sys.stdin)
    try:
        asyncio.run(prepare(request["admin_url"], request["urls"]))
    except (OSError, asyncpg.PostgresError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
