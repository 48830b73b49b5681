"""How late a document may come: longer than any till is offline, and not years."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import CHINA_TIME, to_proto_date, to_timestamp, utc_now
from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.posting import Posting
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.usecases.post_bills import Outcome, Posted
from tests.fixtures.branch import LATE_DAYS, Branches
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    SOLD_AT,
    build_chain,
    build_command,
    build_sale,
    post_commands,
)
from tests.fixtures.good_requests import GOOD_REQUESTS
from tests.fixtures.refusals import refusal

LATE_MAX = timedelta(days=30)
RULES = Programmes(late_max=LATE_MAX)
REASON = "OCCURRED_TOO_LONG_AGO"


async def post(database: Database, sale: Any, late: timedelta) -> Outcome:
    """Posts a sale so long after it happened."""
    (outcome,) = await post_commands(
        database, build_command(sale), now=SOLD_AT + late, programmes=RULES
    )
    return outcome


def reason(outcome: Outcome) -> str:
    """Why it was refused."""
    assert isinstance(outcome, DomainError)
    return outcome.reason


class TestLateSales:
    async def test_are_taken_to_the_last_moment(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        late = build_sale(chain)
        assert reason(await post(database, late, LATE_MAX + timedelta(seconds=1))) == REASON
        assert isinstance(await post(database, late, LATE_MAX), Posted)

    async def test_get_their_first_answer_for_ever(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        sale = build_sale(chain)
        first = await post(database, sale, timedelta(0))
        again = await post(database, sale, 100 * LATE_MAX)
        assert isinstance(first, Posted)
        assert again == Posted(first.receipt, replayed=True)

    async def test_do_not_keep_others_of_their_batch_out(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        now = SOLD_AT + LATE_MAX + timedelta(days=1)
        sales = [build_sale(chain), build_sale(chain, sold_at=now, business_date=now.date())]
        late, timely = await post_commands(
            database, *map(build_command, sales), now=now, programmes=RULES
        )
        assert reason(late) == REASON
        assert isinstance(timely, Posted)


class TestLateExpiry:
    @pytest.mark.parametrize("kind", [BillKind.EXPIRY, BillKind.POINTS_ADJUSTMENT])
    def test_is_booked_whenever_the_ledger_comes_to_it(self, kind: BillKind) -> None:
        now = SOLD_AT + 2 * LATE_MAX
        posting = Posting(
            Wallet("member"),
            bill_id="bill",
            kind=kind,
            store_id="store",
            business_date=BUSINESS_DATE,
            occurred_at=SOLD_AT,
            now=now,
        )
        books = Books(RULES, now)
        if kind is BillKind.EXPIRY:
            books.require_timely(posting)
        else:
            with pytest.raises(DomainError, match=REASON):
                books.require_timely(posting)


class TestLateQuotes:
    async def test_say_what_the_return_would_be_told(self, branches: Branches) -> None:
        branch = await branches.open()
        long_ago = utc_now() - timedelta(days=LATE_DAYS - 1)
        sold = await GOOD_REQUESTS["PostSale"](branch)
        moments = {
            "business_date": to_proto_date(long_ago.astimezone(CHINA_TIME).date()),
            "sold_time": to_timestamp(long_ago),
        }
        for field, value in moments.items():
            getattr(sold.sale, field).CopyFrom(value)
        await branch.clerk.PostSale(sold)  # a till that was offline for so long
        quote = await GOOD_REQUESTS["QuoteReturn"](branch)
        quote.sale_return.original_sale_id = sold.sale.sale_id
        await branch.clerk.QuoteReturn(quote)
        too_long_ago = utc_now() - timedelta(days=LATE_DAYS, minutes=1)
        header = quote.sale_return.header
        header.bill_id = new_id()
        header.occurred_time.CopyFrom(to_timestamp(too_long_ago))
        header.business_date.CopyFrom(sold.sale.business_date)
        assert (await refusal(branch.clerk.QuoteReturn(quote))).reason == REASON
