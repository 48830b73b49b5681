"""Transactions that the server ends for the sake of others: usecases/post_bills.py."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Unavailable
from services.points.usecases.post_bills import Posted
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import build_chain, build_command, build_sale, post_commands
from tests.fixtures.ledger import count_rows
from tests.fixtures.servers import Servers, migrated_database

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


async def lose_first(database: Database, state: str, times: int) -> None:
    """Lets the server end the first transactions that write a bill, by its own code for it.

    Numbers of a sequence stay taken when the transaction is undone: they count the attempts.
    """
    async with database.transaction() as tx:
        for statement in (
            "CREATE SEQUENCE attempts",
            f"""
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('attempts') <= {times} THEN
                    RAISE EXCEPTION 'another one won' USING ERRCODE = '{state}';
                END IF;
                RETURN NEW;
            END $$
            """,
            "CREATE TRIGGER lose BEFORE INSERT ON bills FOR EACH ROW EXECUTE FUNCTION lose()",
        ):
            await tx.connection.execute(text(statement))


async def attempts(database: Database) -> int:
    """How often a bill was written."""
    async with database.read() as connection:
        return int(await connection.scalar(text("SELECT last_value FROM attempts")) or 0)


class TestGivingWay:
    @pytest.mark.parametrize("state", ["40P01", "40001"])
    async def test_is_done_again_and_books_once(self, servers: Servers, state: str) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            await lose_first(database, state, 2)
            command = build_command(build_sale(chain))
            (outcome,) = await post_commands(database, command, now=NOW)
            assert isinstance(outcome, Posted)
            assert not outcome.replayed
            assert await attempts(database) == 3
            counted = await count_rows(database)
            assert (counted["bills"], counted["outbox"]) == (1, 1)
            await prove_books(database)

    async def test_has_an_end(self, servers: Servers) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            await lose_first(database, "40P01", 1000)
            with pytest.raises(Unavailable, match="TRANSACTION_CONFLICT"):
                await post_commands(database, build_command(build_sale(chain)), now=NOW)
            assert await attempts(database) == 5
            assert set((await count_rows(database)).values()) == {0}

    async def test_is_not_done_again_when_the_database_is_in_need_itself(
        self, servers: Servers
    ) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            await lose_first(database, "53100", 1000)  # its disk is full
            with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
                await post_commands(database, build_command(build_sale(chain)), now=NOW)
            assert await attempts(database) == 1
