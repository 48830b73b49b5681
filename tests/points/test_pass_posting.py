"""Passes in the real database: what the door writes, command by command and in one batch."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database
from chassis.errors import Unavailable
from services.points.domain.assets import Asset
from services.points.domain.passes.passes import PassValidity
from services.points.domain.programme import Programmes
from tests.fixtures.builders_points import post_commands
from tests.fixtures.pass_postings import (
    NOW,
    build_books,
    value_of,
)
from tests.fixtures.passes import DAY, NOON
from tests.fixtures.returning import seed_wallet

TEN_DAYS = {"validity": PassValidity.FROM_FIRST_USE, "validity_days": 10}


def _at(days: int) -> dict[str, Any]:
    """The times of a document some days later."""
    later = timedelta(days=days)
    return {
        "business_date": to_proto_date(DAY + later),
        "occurred_time": to_timestamp(NOON + later),
    }


class TestFirstUse:
    async def test_gives_the_lot_its_last_day(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        sold, first = books.sale(), books.use(1)
        assert await books.post(sold) == ["OK"]
        assert await books.lot(sold) == (10, None)
        assert await books.post(first) == ["OK"]
        last = DAY + timedelta(days=10)
        assert await books.lot(sold) == (9, last)
        assert await books.post(books.use(1, DAY + timedelta(days=4))) == ["OK"]
        assert await books.post(books.use(1, last)) == ["OK"]
        assert await books.lot(sold) == (7, last)
        assert await books.post(books.use(1, last + timedelta(days=1))) == ["PASS_EXPIRED"]

    async def test_in_the_batch_of_the_sale_does_so_too(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        sold = books.sale()
        late = books.use(1, DAY + timedelta(days=11))
        assert await books.post(sold, books.use(1), late) == ["OK", "OK", "PASS_EXPIRED"]
        assert await books.lot(sold) == (9, DAY + timedelta(days=10))

    async def test_that_is_undone_takes_it_away_again(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        second_day = DAY + timedelta(days=2)
        sold, first, second = books.sale(), books.use(1), books.use(9, second_day)
        await books.post(sold, first, second)
        assert await books.post(await books.reversal(first)) == ["OK"]
        assert await books.lot(sold) == (1, DAY + timedelta(days=10))
        assert await books.post(await books.reversal(second, second_day)) == ["OK"]
        assert await books.lot(sold) == (10, None)
        later = DAY + timedelta(days=60)
        assert await books.post(books.use(1, later)) == ["OK"]
        assert await books.lot(sold) == (9, later + timedelta(days=10))

    @pytest.mark.parametrize("used_before", [False, True])
    async def test_that_comes_late_and_was_before_the_sale_counts_from_the_sale(
        self, database: Database, used_before: bool
    ) -> None:
        books = await build_books(database, **TEN_DAYS)
        first, sold, day = books.sale(), books.sale(**_at(20)), DAY + timedelta(days=20)
        assert await books.post(first, books.use(10)) == ["OK", "OK"]
        assert await books.post(sold) == ["OK"]
        if used_before:
            assert await books.post(books.use(1, day + timedelta(days=3))) == ["OK"]
        assert await books.post(books.use(1, DAY + timedelta(days=5))) == ["OK"]
        last = day + timedelta(days=10)
        assert (await books.lot(sold))[1] == last
        assert await books.post(books.use(1, last)) == ["OK"]
        assert await books.post(books.use(1, last + timedelta(days=1))) == ["PASS_EXPIRED"]

    async def test_counts_from_the_day_of_the_sale_in_china(self, database: Database) -> None:
        books = await build_books(database, **TEN_DAYS)
        night = to_timestamp(NOON + timedelta(hours=13))  # one o'clock of the day after in China
        sold, late = books.sale(occurred_time=night), books.use(1, DAY - timedelta(days=5))
        assert await books.post(sold, late) == ["OK", "OK"]
        assert await books.lot(sold) == (9, DAY + timedelta(days=11))


class TestOneBatch:
    async def test_undoes_a_use_once(self, database: Database) -> None:
        books = await build_books(database)
        sold, used = books.sale(), books.use(4)
        await books.post(sold, used)
        twice = [await books.reversal(used), await books.reversal(used)]
        assert await books.post(*twice) == ["OK", "ALREADY_REVERSED"]
        assert (await books.lot(sold))[0] == 10

    async def test_pays_back_once_and_undoes_nothing_after(self, database: Database) -> None:
        books = await build_books(database, units=3, price_fen=100)
        sold, used = books.sale(), books.use(1)
        await books.post(sold, used)
        batch = [books.refund(sold), await books.reversal(used), books.refund(sold)]
        assert await books.post(*batch) == ["OK", "PASS_REFUNDED", "PASS_REFUNDED"]
        assert await books.balance("tender:cash") == -33
        assert await books.balance("revenue") == 33
        assert await books.balance("pass_liability") == 0

    async def test_uses_exactly_what_is_there(self, database: Database) -> None:
        books = await build_books(database, uses_per_day_max=3)
        batch = [books.sale(), *(books.use(2) for _ in range(5))]
        assert await books.post(*batch) == ["OK"] * 4 + ["PASS_DAILY_LIMIT"] * 2

    async def test_counts_uses_of_the_day_that_were_posted_before(self, database: Database) -> None:
        books = await build_books(database, uses_per_day_max=2)
        first = books.use(1)
        await books.post(books.sale(), first)
        again = [books.use(1), await books.reversal(first), books.use(1), books.use(1)]
        assert await books.post(*again) == ["OK", "OK", "OK", "PASS_DAILY_LIMIT"]
        tomorrow = books.use(1, DAY + timedelta(days=1))
        assert await books.post(books.use(1), tomorrow) == ["PASS_DAILY_LIMIT", "OK"]

    async def test_pays_back_a_pass_whose_sale_is_sent_again_with_it(
        self, database: Database
    ) -> None:
        books = await build_books(database)
        sold = books.sale()
        await books.post(sold)
        assert await books.post(sold, books.refund(sold)) == ["OK", "OK"]
        assert (await books.lot(sold))[0] == 0
        assert await books.balance("tender:cash") == 0
        assert await books.balance("pass_liability") == 0


class TestUnknownVersion:
    async def test_is_sent_again_later(self, database: Database) -> None:
        books = await build_books(database)
        await books.post(books.sale())
        (outcome,) = await post_commands(database, books.use(1), now=NOW, programmes=Programmes())
        assert isinstance(outcome, Unavailable)
        assert outcome.reason == "PROGRAMME_NOT_READ"


class TestStoredValue:
    async def test_pays_for_a_pass_and_comes_back_to_its_lots(self, database: Database) -> None:
        books = await build_books(database, price_fen=1_000)
        lots = [(Asset.PRINCIPAL, 600, None), (Asset.BONUS, 200, None)]
        await seed_wallet(database, books.chain, *lots)
        sold = books.sale(tenders=[("stored_value", 800), ("cash", 200)])
        assert await books.post(sold) == ["OK"]
        assert await value_of(database, books.chain.member_id) == (0, 0)
        assert await books.post(books.use(5), books.refund(sold)) == ["OK", "OK"]
        assert await value_of(database, books.chain.member_id) == (300, 100)
        assert await books.balance("pass_liability") == 0
        assert await books.balance("revenue") == 500
        assert await books.balance("tender:cash") == -700  # 600 of them topped the wallet up
