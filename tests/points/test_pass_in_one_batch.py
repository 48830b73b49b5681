"""Uses of passes that share a batch with what changes whose they are: as if they came apart."""

from datetime import timedelta

import pytest

from chassis.database import Database
from chassis.ids import new_id
from services.points.commands import Command
from services.points.usecases.passes.share_pass import share_pass
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.builders_stored_value import swapped
from tests.fixtures.pass_postings import NOW, PostedPasses
from tests.fixtures.passes import DAY, build_definition
from tests.fixtures.wallet_commands import merge_command, undo_command
from yika.points.v1 import pass_service_pb2

APART_AND_TOGETHER = pytest.mark.parametrize("together", [False, True])


async def post(books: PostedPasses, *commands: Command, together: bool = False) -> list[str]:
    """How each command ended, in one batch or one after the other."""
    if together:
        return await books.post(*commands)
    return [told for command in commands for told in await books.post(command)]


async def share(books: PostedPasses, owner: str, user: str) -> None:
    """Lets a member use the owner's passes."""
    message = pass_service_pb2.SharePassRequest(
        share_id=new_id(),
        owner_member_id=owner,
        pass_id=books.definition.pass_id,
        user_member_id=user,
        store_id=books.chain.store_id,
    )
    await share_pass(books.database, message, programmes=books.programmes, now=NOW)


@APART_AND_TOGETHER
class TestUsesOfADay:
    async def test_count_when_units_come_back_into_an_empty_pass(
        self, database: Database, chain: Chain, together: bool
    ) -> None:
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1, units=2))
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        assert await post(books, books.sale(), merge, books.use(), undo) == ["OK"] * 4
        next_day = DAY + timedelta(days=1)
        emptied = books.use(day=next_day)
        assert await books.post(emptied) == ["OK"]
        back = await books.reversal(emptied, day=next_day)
        told = await post(books, back, books.use(), books.use(day=next_day), together=together)
        assert told == ["OK", "PASS_DAILY_LIMIT", "OK"]
        await prove_books(database)

    @pytest.mark.parametrize("by_whom", ["the merged member", "who had been merged before"])
    async def test_count_of_who_is_merged(
        self, database: Database, by_whom: str, together: bool
    ) -> None:
        chain, (third,) = await build_chain(database, 1)
        goes, stays = chain.member_id, chain.other_member_id
        books = PostedPasses(database, chain, build_definition(uses_per_day_max=1, units=1))
        other = PostedPasses(database, swapped(chain), books.definition)
        sold, used = books.sale(), books.use()
        if by_whom == "who had been merged before":
            sold, used = books.sale(member_id=third), books.use(member_id=third)
        assert await post(books, sold, used, other.sale()) == ["OK"] * 3
        if by_whom == "who had been merged before":
            assert await books.post(merge_command(chain, third, goes)) == ["OK"]
        merge = merge_command(chain, goes, stays)
        told = await post(books, merge, other.use(), together=together)
        assert told == ["OK", "PASS_DAILY_LIMIT"]


@APART_AND_TOGETHER
class TestShares:
    async def test_of_who_is_merged_hold_for_the_heir(
        self, database: Database, together: bool
    ) -> None:
        chain, (user,) = await build_chain(database, 1)
        goes, stays = chain.member_id, chain.other_member_id
        books = PostedPasses(database, chain, build_definition(shareable=True))
        assert await books.post(books.sale()) == ["OK"]
        await share(books, goes, user)
        merge, used = merge_command(chain, goes, stays), books.use(owner=stays, member_id=user)
        assert await post(books, merge, used, together=together) == ["OK", "OK"]

    async def test_with_who_is_merged_hold_for_the_heir(
        self, database: Database, together: bool
    ) -> None:
        chain, (user,) = await build_chain(database, 1)
        books = PostedPasses(database, chain, build_definition(shareable=True))
        assert await books.post(books.sale()) == ["OK"]
        await share(books, chain.member_id, user)
        merge = merge_command(chain, user, chain.other_member_id)
        used = books.use(owner=chain.member_id, member_id=chain.other_member_id)
        assert await post(books, merge, used, together=together) == ["OK", "OK"]

    async def test_with_who_was_merged_end_when_that_is_undone(
        self, database: Database, together: bool
    ) -> None:
        chain, (user,) = await build_chain(database, 1)
        books = PostedPasses(database, chain, build_definition(shareable=True))
        assert await books.post(books.sale()) == ["OK"]
        await share(books, chain.member_id, user)
        merge = merge_command(chain, user, chain.other_member_id)
        undo = undo_command(chain, user, merge.bill_id)
        assert await books.post(merge) == ["OK"]
        used = books.use(owner=chain.member_id, member_id=chain.other_member_id)
        assert await post(books, undo, used, together=together) == ["OK", "PASS_NOT_SHARED"]
