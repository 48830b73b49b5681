"""A use of several passes is settled with each seller at what that pass was sold for."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chassis.clock import to_timestamp
from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import Asset
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.programme import Programme, Programmes
from services.points.domain.settlement import Cell
from tests.fixtures.builders_points import SOLD_AT, Chain, post_commands
from tests.fixtures.pass_postings import NOW, PostedPasses
from tests.fixtures.passes import build_definition
from tests.fixtures.returning import another_store, posted
from tests.fixtures.settling import cells_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TwoPrices:
    """A pass of three units that became dearer: sold cheap in one store, dear in another."""

    passes: PostedPasses
    programmes: Programmes
    sellers: tuple[str, str]
    user: str

    async def post(self, command: Command) -> None:
        """Posts a command that must succeed."""
        database, programmes = self.passes.database, self.programmes
        outcomes = await post_commands(database, command, now=NOW, programmes=programmes)
        posted(outcomes[0])

    async def use(self, units: int) -> Command:
        """Uses units in the third store, those of the cheap pass first."""
        used = self.passes.use(
            units, store_id=self.user, occurred_time=to_timestamp(SOLD_AT + 3 * HOUR)
        )
        await self.post(used)
        return used

    async def cells(self) -> list[Cell]:
        """What the third store redeemed."""
        return await cells_of(self.passes.database, [self.user])


async def open_books(database: Database, chain: Chain, *prices_fen: int) -> TwoPrices:
    """Sells one pass at each price."""
    cheap = build_definition(version=2, price_fen=prices_fen[0], units=3)
    versions: list[PassDefinition] = [cheap, replace(cheap, version=3, price_fen=prices_fen[1])]
    programmes = Programmes(
        [
            Programme(
                version=each.version,
                effective_at=SOLD_AT + n * HOUR,
                passes={each.pass_id: each},
            )
            for n, each in enumerate(versions)
        ]
    )
    sellers = (chain.store_id, await another_store(database))
    books = TwoPrices(
        PostedPasses(database, chain, cheap), programmes, sellers, await another_store(database)
    )
    for n, (each, seller) in enumerate(zip(versions, sellers, strict=True)):
        at = to_timestamp(SOLD_AT + n * HOUR + HOUR / 2)
        passes = PostedPasses(database, chain, each)
        await books.post(passes.sale(store_id=seller, occurred_time=at))
    return books


class TestUses:
    async def test_of_two_prices_count_at_their_own(self, database: Database, chain: Chain) -> None:
        books = await open_books(database, chain, 30_00, 90_00)
        await books.use(4)
        assert await books.cells() == sorted(
            [
                Cell(books.user, books.sellers[0], Asset.PASS, 3, 30_00),
                Cell(books.user, books.sellers[1], Asset.PASS, 1, 30_00),
            ]
        )

    @pytest.mark.parametrize("prices_fen", [(1, 100), (10_00, 100_00), (2, 2)])
    async def test_that_are_undone_in_any_order_leave_nothing_owed(
        self, database: Database, chain: Chain, prices_fen: tuple[int, int]
    ) -> None:
        books = await open_books(database, chain, *prices_fen)
        uses = [await books.use(units) for units in (1, 3, 2)]
        by_seller = {cell.seller: cell.amount_fen for cell in await books.cells()}
        assert by_seller == dict(zip(books.sellers, prices_fen, strict=True))
        for used in uses:
            await books.post(await books.passes.reversal(used))
        back = await cells_of(database, [books.user, chain.store_id])
        sums = {
            seller: sum(cell.amount_fen for cell in back if cell.seller == seller)
            for seller in books.sellers
        }
        assert sums == dict.fromkeys(books.sellers, 0)
