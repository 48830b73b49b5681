"""Logs of a real process: one JSON object a line, and no row of a table in it."""

import json
import subprocess
import sys

from chassis.database import Database
from tests.chassis.numbers import url_of

PHONE = "+8613800138000"
# A row that breaks a rule of the schema, as a defect in a service would write it.
SCRIPT = f"""
import asyncio, sys
from sqlalchemy import text
from chassis.database import Database
from chassis.logs import configure_logs, get_logger

async def fail():
    database = Database(sys.argv[1], service="logs")
    try:
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("INSERT INTO dead_letters (dead_letter_id, subject) "
                     "VALUES (gen_random_uuid(), :phone)"), {{"phone": "{PHONE}"}})
    except Exception:
        get_logger("test").exception("rpc_failed")
    await database.dispose()

configure_logs("test", "INFO")
asyncio.run(fail())
"""


class TestException:
    async def test_does_not_repeat_the_row_that_was_refused(self, database: Database) -> None:
        done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
            [sys.executable, "-c", SCRIPT, url_of(database)],
            capture_output=True,
            text=True,
            check=True,
        )
        [entry] = [json.loads(line) for line in done.stderr.splitlines()]
        assert entry["event"] == "rpc_failed"
        assert "NotNullViolation" in entry["exception"]
        assert "[SQL: INSERT INTO dead_letters" in entry["exception"]
        assert PHONE not in done.stderr
