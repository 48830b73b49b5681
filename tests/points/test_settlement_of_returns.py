"""Goods that came back are not owed for, whatever the sale was paid with and however they came."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from services.points.domain.assets import POINTS_ISSUED, Asset
from services.points.domain.posting import Posting
from services.points.domain.programme import (
    ClawbackPolicy,
    PointsTender,
    Programme,
    Programmes,
)
from services.points.domain.settlement import Cell, Position
from services.points.usecases.queries.read_outstanding import summarize_settlement
from tests.fixtures.builders_points import (
    Chain,
    build_chain,
    build_command,
    build_line,
    build_sale,
    post_commands,
)
from tests.fixtures.builders_value import build_posting
from tests.fixtures.returning import (
    NOW,
    another_store,
    build_return,
    command_of,
    merge,
    pay,
    posted,
    seed_wallet,
    wallet,
)
from tests.fixtures.settling import DAYS, cells_of

# Each example posts to a real database: a failing one is shown as it was found.
EXAMPLES = settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@dataclass(frozen=True, slots=True)
class Shop:
    """A member whose value several stores have granted, and the store where goods are sold."""

    database: Database
    chain: Chain  # its store grants value
    store_id: str
    rules: Programmes

    async def sell(self, pieces: int, list_fen: int, *tenders: tuple[str, int, int]) -> str:
        """Sells pieces of one product, paid with (kind, fen, points); the sale."""
        line = build_line(
            self.chain.product_ids[0],
            quantity_milli=pieces * 1000,
            list_fen=list_fen,
            discount_fen=0,
        )
        sale = pay(build_sale(self.chain, lines=[line], store_id=self.store_id), *tenders)
        await post(self, build_command(sale))
        return sale.sale_id

    async def give_back(self, sale_id: str, pieces: int, store_id: str = "") -> None:
        """Takes pieces back, in the store of the sale unless told otherwise."""
        message = build_return(
            self.chain, sale_id, (1, pieces * 1000), store_id=store_id or self.store_id
        )
        await post(self, await command_of(self.database, message))

    async def lose_points(self, left: int = 0) -> None:
        """The member's points go elsewhere, so that a clawback does not find them."""
        points = (await wallet(self.database, self.chain.member_id))["points"]
        if points > left:

            def book(posting: Posting) -> None:
                posting.take(Asset.POINTS, points - left, to=POINTS_ISSUED)

            await post(self, build_posting(self.chain.member_id, self.chain.store_id, book))

    async def cells(self, *others: str) -> list[Cell]:
        """What is settled for value that the store redeemed, and others."""
        return await cells_of(self.database, [self.store_id, *others])


async def post(shop: Shop, command: object) -> None:
    """Posts a command that must succeed."""
    outcomes = await post_commands(shop.database, command, now=NOW, programmes=shop.rules)
    posted(outcomes[0])


def rules(points: int, policy: ClawbackPolicy = ClawbackPolicy.DEBT) -> Programmes:
    """So many points pay a yuan."""
    tender = PointsTender(points, 100, 1, 1)
    return Programmes([Programme(version=2, points_tender=tender, clawback_policy=policy)])


async def open_shop(database: Database, programmes: Programmes) -> Shop:
    """A shop of a chain of its own."""
    chain = (await build_chain(database))[0]
    return Shop(database, chain, await another_store(database), programmes)


class TestPointsBack:
    async def test_that_a_clawback_takes_at_once_are_back(self, database: Database) -> None:
        shop = await open_shop(database, rules(100))
        await seed_wallet(database, shop.chain, (Asset.POINTS, 100, None))
        sale_id = await shop.sell(1, 100_00, ("points", 1_00, 100), ("cash", 99_00, 0))
        await shop.lose_points()
        await shop.give_back(sale_id, 1)
        assert (await wallet(database, shop.chain.member_id))["points"] == 0
        assert await shop.cells() == []

    async def test_in_pieces_worth_less_than_a_point_are_back(self, database: Database) -> None:
        shop = await open_shop(database, rules(10))
        await seed_wallet(database, shop.chain, (Asset.POINTS, 10, None))
        sale_id = await shop.sell(20, 20_00, ("points", 1_00, 10), ("cash", 19_00, 0))
        seller = shop.chain.store_id
        await shop.give_back(sale_id, 1)
        assert await shop.cells() == [Cell(shop.store_id, seller, Asset.POINTS, 10, 95)]
        for _ in range(19):
            await shop.give_back(sale_id, 1)
        assert await shop.cells() == []

    async def test_of_two_sellers_are_back_with_their_own_shares(self, database: Database) -> None:
        shop = await open_shop(database, rules(3))
        other = await another_store(database)
        await seed_wallet(database, shop.chain, (Asset.POINTS, 1, date(2027, 1, 1)))
        await seed_wallet(
            database, replace(shop.chain, store_id=other), (Asset.POINTS, 2, date(2028, 1, 1))
        )
        sale_id = await shop.sell(2, 20_00, ("points", 1_00, 3), ("cash", 19_00, 0))
        for _ in range(2):
            await shop.give_back(sale_id, 1)
        assert await shop.cells() == []

    async def test_of_a_merged_member_are_back(self, database: Database) -> None:
        shop = await open_shop(database, rules(3))
        other = await another_store(database)
        await seed_wallet(database, shop.chain, (Asset.POINTS, 5, date(2027, 1, 1)))
        await seed_wallet(
            database, replace(shop.chain, store_id=other), (Asset.POINTS, 2, date(2028, 1, 1))
        )
        sale_id = await shop.sell(3, 20_00, ("points", 2_00, 6), ("cash", 18_00, 0))
        await shop.give_back(sale_id, 1)
        await merge(database, shop.chain)
        await shop.give_back(sale_id, 2)
        assert await shop.cells() == []

    async def test_without_a_whole_point_count_where_they_came_back(
        self, database: Database
    ) -> None:
        """A store in which no value ever moved but in fen is a party all the same."""
        shop = await open_shop(database, rules(10))
        elsewhere = await another_store(database)
        await seed_wallet(database, shop.chain, (Asset.POINTS, 10, None))
        sale_id = await shop.sell(20, 20_00, ("points", 1_00, 10), ("cash", 19_00, 0))
        await shop.give_back(sale_id, 1, elsewhere)
        seller = shop.chain.store_id
        stores = [shop.store_id, seller, elsewhere]
        found = await summarize_settlement(database, stores, *DAYS)
        assert sorted(found) == sorted(
            [
                Position(shop.store_id, Asset.POINTS, 1_00, 0),
                Position(seller, Asset.POINTS, 0, 95),
                Position(elsewhere, Asset.POINTS, -5, 0),
            ]
        )


class TestAnyReturns:
    @EXAMPLES
    @given(
        lots=st.lists(
            st.tuples(
                st.sampled_from([Asset.POINTS, Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS]),
                st.integers(0, 2),  # seller
                st.integers(1, 40),
                st.sampled_from([None, date(2026, 5, 1), date(2027, 1, 1)]),
            ),
            min_size=1,
            max_size=6,
        ),
        points_a_yuan=st.sampled_from([3, 7, 10, 100]),
        policy=st.sampled_from(list(ClawbackPolicy)),
        extra_fen=st.integers(0, 5_000),
        parts=st.lists(st.integers(1, 4), min_size=1, max_size=5),
        elsewhere=st.lists(st.booleans(), min_size=5, max_size=5),
        points_left=st.integers(0, 60),
    )
    async def test_of_all_goods_leave_nothing_owed(
        self,
        database: Database,
        lots: list[tuple[Asset, int, int, date | None]],
        points_a_yuan: int,
        policy: ClawbackPolicy,
        extra_fen: int,
        parts: list[int],
        elsewhere: list[bool],
        points_left: int,
    ) -> None:
        shop = await open_shop(database, rules(points_a_yuan, policy))
        sellers = [shop.chain.store_id, await another_store(database), shop.store_id]
        second = await another_store(database)
        for asset, seller, amount, expiry in lots:
            granting = replace(shop.chain, store_id=sellers[seller])
            await seed_wallet(database, granting, (asset, amount, expiry))
        points = sum(amount for asset, _, amount, _ in lots if asset is Asset.POINTS)
        stored = sum(amount for asset, _, amount, _ in lots if asset is not Asset.POINTS)
        tenders = [
            ("points", points * 100 // points_a_yuan, points),
            ("stored_value", stored, 0),
            ("cash", extra_fen, 0),
        ]
        paid = [each for each in tenders if each[1]]
        total_fen = sum(fen for _, fen, _ in paid)
        sale_id = await shop.sell(sum(parts), total_fen, *paid)
        await shop.lose_points(points_left)
        for pieces, is_elsewhere in zip(parts, elsewhere, strict=False):
            await shop.give_back(sale_id, pieces, second if is_elsewhere else "")
            for cell in await shop.cells():
                assert cell.amount_fen >= 0
        found = await shop.cells(second)
        if not any(elsewhere[: len(parts)]):
            assert found == []
        sums: defaultdict[tuple[str, Asset], int] = defaultdict(int)
        for cell in found:
            sums[cell.seller, cell.asset] += cell.amount_fen
        assert not any(sums.values())
