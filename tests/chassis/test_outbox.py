"""The outbox and its relay: nothing lost, nothing repeated in effect, in order."""

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, text

from chassis import outbox
from chassis.clock import utc_now
from chassis.database import Database, outbox_table
from chassis.events import EventBus
from chassis.ids import new_id
from chassis.metrics import OUTBOX_PENDING
from tests.chassis.numbers import (
    EVENT_TYPE,
    PRODUCER,
    STREAM,
    consumer_of,
    number_event,
    outbox_count,
    recorded_numbers,
    relay_of,
    running,
    stream_numbers,
    url_of,
    write_numbers,
)
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually

KILLS = 5


@pytest.fixture
async def bus(nats: OwnNats) -> AsyncIterator[EventBus]:
    """A connection to the test's NATS."""
    bus = EventBus(nats.url, service=PRODUCER)
    yield bus
    await bus.close()


async def drained(database: Database) -> bool:
    return await outbox_count(database) == 0


class TestRelay:
    async def test_publishes_in_the_order_of_the_outbox(
        self, database: Database, bus: EventBus
    ) -> None:
        await write_numbers(database, *range(300))  # more than two batches
        async with running(relay_of(database, bus).run()):
            await eventually(lambda: drained(database))
            await write_numbers(database, 300)
            await eventually(lambda: drained(database))
        assert await stream_numbers(bus) == list(range(301))

    async def test_says_what_the_event_is(self, database: Database, bus: EventBus) -> None:
        member_id = "0198c0de-0000-7000-8000-000000000001"
        async with database.transaction() as tx:
            tx.publish(number_event(7), member_id=member_id)
        async with running(relay_of(database, bus).run()):
            await eventually(lambda: drained(database))
        message = await (await bus.jetstream()).get_msg("YIKA_INVENTORY", 1)
        assert message.subject == "yika.inventory.stores_upserted.v1"
        assert message.headers is not None
        assert message.headers["ce-type"] == "yika.inventory.v1.StoresUpserted"
        assert message.headers["ce-source"] == "/yika/inventory"
        assert message.headers["ce-memberid"] == member_id
        assert message.headers["ce-id"] == message.headers["Nats-Msg-Id"]

    async def test_publishes_what_commits_late_with_an_earlier_position(
        self, database: Database, bus: EventBus
    ) -> None:
        async with running(relay_of(database, bus).run()):
            async with database.transaction() as late:
                await late.connection.execute(insert(outbox_table).values(outbox_row(1)))
                await write_numbers(database, 2)
                await eventually(lambda: drained(database))
            await eventually(lambda: drained(database))
        assert await stream_numbers(bus) == [2, 1]

    async def test_one_of_two_relays_leads(self, database: Database, bus: EventBus) -> None:
        await write_numbers(database, *range(200))
        async with running(relay_of(database, bus).run(), relay_of(database, bus).run()):
            await eventually(lambda: drained(database))
        assert await stream_numbers(bus) == list(range(200))

    async def test_survives_its_connection_being_cut(
        self, database: Database, bus: EventBus
    ) -> None:
        async with running(relay_of(database, bus).run()):
            await write_numbers(database, 1)
            await eventually(lambda: drained(database))
            await cut_leader(database)
            await write_numbers(database, 2)
            await eventually(lambda: drained(database))
        assert await stream_numbers(bus) == [1, 2]


def outbox_row(number: int) -> dict[str, object]:
    return {
        "event_id": new_id(),
        "event_type": EVENT_TYPE,
        "occurred_at": utc_now(),
        "traceparent": "",
        "payload": number_event(number).SerializeToString(),
    }


async def cut_leader(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND granted AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )


class TestNatsDown:
    async def test_writes_go_on_and_drain_afterwards_in_order(
        self, database: Database, bus: EventBus, nats: OwnNats
    ) -> None:
        async with running(relay_of(database, bus).run(), consumer_of(database, bus).run()):
            await write_numbers(database, *range(10))
            await eventually(lambda: drained(database))
            nats.stop()
            for number in range(10, 400):
                await write_numbers(database, number)
            assert await outbox_count(database) == 390
            nats.start()
            await eventually(lambda: drained(database), timeout_seconds=60)

            async def applied() -> bool:
                return len(await recorded_numbers(database)) >= 400

            await eventually(applied, timeout_seconds=60)
        assert await stream_numbers(bus) == list(range(400))
        assert await recorded_numbers(database) == list(range(400))

    async def test_a_service_may_start_before_nats(
        self, database: Database, bus: EventBus, nats: OwnNats
    ) -> None:
        nats.stop()
        async with running(relay_of(database, bus).run(), consumer_of(database, bus).run()):
            await write_numbers(database, 1)
            nats.start()

            async def applied() -> bool:
                return await recorded_numbers(database) == [1]

            await eventually(applied)

    async def test_the_gauges_tell_what_waits(
        self, database: Database, bus: EventBus, nats: OwnNats, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[float] = []
        log = outbox.log

        def warning(event: str, **fields: object) -> None:
            told.append(OUTBOX_PENDING._value.get())
            log.warning(event, **fields)

        monkeypatch.setattr(outbox, "log", SimpleNamespace(warning=warning))
        nats.stop()
        await write_numbers(database, 1, 2, 3)
        async with running(relay_of(database, bus).run()):

            async def gave_up_twice() -> bool:
                return len(told) >= 2

            await eventually(gave_up_twice)
        assert set(told) == {3}


class TestLostStream:
    async def test_is_made_again_without_a_new_connection(
        self, database: Database, bus: EventBus
    ) -> None:
        async with running(relay_of(database, bus).run(), consumer_of(database, bus).run()):
            await write_numbers(database, 1)
            await eventually(lambda: applied(database, 1))
            await (await bus.jetstream()).delete_stream(STREAM)
            await write_numbers(database, 2)
            await eventually(lambda: applied(database, 1, 2))


async def applied(database: Database, *numbers: int) -> bool:
    return await recorded_numbers(database) == list(numbers)


class Relays:
    """Relays in processes of their own, known by name."""

    def __init__(self, database: Database, nats: OwnNats) -> None:
        self._arguments = (url_of(database), nats.url)
        self._database = database
        self._started = 0
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._started += 1
        name = f"relay-{self._started}"
        command = [sys.executable, "-m", "tests.chassis.relay_process", name, *self._arguments]
        self.processes[name] = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    async def leader(self) -> str:
        """The name of the process that holds the leader's lock; waits for one."""
        found = ""

        async def led() -> bool:
            nonlocal found
            async with self._database.read() as connection:
                names = await connection.scalars(
                    text(
                        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
                        "WHERE locktype = 'advisory' AND granted"
                    )
                )
            living = [name.removeprefix("yika-") for name in names]
            found = next((name for name in living if name in self.processes), "")
            return bool(found)

        await eventually(led, timeout_seconds=60)
        return found

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait(timeout=10)


class TestKilledRelay:
    @pytest.mark.timeout(240)
    async def test_loses_nothing_and_repeats_nothing_in_effect(
        self, database: Database, bus: EventBus, nats: OwnNats
    ) -> None:
        choose = random.Random()
        relays = Relays(database, nats)
        committed: list[int] = []
        writing = True

        async def write() -> None:
            number = 0
            while writing:
                numbers = range(number, number := number + choose.randrange(1, 6))
                if choose.random() < 0.1:
                    with pytest.raises(ZeroDivisionError):
                        await write_and_fail(database, *numbers)
                else:
                    await write_numbers(database, *numbers)
                    committed.extend(numbers)

        async with running(consumer_of(database, bus).run()):
            relays.start()
            relays.start()
            writer = asyncio.create_task(write())
            try:
                for _ in range(KILLS):
                    leader = await relays.leader()
                    # Any moment will do: the relay is in the middle of something all the time.
                    await asyncio.sleep(choose.uniform(0, 0.5))
                    relays.kill(leader)
                    relays.start()
                writing = False
                await writer
                await eventually(lambda: drained(database), timeout_seconds=100)
                wanted = len(committed)

                async def applied() -> bool:
                    return len(await recorded_numbers(database)) >= wanted

                await eventually(applied, timeout_seconds=100)
            finally:
                writing = False
                await asyncio.gather(writer, return_exceptions=True)
                for name in list(relays.processes):
                    relays.kill(name)
        assert len(committed) > 500
        assert sorted(await recorded_numbers(database)) == committed
        assert sorted(set(await stream_numbers(bus))) == committed


async def write_and_fail(database: Database, *numbers: int) -> None:
    async with database.transaction() as tx:
        for number in numbers:
            tx.publish(number_event(number))
        raise ZeroDivisionError
