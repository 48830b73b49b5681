"""The jobs of expiry in a running service: services/points/expiry_jobs.py and its wiring."""

import asyncio
from datetime import timedelta

from chassis.clock import utc_now
from chassis.database import outbox_table
from services.points.bootstrap import build
from services.points.domain.assets import Asset
from services.points.settings import Settings
from tests.fixtures.builders_points import build_chain
from tests.fixtures.expired_lots import bills_of, grant
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database
from yika.points.v1 import events_pb2


class TestExpiryJobs:
    async def test_of_a_running_service_book_and_tell(self, servers: Servers) -> None:
        async with migrated_database(servers, "points") as database:
            chain, _ = await build_chain(database)
            today = utc_now().date()
            await grant(
                database,
                chain.member_id,
                chain.store_id,
                (Asset.POINTS, 40, today - timedelta(days=9)),
                (Asset.POINTS, 50, today + timedelta(days=20)),
            )
            parts = await build(
                Settings(expiry_interval_seconds=1, verify_interval_seconds=0), database
            )
            loops = [asyncio.ensure_future(loop()) for loop in parts.background]

            async def booked_and_told() -> bool:
                async with database.read() as connection:
                    rows = (await connection.execute(outbox_table.select())).all()
                told = [
                    (event.notice_days, value.member_id, value.amount)
                    for row in rows
                    if row.event_type == "yika.points.v1.LotsExpiring"
                    for event in [events_pb2.LotsExpiring.FromString(row.payload)]
                    for value in event.values
                ]
                booked = await bills_of(database)
                return (booked, told) == ([chain.member_id], [(30, chain.member_id, 50)])

            try:
                await eventually(booked_and_told)
            finally:
                for each in loops:
                    each.cancel()
                await asyncio.gather(*loops, return_exceptions=True)
                for close in parts.closers:
                    await close()

    async def test_can_be_turned_off(self, servers: Servers) -> None:
        async with migrated_database(servers, "points") as database:
            counts = []
            for seconds in (0, 60):
                parts = await build(Settings(expiry_interval_seconds=seconds), database)
                counts.append(len(parts.background))
                for close in parts.closers:
                    await close()
            assert counts[1] - counts[0] == 2
