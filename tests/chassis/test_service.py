"""A real service as a process: it serves, drains on SIGTERM, and says what is wrong in one line."""

import asyncio
import json
import signal
import socket
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
from google.type.date_pb2 import Date
from sqlalchemy import text

from chassis import service
from chassis.database import Database
from services.reports.settings import Settings
from tests.chassis.numbers import url_of
from tests.chassis.processes import (
    is_ready,
    readiness,
    run_service,
    service_settings,
    serving,
    start_service,
    still_running,
)
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers, create_database
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc


@pytest.fixture
def settings(database: Database, nats: OwnNats, tmp_path: Path) -> dict[str, str]:
    return service_settings(database, nats, tmp_path)


def query() -> report_service_pb2.QuerySalesRequest:
    day = Date(year=2026, month=1, day=1)
    return report_service_pb2.QuerySalesRequest(group_by=[1], from_date=day, to_date=day)


class TestServe:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_answers_until_it_is_told_to_stop(
        self, settings: dict[str, str], tmp_path: Path, number: signal.Signals
    ) -> None:
        log = tmp_path / "log"
        stub = report_service_pb2_grpc.ReportServiceStub
        address = f"127.0.0.1:{settings['YIKA_GRPC_PORT']}"
        async with serving("reports", settings, log) as process:
            async with open_stub(stub, address, {"reports.sales.read"}) as reports:
                assert list((await reports.QuerySales(query())).rows) == []
            process.send_signal(number)
            assert await asyncio.to_thread(process.wait, 30) == 0
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        assert entries[-1]["event"] == "stopped"
        assert {entry["service"] for entry in entries} == {"reports"}
        assert all(entry["level"] in {"info", "warning"} for entry in entries)

    async def test_lets_a_running_call_finish(
        self, settings: dict[str, str], tmp_path: Path, database: Database
    ) -> None:
        stub = report_service_pb2_grpc.ReportServiceStub
        address = f"127.0.0.1:{settings['YIKA_GRPC_PORT']}"
        async with serving("reports", settings, tmp_path / "log") as process:
            async with open_stub(stub, address, {"reports.sales.read"}) as reports:
                async with database.transaction() as tx:
                    # The query waits for this lock, so it is under way when the signal comes.
                    await tx.connection.execute(text("LOCK TABLE store_days"))
                    running = asyncio.ensure_future(reports.QuerySales(query()))
                    await eventually(lambda: waits_for_lock(database))
                    process.send_signal(signal.SIGTERM)
                    await eventually(lambda: refuses_connections(address))
                assert list((await running).rows) == []
            assert await asyncio.to_thread(process.wait, 30) == 0

    async def test_is_not_ready_on_another_revision_and_becomes_so_when_migrated(
        self, servers: Servers, nats: OwnNats, tmp_path: Path
    ) -> None:
        async with create_database(servers) as url:
            database = Database(url, service="test")
            settings = service_settings(database, nats, tmp_path)
            await database.dispose()
            log = tmp_path / "log"
            process = start_service("reports", settings, log)
            try:

                async def told() -> bool:
                    still_running(process, log)
                    failures = (await readiness(settings)).get("failures", {})
                    return str(failures.get("schema", "")).startswith("SCHEMA_REVISION: ")

                await eventually(told)
                done = await run_service("reports", "migrate", **settings)
                assert done.returncode == 0, done.stderr
                await eventually(lambda: is_ready(settings, process, log))
            finally:
                process.terminate()
                assert await asyncio.to_thread(process.wait, 30) == 0


async def waits_for_lock(database: Database) -> bool:
    async with database.read() as connection:
        waiting = text(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'store_days'::regclass"
        )
        return bool(await connection.scalar(waiting))


async def refuses_connections(address: str) -> bool:
    async with grpc.aio.insecure_channel(address) as channel:
        try:
            async with asyncio.timeout(0.5):
                await channel.channel_ready()
        except TimeoutError:
            return True
    return False


class TestProblems:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("YIKA_GRPC_PORT", "many"),
            ("YIKA_DATABASE_POOL_SIZE", "0"),
            ("YIKA_LOG_LEVEL", "LOUD"),
        ],
    )
    async def test_a_bad_setting_is_named_in_one_message(self, name: str, value: str) -> None:
        done = await run_service("reports", "serve", **{name: value})
        assert done.returncode == 1
        assert done.stderr.startswith("settings are not usable:\n")
        assert f"  {name}: " in done.stderr
        assert len(done.stderr.splitlines()) == 2

    async def test_every_bad_setting_is_named(self) -> None:
        bad = {"YIKA_GRPC_PORT": "x", "YIKA_OPS_PORT": "y"}
        done = await run_service("reports", "serve", **bad)
        assert len(done.stderr.splitlines()) == 3

    @pytest.mark.parametrize("command", ["serve", "migrate", "redrive"])
    async def test_a_missing_database_is_said(self, command: str) -> None:
        done = await run_service("reports", command)
        assert done.returncode == 1
        assert done.stderr == "reports: NO_DATABASE: YIKA_DATABASE_URL is not set\n"

    async def test_a_database_that_is_not_there_stops_a_migration(self) -> None:
        url = "postgresql://nobody:x@127.0.0.1:1/nothing"
        done = await run_service("reports", "migrate", YIKA_DATABASE_URL=url)
        assert done.returncode == 1
        assert done.stderr.startswith("reports: DATABASE_UNAVAILABLE: ")
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize("setting", ["YIKA_GRPC_PORT", "YIKA_OPS_PORT"])
    async def test_a_busy_port_is_named(self, settings: dict[str, str], setting: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            done = await run_service("reports", "serve", **{**settings, setting: port})
        assert done.returncode == 1
        last = done.stderr.splitlines()[-1]
        assert last.startswith("reports: ")
        assert port in last
        assert "Traceback" not in done.stderr

    async def test_no_command_is_a_usage_error(self) -> None:
        done = await run_service("reports")
        assert done.returncode == 2
        assert "usage: python -m services.reports" in done.stderr


class TestCancel:
    async def test_tells_a_task_again_that_has_lost_it(self) -> None:
        async def lose_the_first() -> None:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()

        tasks = [asyncio.ensure_future(lose_the_first()) for _ in range(2)]
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await service._cancel(tasks)
        assert all(task.cancelled() for task in tasks)

    async def test_bears_that_there_is_none(self) -> None:
        await service._cancel([])


class TestMigrateCommand:
    async def test_brings_an_empty_database_to_the_revision(self, servers: Servers) -> None:
        async with create_database(servers) as url:
            for _ in range(2):
                done = await run_service("reports", "migrate", YIKA_DATABASE_URL=url)
                assert done.returncode == 0, done.stderr


class TestSettingsCommand:
    async def test_lists_every_setting_with_its_meaning(self, database: Database) -> None:
        done = await run_service("reports", "settings", YIKA_DATABASE_URL=url_of(database))
        assert done.returncode == 0
        for name, field in Settings.model_fields.items():
            assert f"YIKA_{name.upper()}=" in done.stdout
            assert field.description
            assert field.description in done.stdout
        assert url_of(database) not in done.stdout  # defaults, not what is set
