"""Passes that were used while their owner was merged, after the merge was undone."""

from datetime import timedelta

from chassis.database import Database
from services.points.commands import Command
from tests.fixtures.builders_points import Chain
from tests.fixtures.builders_stored_value import swapped
from tests.fixtures.pass_postings import PostedPasses
from tests.fixtures.passes import DAY, build_definition
from tests.fixtures.wallet_commands import card_command, merge_command, undo_command


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
