"""Lists of books that were corrupted come to their end, and leave nothing else out."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.clock import to_timestamp, utc_now
from chassis.database import Database
from chassis.ids import new_id
from services.points.storage.audit.trial_balance import AccountLine
from services.points.usecases.audit.read_trial_balance import TrialBalance, read_trial_balance
from services.points.usecases.queries.read_past_balances import (
    read_past_balances,
    summarize_past_balances,
)
from tests.fixtures.corruptible_books import Books, change
from tests.fixtures.ledger import Ledger
from tests.fixtures.query_desk import QueryDesk
from yika.points.v1 import query_service_pb2

NO_ASSET = "UPDATE transfers SET asset = 77 WHERE member_id = :m AND asset = 3"


async def trial_balance(database: Database, token: str, limit: int) -> TrialBalance:
    return await read_trial_balance(
        database, store_id=None, from_date=None, to_date=None, asset=0, token=token, limit=limit
    )


class TestATrialBalance:
    async def test_is_paged_past_an_asset_that_nobody_knows(self, books: Books) -> None:
        database, history = books
        await change(database, NO_ASSET, m=history.members[0])
        lines: list[AccountLine] = []
        token, is_first = "", True
        while token or is_first:
            page = await trial_balance(database, token, 1)
            lines += page.accounts
            token, is_first = page.next_page_token, False
        assert lines == (await trial_balance(database, "", 500)).accounts
        assert 77 in {line.key.asset for line in lines}


class TestThePast:
    async def test_is_paged_past_a_lot_whose_row_is_gone(self, books: Books) -> None:
        database, history = books
        member_id, now = history.members[0], utc_now()

        async def lots(limit: int) -> list[Any]:
            found: list[Any] = []
            token, is_first = "", True
            while token or is_first:
                page = (await read_past_balances(database, member_id, now, token, limit)).lots
                found += page.rows
                token, is_first = page.next_page_token, False
            return found

        whole = await lots(100)
        assert len(whole) > 3
        gone = whole[1]
        await change(
            database,
            "DELETE FROM lots WHERE member_id = :m AND bill_id = :b AND ordinal = :o",
            m=member_id,
            b=gone.bill_id,
            o=gone.ordinal,
        )
        for limit in (1, 2, 100):
            found = await lots(limit)
            assert [found[0], *found[2:]] == [whole[0], *whole[2:]]
            # The transfers tell what it held, so that lots add up to the balances.
            told = (found[1].bill_id, found[1].ordinal, found[1].asset, found[1].amount)
            assert told == (gone.bill_id, gone.ordinal, gone.asset, gone.amount)
            assert (found[1].store_id, found[1].earned_at) == (None, None)

    async def test_tells_an_asset_that_nobody_knows_by_its_number(self, books: Books) -> None:
        database, history = books
        member_id, now = history.members[0], utc_now()
        await change(database, NO_ASSET, m=member_id)
        past = await read_past_balances(database, member_id, now, "", 100)
        assert {each.asset for each in past.balances} == {2, 4, 5, 77}
        await change(database, "UPDATE lots SET asset = 77 WHERE member_id = :m", m=member_id)
        assert 77 in {each.asset for each in await summarize_past_balances(database, now)}

    async def test_tells_a_lost_lot_to_whoever_asks(
        self, ledger: Ledger, query_desk: QueryDesk
    ) -> None:
        member_id = query_desk.earning.member_id
        request = query_service_pb2.GetBalancesAtRequest(
            member_id=member_id, as_of_time=to_timestamp(query_desk.before_spending)
        )
        before = await query_desk.queries.GetBalancesAt(request)
        lost = "UPDATE lots SET bill_id = :lost WHERE member_id = :m AND bill_id = :b"
        bills = {"b": query_desk.sale_ids[0], "lost": new_id()}
        await change(ledger.database, lost, m=member_id, **bills)
        try:
            (found,) = (await query_desk.queries.GetBalancesAt(request)).lots
        finally:
            await change(
                ledger.database, lost, m=member_id, b=bills["lost"], lost=query_desk.sale_ids[0]
            )
        assert (found.bill_id, found.amount) == (before.lots[0].bill_id, before.lots[0].amount)
        assert (found.store_id, found.earned_time) == ("", Timestamp())
