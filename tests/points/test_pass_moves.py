"""Passes between two wallets, in the real database: never in both, and as long as they last."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis.clock import to_proto_date
from chassis.database import Database
from services.points.domain.passes.passes import PassValidity
from tests.fixtures.builders_holds import PASS, build_hold, hold
from tests.fixtures.pass_postings import NOW, PostedPasses, build_books
from tests.fixtures.passes import DAY
from tests.fixtures.wallet_commands import card_command, merge_command, undo_command

THIRDS = {"units": 3, "price_fen": 100}
TEN_DAYS = {"validity": PassValidity.FROM_FIRST_USE, "validity_days": 10}


async def units(books: PostedPasses) -> dict[str, int]:
    """Units of the pass by member: the first of the chain, or the other one."""
    query = text("SELECT member_id, remaining FROM lots WHERE pass_id = :pass_id AND remaining > 0")
    async with books.database.read() as connection:
        rows = await connection.execute(query, {"pass_id": books.definition.pass_id})
        names = {books.chain.member_id: "first", books.chain.other_member_id: "other"}
        return {names[str(row.member_id)]: row.remaining for row in rows}


class TestUndoneMerge:
    async def test_leaves_a_pass_whole_of_which_a_part_is_on_hold(self, database: Database) -> None:
        books = await build_books(database, **THIRDS)
        first, other = books.chain.member_id, books.chain.other_member_id
        merge = merge_command(books.chain, first, other)
        await books.post(books.sale(), merge)
        held = build_hold(
            books.chain,
            1,
            member_id=other,
            asset=PASS,
            pass_id=books.definition.pass_id,
            business_date=to_proto_date(NOW.date()),
        )
        await hold(database, held, now=NOW, programmes=books.programmes)
        assert await books.post(undo_command(books.chain, first, merge.bill_id)) == ["OK"]
        assert await units(books) == {"other": 3}
        used = books.use(1, owner=other, member_id=other)
        assert await books.post(used) == ["OK"]
        assert await books.balance("pass_liability") == 67

    async def test_gives_a_pass_back_with_the_last_day_that_it_got_meanwhile(
        self, database: Database
    ) -> None:
        books = await build_books(database, **TEN_DAYS)
        first, other = books.chain.member_id, books.chain.other_member_id
        sold, merge = books.sale(), merge_command(books.chain, first, other)
        await books.post(sold, merge)
        assert await books.post(books.use(1)) == ["OK"]
        assert await books.post(undo_command(books.chain, first, merge.bill_id)) == ["OK"]
        assert await units(books) == {"first": 9}
        late = books.use(1, DAY + timedelta(days=11))
        assert await books.post(late) == ["PASS_EXPIRED"]


class TestCardTransfer:
    async def test_there_and_back_makes_no_pass_last_longer(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        first, other = books.chain.member_id, books.chain.other_member_id
        await books.post(books.sale())
        there = card_command(books.chain, first, other, passes_too=True)
        back = card_command(books.chain, other, first, passes_too=True)
        used = books.use(1, owner=other, member_id=other)
        assert [await books.post(each) for each in (there, used, back)] == [["OK"]] * 3
        assert await units(books) == {"first": 9}
        late = books.use(1, DAY + timedelta(days=11))
        assert await books.post(late) == ["PASS_EXPIRED"]

    async def test_in_one_batch_neither(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        first, other = books.chain.member_id, books.chain.other_member_id
        there = card_command(books.chain, first, other, passes_too=True)
        back = card_command(books.chain, other, first, passes_too=True)
        used = books.use(1, owner=other, member_id=other)
        late = books.use(1, DAY + timedelta(days=11))
        outcomes = await books.post(books.sale(), there, used, back, late)
        assert outcomes == ["OK"] * 4 + ["PASS_EXPIRED"]
        assert await books.post(books.use(1, DAY + timedelta(days=11))) == ["PASS_EXPIRED"]

    @pytest.mark.parametrize("together", [False, True])
    async def test_lets_no_use_be_undone_where_the_pass_is_no_more(
        self, database: Database, together: bool
    ) -> None:
        books = await build_books(database, **THIRDS)
        first, other = books.chain.member_id, books.chain.other_member_id
        used = books.use(1)
        await books.post(books.sale(), used)
        there = card_command(books.chain, first, other, passes_too=True)
        undone = await books.reversal(used)
        if together:
            assert await books.post(there, undone) == ["OK", "PASS_OF_ANOTHER_MEMBER"]
        else:
            assert await books.post(there) == ["OK"]
            assert await books.post(undone) == ["PASS_OF_ANOTHER_MEMBER"]
        assert await units(books) == {"other": 2}
        assert await books.balance("pass_liability") == 67
