"""Lists and counts of holds."""

import asyncio
import random
from datetime import datetime

import pytest
from sqlalchemy import text

from chassis.database import Database
from services.points import pages
from services.points.domain.assets import Asset
from services.points.hold_gauge import OPEN, HoldGauge
from services.points.storage.holds import HoldRecord
from services.points.usecases.holds.read_holds import read_holds
from tests.fixtures.builders_holds import (
    NOW,
    POINTS,
    STORED_VALUE,
    Value,
    after,
    build_hold,
    grant,
    hold,
)
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.holds import chain, void_held
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, migrated_database

__all__ = ["chain"]


class TestReads:
    async def test_list_a_members_holds_page_by_page(
        self, database: Database, chain: Chain
    ) -> None:
        made = [build_hold(chain, 1 + n, hold_seconds=10 + n) for n in range(7)]
        for request in random.Random(1).sample(made, 7):
            await hold(database, request)
        found, token = await self.page(database, chain, "")
        while token:
            more, token = await self.page(database, chain, token)
            found += more
        assert [r.hold.hold_id for r in found] == sorted((r.hold_id for r in made), reverse=True)
        assert [r.hold.amount for r in found] == [7, 6, 5, 4, 3, 2, 1]

    async def test_a_page_ends_where_it_grows_too_large(
        self, database: Database, chain: Chain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for request in [build_hold(chain, 1 + n) for n in range(5)]:
            await hold(database, request)
        monkeypatch.setattr(pages, "PAGE_BYTES_MAX", 5_000)
        found, token = await self.page(database, chain, "")
        more, token = await self.page(database, chain, token)
        last, token = await self.page(database, chain, token)
        assert [r.hold.amount for r in (*found, *more, *last)] == [5, 4, 3, 2, 1]
        assert (len(found), len(more), len(last), token) == (2, 2, 1, "")

    async def page(
        self, database: Database, chain: Chain, token: str
    ) -> tuple[list[HoldRecord], str]:
        """Three holds of the chain's member."""
        return await read_holds(
            database,
            member_id=chain.member_id,
            store_id=None,
            open_only=False,
            page_token=token,
            limit=3,
            now=NOW,
        )

    async def test_list_only_open_ones_of_a_store(self, database: Database, chain: Chain) -> None:
        await grant(database, chain, Value(Asset.POINTS, 9), member_id=chain.other_member_id)
        short, long, gone = (build_hold(chain, 1, hold_seconds=s) for s in (10, 100, 100))
        other = build_hold(chain, 1, member_id=chain.other_member_id)
        for request in (short, long, gone, other):
            await hold(database, request)
        await void_held(database, gone.hold_id)
        found, _ = await read_holds(
            database,
            member_id=None,
            store_id=chain.store_id,
            open_only=False,
            page_token="",
            limit=9,
            now=after(10),
        )
        assert {r.hold.hold_id for r in found} == {long.hold_id, other.hold_id}

    async def test_gauge_counts_those_that_set_value_aside(self, servers: Servers) -> None:
        async with migrated_database(servers, "points") as own:
            chain, _ = await build_chain(own)
            values = [Value(Asset.POINTS, 100), Value(Asset.PRINCIPAL, 100)]
            await grant(own, chain, *values)
            for asset, seconds in ((POINTS, 10), (POINTS, 100), (STORED_VALUE, 100)):
                await hold(own, build_hold(chain, 1, asset=asset, hold_seconds=seconds))
            gauge = HoldGauge(own, refresh_seconds=60)
            for seconds, expected in ((0, [2, 1, 0]), (10, [1, 1, 0]), (100, [0, 0, 0])):
                await gauge.refresh(after(seconds))
                counted = [
                    OPEN.labels(name)._value.get() for name in ("points", "stored_value", "pass")
                ]
                assert counted == expected

    async def test_gauge_leaves_out_what_this_release_does_not_know(self, servers: Servers) -> None:
        """As the next release writes it while this one's replicas still run."""
        async with migrated_database(servers, "points") as own:
            chain, _ = await build_chain(own)
            await grant(own, chain, Value(Asset.POINTS, 100))
            for seconds in (100, 101):
                await hold(own, build_hold(chain, 1, asset=POINTS, hold_seconds=seconds))
            async with own.transaction() as tx:
                one = text("UPDATE holds SET asset = 6 WHERE expires_at = :at")
                await tx.connection.execute(one, {"at": after(101)})
            await HoldGauge(own, refresh_seconds=60).refresh(after(0))
            assert OPEN.labels("points")._value.get() == 1

    async def test_gauge_goes_on_after_a_defect(self, database: Database) -> None:
        gauge = FailingGauge(database, refresh_seconds=0.01)
        counting = asyncio.ensure_future(gauge.run())
        await eventually(gauge.has_gone_on)
        counting.cancel()


class FailingGauge(HoldGauge):
    """Meets what nobody foresaw."""

    refreshed = 0

    async def refresh(self, now: datetime) -> None:
        """Fails."""
        self.refreshed += 1
        raise ValueError("6 is not a valid Asset")

    async def has_gone_on(self) -> bool:
        """Whether it was tried once more."""
        return self.refreshed > 1
