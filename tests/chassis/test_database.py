"""The unit of work: rows and events together or not at all, a lost server no defect."""

import asyncio
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.errors import Invalid, Unavailable
from chassis.events import EVENT_BYTES_MAX
from tests.chassis.numbers import number_event, outbox_count, recorded_numbers, url_of
from tests.fixtures.servers import Servers
from yika.inventory.v1 import catalogue_pb2, events_pb2


async def record(connection: Any, number: int) -> None:
    await connection.execute(text("INSERT INTO numbers (number) VALUES (:n)"), {"n": number})


def sized_event(size: int) -> Any:
    """An event of exactly that many bytes."""
    event = events_pb2.StoresUpserted(stores=[catalogue_pb2.Store(name="")])
    event.stores[0].name = "x" * (size - 8)
    while event.ByteSize() < size:
        event.stores[0].name += "x"
    assert event.ByteSize() == size
    return event


class TestTransaction:
    @pytest.mark.parametrize("kind", ["transaction", "driver_transaction"])
    async def test_commits_rows_and_events_together(self, database: Database, kind: str) -> None:
        done: list[str] = []
        async with getattr(database, kind)() as tx:
            await record(tx.connection, 1)
            tx.publish(number_event(1))
            tx.after_commit(lambda: done.append("committed"))
            assert done == []
        assert await recorded_numbers(database) == [1]
        assert await outbox_count(database) == 1
        assert done == ["committed"]

    @pytest.mark.parametrize("kind", ["transaction", "driver_transaction"])
    async def test_drops_rows_and_events_when_the_block_fails(
        self, database: Database, kind: str
    ) -> None:
        done: list[str] = []

        async def fail() -> None:
            async with getattr(database, kind)() as tx:
                await record(tx.connection, 1)
                tx.publish(number_event(1))
                tx.after_commit(lambda: done.append("committed"))
                raise Invalid("NO_GOOD", "not this one")

        with pytest.raises(Invalid, match="NO_GOOD"):
            await fail()
        assert await recorded_numbers(database) == []
        assert await outbox_count(database) == 0
        assert done == []

    async def test_goes_on_after_the_server_cut_a_driver_transaction(
        self, database: Database
    ) -> None:
        async def be_cut() -> None:
            async with database.driver_transaction() as tx:
                await record(tx.connection, 1)
                await tx.driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        for _ in range(3):
            with pytest.raises(Unavailable):
                await be_cut()
        async with database.driver_transaction() as tx:
            await tx.driver.execute("SELECT 1")
            await record(tx.connection, 2)
        assert await recorded_numbers(database) == [2]

    @pytest.mark.parametrize("kind", ["transaction", "driver_transaction"])
    async def test_commits_on_a_connection_whose_last_user_gave_up(
        self, database: Database, kind: str
    ) -> None:
        alone = Database(url_of(database), service="one", pool_size=1)

        async def record_one(number: int) -> None:
            async with getattr(alone, kind)() as tx:
                await record(tx.connection, number)

        await record_one(0)
        for turns in range(100):  # whatever it waits for: the begin, a row, the commit
            gives_up = asyncio.create_task(record_one(-1))
            for _ in range(turns):
                await asyncio.sleep(0)
            gives_up.cancel()
            await asyncio.gather(gives_up, return_exceptions=True)
            await record_one(turns)
            assert (await recorded_numbers(database))[-1] == turns
        await alone.dispose()

    async def test_wakes_the_relay_once_events_are_durable(self, database: Database) -> None:
        database.outbox_changed.clear()
        async with database.transaction() as tx:
            await record(tx.connection, 1)
        assert not database.outbox_changed.is_set()
        async with database.transaction() as tx:
            tx.publish(number_event(1))
            assert not database.outbox_changed.is_set()
        assert database.outbox_changed.is_set()


class TestPublish:
    async def test_takes_an_event_of_the_largest_size(self, database: Database) -> None:
        async with database.transaction() as tx:
            tx.publish(sized_event(EVENT_BYTES_MAX))
        assert await outbox_count(database) == 1

    async def test_refuses_a_larger_one_before_anything_is_written(
        self, database: Database
    ) -> None:
        async def publish_too_much() -> None:
            async with database.transaction() as tx:
                await record(tx.connection, 1)
                tx.publish(sized_event(EVENT_BYTES_MAX + 1))

        with pytest.raises(ValueError, match="at most 524288"):
            await publish_too_much()
        assert await recorded_numbers(database) == []
        assert await outbox_count(database) == 0

    async def test_refuses_what_is_no_event_of_the_house(self, database: Database) -> None:
        with pytest.raises(ValueError, match="is not yika"):
            async with database.transaction() as tx:
                tx.publish(Timestamp())
        assert await outbox_count(database) == 0


class TestRead:
    async def test_cannot_write(self, database: Database) -> None:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            async with database.read() as connection:
                await record(connection, 1)
        assert await recorded_numbers(database) == []

    async def test_sees_one_moment(self, database: Database) -> None:
        async with database.read() as connection:
            count = text("SELECT count(*) FROM numbers")
            assert await connection.scalar(count) == 0
            async with database.transaction() as tx:
                await record(tx.connection, 1)
            assert await connection.scalar(count) == 0
        assert await recorded_numbers(database) == [1]

    async def test_leaves_a_connection_that_writes_again(self, servers: Servers) -> None:
        database = Database(servers.postgres_url, service="one", pool_size=1)
        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
        async with database.transaction() as tx:
            await tx.connection.execute(text("CREATE TEMP TABLE written (n int) ON COMMIT DROP"))
        await database.dispose()


class TestSnapshot:
    async def test_sees_one_moment(self, database: Database) -> None:
        count = "SELECT count(*) FROM numbers"
        async with database.driver_transaction(snapshot=True) as tx:
            assert await tx.driver.fetchval(count) == 0
            async with database.transaction() as other:
                await record(other.connection, 1)
            assert await tx.driver.fetchval(count) == 0
            assert await tx.connection.scalar(text(count)) == 0
        assert await recorded_numbers(database) == [1]

    async def test_cannot_lock(self, database: Database) -> None:
        await self.record_one(database)
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            async with database.driver_transaction(snapshot=True) as tx:
                await tx.driver.execute("SELECT 1 FROM numbers FOR UPDATE")

    async def test_leaves_a_line_that_writes_again(self, database: Database) -> None:
        alone = Database(url_of(database), service="one", pool_size=1)
        async with alone.driver_transaction(snapshot=True) as tx:
            await tx.driver.execute("SELECT 1")
        await self.record_one(alone)
        assert await recorded_numbers(database) == [1]
        await alone.dispose()

    async def record_one(self, database: Database) -> None:
        async with database.driver_transaction() as tx:
            await record(tx.connection, 1)


class TestSlowTurn:
    @pytest.mark.parametrize(("pool_size", "at_once"), [(1, 1), (6, 1), (8, 2), (40, 10)])
    async def test_is_for_a_part_of_the_pool_at_once(
        self, database: Database, pool_size: int, at_once: int
    ) -> None:
        waited = Database(url_of(database), service="slow", pool_size=pool_size)
        answer = asyncio.Event()
        begun = 0

        async def ask() -> None:
            nonlocal begun
            async with waited.slow_turn():
                begun += 1
                await answer.wait()

        asked = [asyncio.create_task(ask()) for _ in range(pool_size + 1)]
        await asyncio.sleep(0.1)
        assert begun == at_once
        answer.set()
        await asyncio.gather(*asked)
        assert begun == pool_size + 1

    async def test_is_refused_as_a_full_pool_is(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.database._WAIT_SECONDS", 0.1)
        one = Database(url_of(database), service="slow", pool_size=1)
        async with one.slow_turn():
            with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
                async with one.slow_turn():
                    pass
        async with one.slow_turn():
            pass


class TestConnection:
    async def test_a_lost_machine_is_missed_within_half_a_minute(self, database: Database) -> None:
        names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
        async with database.read() as connection:
            idle, interval, count = [
                int(await connection.scalar(text(f"SHOW {name}")) or 0) for name in names
            ]
        assert 0 < idle + interval * count <= 30


def test_the_address_of_a_database_survives_its_trip_through_a_setting(
    database: Database,
) -> None:
    assert Database(url_of(database), service="copy").engine.url == database.engine.url
