"""Undoing a use of a pass: services/points/domain/passes/pass_use.py."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.lot import LotKey
from services.points.domain.passes.passes import PassValidity
from tests.fixtures.passes import DAY, PassBooks, build_definition, merged


def reason_of(books: PassBooks, use_bill_id: str, **changes: Any) -> str:
    """The reason of a reversal that must be refused, and that must change nothing."""
    accounts = dict(books.accounts)
    with pytest.raises(DomainError) as refused:
        books.reverse(use_bill_id, **changes)
    assert books.accounts == accounts
    return refused.value.reason


class TestDecidePassUseReversal:
    def test_puts_units_and_money_back(self) -> None:
        books = PassBooks([build_definition(units=3, price_fen=100)])
        sold = books.sell()
        books.use(1)
        second, _ = books.use(1)
        bill, receipt = books.reverse(second)
        assert books.left(sold) == 2
        assert receipt.pass_units_left == 2
        assert books.balance("revenue") == 33
        assert books.balance("pass_liability") == 67
        assert books.balance("pass_redeemed", Asset.PASS) == 1
        assert books.bills[bill].original_bill_id == second

    def test_leaves_what_is_owed_for_the_units_whichever_use_is_undone(self) -> None:
        books = PassBooks([build_definition(units=2, price_fen=1)])
        books.sell()
        first, _ = books.use(1)  # its part of the price rounds down to nothing
        books.use(1)
        books.reverse(first)
        assert books.balance("pass_liability") == books.owed_fen() == 1
        assert books.balance("revenue") == 0

    def test_puts_back_what_came_from_several_passes(self) -> None:
        books = PassBooks([build_definition(validity_days=30)])
        first, second = books.sell(), books.sell()
        use, _ = books.use(13)
        books.reverse(use)
        assert (books.left(first), books.left(second)) == (10, 10)
        assert books.balance("revenue") == 0

    def test_follows_a_pass_that_a_merge_moved(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        use, _ = books.use(4)
        survivor = new_id()
        merged(books, books.member_id, survivor)
        books.reverse(use)
        assert books.left(sold, survivor) == 10
        lot = books.wallet(survivor).lots[LotKey(sold, 0)]
        assert lot.remaining <= lot.granted
        assert books.balance("pass_liability") == 9_990

    def test_brings_a_pass_that_was_used_up_to_where_its_owner_is_now(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        use, _ = books.use(10)
        survivor = new_id()
        merged(books, books.member_id, survivor)
        books.reverse(use)
        assert books.left(sold, survivor) == 10

    def test_refuses_with_a_reason(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        use, _ = books.use(4)
        assert reason_of(books, use, reason=" ") == "REASON_REQUIRED"
        assert reason_of(books, new_id()) == "UNKNOWN_BILL"
        assert reason_of(books, sold) == "WRONG_BILL_KIND"
        assert reason_of(books, use, member_id=new_id()) == "BILL_OF_ANOTHER_MEMBER"
        reversal, _ = books.reverse(use)
        assert reason_of(books, use) == "ALREADY_REVERSED"
        assert reason_of(books, reversal) == "WRONG_BILL_KIND"

    def test_refuses_what_a_refund_has_closed(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        use, _ = books.use(4)
        books.refund(sold)
        assert reason_of(books, use) == "PASS_REFUNDED"

    def test_refuses_an_expired_pass(self) -> None:
        books = PassBooks([build_definition(validity_days=10)])
        sold = books.sell()
        use, _ = books.use(4)
        late = DAY + timedelta(days=11)
        assert reason_of(books, use, day=late) == "PASS_EXPIRED"
        key = LotKey(sold, 0)
        booked = books.wallet().lots[key]._replace(remaining=0, expired=6)
        books.wallet().lots[key] = booked
        assert reason_of(books, use) == "PASS_EXPIRED"


class TestFirstUse:
    def books(self) -> PassBooks:
        """A pass for ten days from its first use."""
        return PassBooks([build_definition(validity=PassValidity.FROM_FIRST_USE, validity_days=10)])

    def test_that_is_undone_never_was(self) -> None:
        books = self.books()
        sold = books.sell()
        use, _ = books.use(1)
        books.reverse(use, day=DAY + timedelta(days=10))
        assert books.last_day(sold) is None
        later = DAY + timedelta(days=100)
        books.use(1, day=later)
        assert books.last_day(sold) == later + timedelta(days=10)

    def test_keeps_the_last_day_while_another_use_stands(self) -> None:
        books = self.books()
        sold = books.sell()
        first, _ = books.use(1)
        second, _ = books.use(1, day=DAY + timedelta(days=3))
        books.reverse(first)
        assert books.last_day(sold) == DAY + timedelta(days=10)
        books.reverse(second, day=DAY + timedelta(days=3))
        assert books.last_day(sold) is None

    def test_of_a_pass_from_its_sale_changes_no_day(self) -> None:
        books = PassBooks([build_definition(validity_days=10)])
        sold = books.sell()
        use, _ = books.use(1)
        books.reverse(use)
        assert books.last_day(sold) == DAY + timedelta(days=10)
