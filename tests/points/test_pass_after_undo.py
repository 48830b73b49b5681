"""Passes that were used while their owner was merged, after the merge was undone."""

from datetime import timedelta

import pytest

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.passes.passes import PassValidity
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain
from tests.fixtures.builders_stored_value import swapped
from tests.fixtures.pass_postings import PostedPasses
from tests.fixtures.passes import DAY, build_definition
from tests.fixtures.returning import rows
from tests.fixtures.wallet_commands import card_command, give, merge_command, owned, undo_command


async def used_while_merged(books: PostedPasses, units: int = 1) -> tuple[Command, Command]:
    """The chain's member's pass, used while it was the other one, undone since: (sale, use)."""
    chain = books.chain
    sold, used = books.sale(), books.use(units)
    merge = merge_command(chain, chain.member_id, chain.other_member_id)
    undo = undo_command(chain, chain.member_id, merge.bill_id)
    for command in (sold, merge, used, undo):
        assert await books.post(command) == ["OK"]
    return sold, used


def other_one(books: PostedPasses) -> PostedPasses:
    """The same chain, by the other member."""
    return PostedPasses(books.database, swapped(books.chain), books.definition)


async def units(books: PostedPasses, sold: Command) -> dict[str, int]:
    """What is left of a sold pass, by member."""
    query = "SELECT member_id, remaining FROM lots WHERE bill_id = :id AND remaining > 0"
    found = await rows(books.database, query, id=sold.bill_id)
    return {str(row.member_id): row.remaining for row in found}


class TestUsesOfADay:
    async def test_count_for_whose_the_pass_is_again(
        self, database: Database, chain: Chain
    ) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1))
        await used_while_merged(books)
        assert await books.post(books.use()) == ["PASS_DAILY_LIMIT"]
        assert await books.post(books.use(day=DAY + timedelta(days=1))) == ["OK"]

    async def test_count_on_the_account_that_they_are_booked_on(
        self, database: Database, chain: Chain
    ) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1))
        await used_while_merged(books)
        other = other_one(books)
        assert await other.post(other.sale(), other.use()) == ["OK", "PASS_DAILY_LIMIT"]

    async def test_count_once_for_who_is_both(self, database: Database, chain: Chain) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=2))
        await used_while_merged(books)
        again = merge_command(chain, chain.member_id, chain.other_member_id)
        assert await books.post(again) == ["OK"]
        assert await books.post(books.use()) == ["OK"]
        assert await books.post(books.use()) == ["PASS_DAILY_LIMIT"]

    async def test_go_with_a_pass_to_another_card(self, database: Database, chain: Chain) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1))
        other = other_one(books)
        assert await books.post(books.sale()) == ["OK"]
        assert await books.post(books.use()) == ["OK"]
        moved = card_command(chain, chain.member_id, chain.other_member_id, passes_too=True)
        assert await books.post(moved, other.use()) == ["OK", "PASS_DAILY_LIMIT"]
        assert await other.post(other.use()) == ["PASS_DAILY_LIMIT"]


class TestUndoingAUse:
    async def test_is_for_who_has_the_pass_again(self, database: Database, chain: Chain) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1))
        sold, used = await used_while_merged(books)
        other = other_one(books)
        assert await other.post(await other.reversal(used)) == ["PASS_OF_ANOTHER_MEMBER"]
        # The use is gone for both of them, within the batch as well.
        again = [await books.reversal(used), other.sale(), other.use(), books.use()]
        assert await books.post(*again) == ["OK"] * 4
        assert await units(books, sold) == {chain.member_id: 9}
        assert await books.post(await books.reversal(used)) == ["ALREADY_REVERSED"]
        assert await books.balance("pass_liability") == 2 * 8_991
        await prove_books(database)

    async def test_starts_the_days_of_the_pass_anew(self, database: Database, chain: Chain) -> None:
        definition = build_definition(validity=PassValidity.FROM_FIRST_USE, validity_days=10)
        books = PostedPasses(database, chain, definition)
        _, used = await used_while_merged(books)
        assert await books.post(await books.reversal(used)) == ["OK"]
        assert await books.post(books.use(day=DAY + timedelta(days=30))) == ["OK"]

    async def test_is_for_the_account_of_the_bill_when_the_pass_is_used_up(
        self, database: Database, chain: Chain
    ) -> None:
        books = PostedPasses(database, chain, build_definition())
        sold, used = await used_while_merged(books, 10)
        assert await books.post(await books.reversal(used)) == ["BILL_OF_ANOTHER_MEMBER"]
        other = other_one(books)
        assert await other.post(await other.reversal(used)) == ["OK"]
        assert await units(books, sold) == {chain.other_member_id: 10}

    async def test_never_brings_a_pass_of_the_other_one(
        self, database: Database, chain: Chain
    ) -> None:
        """A use of two passes, of which the other member's was used up by it."""
        books = PostedPasses(database, chain, build_definition())
        other = other_one(books)
        assert await books.post(other.sale(), books.sale()) == ["OK", "OK"]
        assert await books.post(other.use(9)) == ["OK"]
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        assert await books.post(merge) == ["OK"]
        used = books.use(2)
        assert await books.post(used) == ["OK"]
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        assert await books.post(undo) == ["OK"]
        assert await books.post(await books.reversal(used)) == ["BILL_OF_ANOTHER_MEMBER"]

    async def test_follows_a_pass_to_another_card(self, database: Database, chain: Chain) -> None:
        books = PostedPasses(database, chain, build_definition())
        sold, used = books.sale(), books.use(4)
        moved = card_command(chain, chain.member_id, chain.other_member_id, passes_too=True)
        for command in (sold, used, moved):
            assert await books.post(command) == ["OK"]
        assert await books.post(await books.reversal(used)) == ["PASS_OF_ANOTHER_MEMBER"]
        other = other_one(books)
        assert await other.post(await other.reversal(used)) == ["OK"]
        assert await units(books, sold) == {chain.other_member_id: 10}
        await prove_books(database)


class TestTheRefundOfAPassWhoseUseWasUndoneMeanwhile:
    @pytest.mark.parametrize("used", [9, 10])
    @pytest.mark.parametrize("batch", [False, True])
    async def test_goes_back_with_the_undoing(
        self, database: Database, chain: Chain, used: int, batch: bool
    ) -> None:
        """Also when none of it was left for the merge to move."""
        goes, stays = chain.member_id, chain.other_member_id
        books = PostedPasses(database, chain, build_definition())
        price_fen = books.definition.price_fen
        await give(database, chain, goes, principal=price_fen)
        sold = books.sale(tenders=[("stored_value", price_fen)])
        use, merge = books.use(used), merge_command(chain, goes, stays)
        for command in (sold, use, merge):
            assert await books.post(command) == ["OK"]
        assert await books.post(await books.reversal(use)) == ["OK"]
        refund, undo = books.refund(sold), undo_command(chain, goes, merge.bill_id)
        if batch:
            assert await books.post(refund, undo) == ["OK", "OK"]
        else:
            assert [await books.post(refund), await books.post(undo)] == [["OK"], ["OK"]]
        assert await owned(database, goes) == {"PRINCIPAL": price_fen}
        assert await owned(database, stays) == {}

    async def test_stays_where_more_of_the_pass_was(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        books = PostedPasses(database, chain, build_definition())
        price_fen = books.definition.price_fen
        await give(database, chain, goes, principal=price_fen)
        sold, use = books.sale(tenders=[("stored_value", price_fen)]), books.use(7)
        card = card_command(chain, goes, stays, passes_too=True)
        merge = merge_command(chain, goes, stays)
        for command in (sold, use, card, merge):
            assert await books.post(command) == ["OK"]
        assert await books.post(await books.reversal(use)) == ["OK"]
        assert await books.post(books.refund(sold)) == ["OK"]
        assert await books.post(undo_command(chain, goes, merge.bill_id)) == ["OK"]
        assert await owned(database, goes) == {}
        assert await owned(database, stays) == {"PRINCIPAL": price_fen}
