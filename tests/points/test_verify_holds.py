"""The verification of what holds set aside and what bills posted of them, over a real database."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.audit.breaks import BreakKind
from services.points.usecases.audit.list_breaks import BreakView, list_breaks
from tests.fixtures.audit import verify_all
from tests.fixtures.builders_holds import (
    STORED_VALUE,
    Value,
    build_hold,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
)
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.holds import void_held
from tests.fixtures.own_ledger import database

__all__ = ["database"]


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain whose member has points and stored value to be held."""
    chain, _ = await build_chain(database)
    values = (Value(Asset.POINTS, 1000), Value(Asset.PRINCIPAL, 1000), Value(Asset.BONUS, 500))
    await grant(database, chain, *values)
    return chain


async def held(database: Database, chain: Chain, amount: int, **changes: Any) -> str:
    """Makes a hold; its id."""
    request = build_hold(chain, amount, **changes)
    await hold(database, request)
    return str(request.hold_id)


async def posted(database: Database, chain: Chain, amount: int, hold_id: str, **by: Any) -> str:
    """Posts part of a hold; the id of the sale."""
    sale = build_spending(chain, amount, hold_id=hold_id, **by)
    assert reasons(await spend(database, sale)) == [""]
    return str(sale.sale_id)


async def breaks_of_holds(database: Database) -> Sequence[BreakView]:
    """What a verification finds of holds; these books lack what a top-up would book of money."""
    await verify_all(database)
    page = await list_breaks(database, None, include_resolved=False, token="", limit=100)
    return [view for view in page.breaks if view.row.kind == BreakKind.HOLD_TERMS]


async def write(database: Database, sql: str, **values: Any) -> None:
    """Does what no service would do."""
    async with database.transaction() as tx:
        assert (await tx.connection.execute(text(sql), values)).rowcount > 0


class TestHolds:
    async def test_of_every_end_verify_clean(self, database: Database, chain: Chain) -> None:
        await held(database, chain, 10)
        whole, part, rest, void = [await held(database, chain, 100) for _ in range(4)]
        await posted(database, chain, 100, whole)
        await posted(database, chain, 40, part)
        await posted(database, chain, 40, rest, keep_rest=True)
        await posted(database, chain, 60, rest)
        await posted(database, chain, 30, void, keep_rest=True)
        await void_held(database, void)
        card = await held(database, chain, 900, asset=STORED_VALUE)
        await posted(database, chain, 700, card, kind="stored_value", keep_rest=True)
        await held(database, chain, 100, hold_seconds=3600)
        assert await breaks_of_holds(database) == []


class TestWhatWasPosted:
    @pytest.mark.parametrize("asset", ["points", "stored_value"])
    async def test_and_is_forgotten_is_found(
        self, database: Database, chain: Chain, asset: str
    ) -> None:
        changes = {"asset": STORED_VALUE} if asset == "stored_value" else {}
        hold_id = await held(database, chain, 200, **changes)
        sale_id = await posted(database, chain, 90, hold_id, kind=asset, keep_rest=True)
        await write(database, "UPDATE hold_lots SET posted = 0")
        (view,) = await breaks_of_holds(database)
        assert view.row.subject == f"{hold_id}:posted"
        assert (view.row.expected, view.row.found) == ("90", "0")
        assert {each.bill_id for each in view.proof} == {sale_id}
        assert sum(each.amount for each in view.proof) == 90

    async def test_of_a_hold_that_is_gone_is_found(self, database: Database, chain: Chain) -> None:
        hold_id = await held(database, chain, 100)
        sale_id = await posted(database, chain, 100, hold_id)
        assert await breaks_of_holds(database) == []
        await write(database, "DELETE FROM hold_lots")
        await write(database, "DELETE FROM holds")
        (view,) = await breaks_of_holds(database)
        assert (view.row.subject, view.row.expected) == (f"{hold_id}:posted", "100")
        assert {each.bill_id for each in view.proof} == {sale_id}

    async def test_in_part_does_not_end_a_hold_as_posted(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 100)
        await posted(database, chain, 40, hold_id)
        await write(database, "UPDATE holds SET state = 2")
        (view,) = await breaks_of_holds(database)
        assert (view.row.subject, view.row.expected) == (f"{hold_id}:state", "40 of 100")


class TestHowLong:
    async def test_a_hold_lasts_is_what_was_asked_for(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 100, hold_seconds=3600)
        await write(database, "UPDATE holds SET expires_at = expires_at + interval '10 years'")
        (view,) = await breaks_of_holds(database)
        assert (view.row.subject, view.row.expected) == (f"{hold_id}:lasts", "1:00:00")
