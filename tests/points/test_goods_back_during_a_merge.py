"""Goods that came back on the other account during a merge: storage/wallets/merged_times.py."""

from datetime import timedelta

from chassis.database import Database
from chassis.ids import new_id
from services.points.commands import Command
from services.points.domain.programme import Programmes
from services.points.usecases.post_bills import Posted
from tests.fixtures.audit import found_after, prove_books
from tests.fixtures.builders_points import (
    Chain,
    build_chain,
    build_line,
    post_commands,
)
from tests.fixtures.capped_sales import (
    CAPPED,
    capped_sale,
)
from tests.fixtures.own_ledger import chain, database
from tests.fixtures.returning import build_return, command_of
from tests.fixtures.wallet_commands import (
    merge_command,
    undo_command,
)
from tests.fixtures.wallet_moves import NOW
from yika.points.v1 import return_service_pb2

__all__ = ["chain", "database"]


# A ten-thousandth of a point is forgiven after an undone merge.
MORE_CARRY = "UPDATE wallets SET carry_numerator = carry_numerator + 1000 WHERE member_id = :m"


async def at_hour(database: Database, hour: int, *commands: Command) -> None:
    """Posts commands one after the other, all at an hour of the next day."""
    for command in commands:
        (outcome,) = await post_commands(
            database, command, now=NOW + timedelta(hours=hour), programmes=Programmes([CAPPED])
        )
        assert isinstance(outcome, Posted), outcome


async def three_things(database: Database, chain: Chain, member_id: str) -> str:
    """Goods of 50, 30 and 10 fen, which leave a fraction of a point; the sale."""
    lines = [
        build_line(chain.product_ids[number % 2], list_fen=fen, discount_fen=0)
        for number, fen in enumerate((50, 30, 10))
    ]
    sale_id = new_id()
    await at_hour(database, 0, capped_sale(chain, member_id, lines=lines, sale_id=sale_id))
    return sale_id


class TestGoodsThatCameBackDuringAMerge:
    async def back(self, database: Database, chain: Chain, sale_id: str, *lines: int) -> Command:
        """A return of whole lines, or of the rest."""
        parts = [(number, 1_000) for number in lines]
        return await command_of(database, build_return(chain, sale_id, *parts))

    async def test_are_known_when_the_rest_comes_back_after_its_undoing(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sale_id = await three_things(database, chain, goes)
        merge = merge_command(chain, goes, stays)
        await at_hour(database, 1, merge, await self.back(database, chain, sale_id, 1))
        await at_hour(database, 2, undo_command(chain, goes, merge.bill_id))
        await at_hour(database, 3, await self.back(database, chain, sale_id))
        await prove_books(database)
        assert await found_after(database, MORE_CARRY, goes) == [("WALLET_CARRY", "POINTS")]

    async def test_are_known_of_the_right_one_of_several_merges(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sale_id = await three_things(database, chain, goes)
        for hour, there, here in ((1, None, 3), (4, 2, None), (7, None, ())):
            merge = merge_command(chain, goes, stays)
            await at_hour(database, hour, merge)
            if there:
                await at_hour(database, hour, await self.back(database, chain, sale_id, there))
            await at_hour(database, hour + 1, undo_command(chain, goes, merge.bill_id))
            if here is not None:
                parts = (here,) if here else ()
                await at_hour(database, hour + 2, await self.back(database, chain, sale_id, *parts))
        await prove_books(database)
        assert await found_after(database, MORE_CARRY, goes) == [("WALLET_CARRY", "POINTS")]

    async def test_are_known_from_the_end_of_a_chain_of_merges(self, database: Database) -> None:
        chain, (goes, stays, last) = await build_chain(database, 3)
        sale_id = await three_things(database, chain, goes)
        first, second = merge_command(chain, goes, stays), merge_command(chain, stays, last)
        part = build_return(chain, sale_id, (2, 1_000))
        await at_hour(database, 1, first, second, await command_of(database, part))
        await at_hour(database, 2, undo_command(chain, stays, second.bill_id))
        await at_hour(database, 2, undo_command(chain, goes, first.bill_id))
        await at_hour(database, 3, await self.back(database, chain, sale_id))
        await prove_books(database)
        assert await found_after(database, MORE_CARRY, goes) == [("WALLET_CARRY", "POINTS")]

    async def test_are_known_when_merges_follow_each_other_in_a_moment(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sale_id = await three_things(database, chain, goes)
        for lines in ((1,), (2,)):
            merge = merge_command(chain, goes, stays)
            await at_hour(database, 1, merge, await self.back(database, chain, sale_id, *lines))
            await at_hour(database, 1, undo_command(chain, goes, merge.bill_id))
        await at_hour(database, 1, await self.back(database, chain, sale_id))
        await prove_books(database)
        assert await found_after(database, MORE_CARRY, goes) == [("WALLET_CARRY", "POINTS")]

    async def test_are_known_whatever_the_clocks_of_replicas_say(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sale_id = await three_things(database, chain, goes)
        for hour, line in ((9, 1), (5, 2)):
            merge = merge_command(chain, goes, stays)
            await at_hour(database, hour, merge)
            # As late as the other merge by its clock.
            await at_hour(database, 14 - hour, await self.back(database, chain, sale_id, line))
            await at_hour(database, hour, undo_command(chain, goes, merge.bill_id))
        await at_hour(database, 1, await self.back(database, chain, sale_id))
        await prove_books(database)
        assert await found_after(database, MORE_CARRY, goes) == [("WALLET_CARRY", "POINTS")]

    async def test_freeze_nobody_when_their_bill_cannot_be_read(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        sale_id = await three_things(database, chain, goes)
        merge = merge_command(chain, goes, stays)
        await at_hour(database, 1, merge, await self.back(database, chain, sale_id, 1))
        await at_hour(database, 2, undo_command(chain, goes, merge.bill_id))
        await at_hour(database, 3, await self.back(database, chain, sale_id))
        forged = f"""UPDATE bills SET document = 'x' WHERE member_id = :m
                     AND original_bill_id = '{sale_id}'"""  # noqa: S608
        found = await found_after(database, forged, stays)
        assert {kind for kind, _ in found} <= {"CHAIN_HASH", "BILL_ROW"}

    async def test_are_looked_for_by_no_id_that_is_none(
        self, database: Database, chain: Chain
    ) -> None:
        goes = chain.member_id
        sale_id = await three_things(database, chain, goes)
        merge = merge_command(chain, goes, chain.other_member_id)
        await at_hour(database, 1, merge, undo_command(chain, goes, merge.bill_id))
        back = await self.back(database, chain, sale_id)
        await at_hour(database, 2, back)
        document = return_service_pb2.ReturnSaleRequest(original_sale_id="x").SerializeToString()
        forged = f"""UPDATE bills SET document = '\\x{document.hex()}'
                     WHERE member_id = :m AND bill_id = '{back.bill_id}'"""  # noqa: S608
        found = await found_after(database, forged, goes)
        assert ("CHAIN_HASH", back.bill_id) in found
