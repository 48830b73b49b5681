"""Merges that are undone after goods came back: services/points/usecases/wallets/undo_merge.py."""

import pytest

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.wallets.moved import Moved
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_command, build_line, build_sale
from tests.fixtures.pass_postings import PostedPasses
from tests.fixtures.passes import build_definition
from tests.fixtures.returning import build_return, command_of
from tests.fixtures.wallet_commands import (
    build_household,
    card_command,
    done,
    give,
    merge_command,
    owned,
    points_command,
    undo_command,
    value_command,
)
from tests.fixtures.wallet_moves import spending


async def bought_with_card(database: Database, chain: Chain, member_id: str, price_fen: int) -> str:
    """Goods paid with stored value; the sale."""
    line = build_line(chain.product_ids[0], list_fen=price_fen, discount_fen=0)
    sale = build_sale(chain, lines=[line], tenders=[("stored_value", price_fen)])
    sale.member_id = member_id
    await done(database, build_command(sale))
    return sale.sale_id


class TestGoodsThatCameBackMeanwhile:
    """Their price belongs to whose account paid, whoever had the rest of the lot at the merge."""

    @pytest.mark.parametrize("moved", [False, True])
    async def test_leave_the_others_price_with_the_other(
        self, database: Database, chain: Chain, moved: bool
    ) -> None:
        goes, stays = chain.other_member_id, chain.member_id
        await give(database, chain, stays, principal=100_00)
        sale_id = await bought_with_card(database, chain, stays, 80_00)
        if moved:
            await done(database, card_command(chain, stays, goes))
        else:
            await give(database, chain, goes, principal=20_00)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        await done(database, await command_of(database, build_return(chain, sale_id)))
        await done(database, undo_command(chain, goes, merge.bill_id))
        assert await owned(database, goes) == {"PRINCIPAL": 20_00}
        mine = (await owned(database, stays))["PRINCIPAL"]
        assert mine == (80_00 if moved else 100_00)
        await prove_books(database)

    @pytest.mark.parametrize("batch", ["none", "merge and return", "return and undoing", "emptied"])
    async def test_give_the_merged_members_price_back(
        self, database: Database, chain: Chain, batch: str
    ) -> None:
        """Whoever shared a batch, and also when the lot had left the member altogether."""
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, stays, principal=50_00)
        await done(database, card_command(chain, stays, goes))
        sale_id = await bought_with_card(database, chain, goes, 24_50)
        left = 0 if batch == "emptied" else 25_50
        if not left:
            await done(database, value_command(chain, goes, spending(Asset.PRINCIPAL, 25_50)))
        merge = merge_command(chain, goes, stays)
        back = await command_of(database, build_return(chain, sale_id))
        undo = undo_command(chain, goes, merge.bill_id)
        match batch:
            case "merge and return":
                batches = [[merge, back], [undo]]
            case "return and undoing":
                batches = [[merge], [back, undo]]
            case _:
                batches = [[merge], [back], [undo]]
        for commands in batches:
            posted = await done(database, *commands)
        assert await owned(database, goes) == {"PRINCIPAL": left + 24_50}
        assert await owned(database, stays) == {}
        assert posted[-1].receipt.stayed == Moved(points=24)  # taken back with the goods
        await prove_books(database)

    async def test_take_what_they_earned_from_whose_they_were(self, database: Database) -> None:
        chain = await build_household(database)
        goes, stays = chain.member_id, chain.other_member_id
        sale = build_sale(chain, member_id=goes)  # earns 24 points
        await done(database, build_command(sale))
        await done(database, points_command(chain, goes, stays, 10))
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        (milli,) = [line.quantity_milli for line in sale.lines][:1]
        message = build_return(chain, sale.sale_id, (1, milli))
        await done(database, await command_of(database, message))
        left = (await owned(database, stays))["POINTS"]
        await done(database, undo_command(chain, goes, merge.bill_id))
        assert 0 < left < 24
        assert (await owned(database, stays))["POINTS"] == min(left, 10)
        await prove_books(database)


class TestRefundsOfPassesMeanwhile:
    @pytest.mark.parametrize("moved_before", [False, True])
    async def test_belong_to_who_had_the_pass(
        self, database: Database, chain: Chain, moved_before: bool
    ) -> None:
        """It was bought on the merged member's account; a card may have taken it away before."""
        goes, stays = chain.member_id, chain.other_member_id
        definition = build_definition()
        books = PostedPasses(database, chain, definition)
        price = definition.price_fen
        await give(database, chain, goes, principal=price)
        sold = books.sale(tenders=[("stored_value", price)])
        assert await books.post(sold) == ["OK"]
        if moved_before:
            await done(database, card_command(chain, goes, stays, passes_too=True))
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        assert await books.post(books.refund(sold)) == ["OK"]
        await done(database, undo_command(chain, goes, merge.bill_id))
        owner, other = (stays, goes) if moved_before else (goes, stays)
        assert await owned(database, owner) == {"PRINCIPAL": price}
        assert await owned(database, other) == {}
        await prove_books(database)
