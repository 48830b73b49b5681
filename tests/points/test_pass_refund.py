"""Paying back what is left of a pass: services/points/domain/passes/pass_refund.py."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import Asset, BillKind
from services.points.domain.draft import SaleAllocation
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import LotKey
from services.points.domain.returns.grace import bonus_in_grace, bonus_that_came_back
from services.points.messages.documents import read_allocation
from tests.fixtures.passes import DAY, NOON, PassBooks, build_definition, merged
from tests.fixtures.wallet_value import give_stored_value

NO_ALLOCATION = SaleAllocation((), (), None)


def reason_of(books: PassBooks, sale_bill_id: str, **changes: Any) -> str:
    """The reason of a refund that must be refused, and that must change nothing."""
    accounts = dict(books.accounts)
    with pytest.raises(DomainError) as refused:
        books.refund(sale_bill_id, **changes)
    assert books.accounts == accounts
    return refused.value.reason


class TestDecidePassRefund:
    def test_pays_back_the_remainder_in_proportion(self) -> None:
        books = PassBooks([build_definition(units=3, price_fen=100)])
        sold = books.sell()
        books.use(1)
        bill, receipt = books.refund(sold)
        assert receipt.refunds == (("cash", 67),)
        assert receipt.pass_units_left == 0
        assert books.bills[bill].total_fen == 67
        assert books.bills[bill].original_bill_id == sold
        assert books.balance("tender:cash") == -33
        assert books.balance("revenue") == 33
        assert books.balance("pass_liability") == 0
        assert books.balance("pass_refunded", Asset.PASS) == 2

    def test_keeps_the_fee_as_turnover(self) -> None:
        books = PassBooks([build_definition(refund_fee_bp=1_000)])
        _, receipt = books.refund(books.sell())
        assert receipt.refunds == (("cash", 8_991),)
        assert books.balance("revenue") == 999

    def test_can_do_without_the_fee_for_a_reason(self) -> None:
        books = PassBooks([build_definition(refund_fee_fen=999)])
        sold = books.sell()
        assert reason_of(books, sold, waive_fee=True) == "REASON_REQUIRED"
        _, receipt = books.refund(sold, waive_fee=True, reason="卖错了")
        assert receipt.refunds == (("cash", 9_990),)

    def test_a_fee_of_all_pays_nothing(self) -> None:
        books = PassBooks([build_definition(refund_fee_bp=10_000)])
        _, receipt = books.refund(books.sell())
        assert receipt.refunds == ()
        assert books.balance("revenue") == 9_990

    def test_a_free_pass_pays_nothing(self) -> None:
        books = PassBooks([build_definition(price_fen=0)])
        sold = books.sell()
        assert books.refund(sold)[1].refunds == ()
        assert books.left(sold) == 0

    def test_goes_back_to_each_kind_of_money_by_its_share(self) -> None:
        books = PassBooks([build_definition(price_fen=1_000)])
        sold = books.sell(tenders=[("cash", 250), ("wechat_pay", 750)])
        books.use(6)
        assert books.refund(sold)[1].refunds == (("cash", 100), ("wechat_pay", 300))

    def test_puts_stored_value_back_to_its_lots_and_never_to_cash(self) -> None:
        books = PassBooks([build_definition(price_fen=1_000)])
        give_stored_value(books, principal_fen=600, bonus_fen=200)
        sold = books.sell(tenders=[("stored_value", 800), ("cash", 200)])
        books.use(5)
        _, receipt = books.refund(sold)
        assert receipt.refunds == (("cash", 100),)
        assert (receipt.principal_fen, receipt.bonus_fen) == (300, 100)
        assert books.balance("pass_liability") == 0
        assert books.balance("revenue") == 500

    @pytest.mark.parametrize("later", [0, 6, 20])
    def test_gives_days_of_grace_to_bonus_that_expired_meanwhile(self, later: int) -> None:
        books = PassBooks([build_definition(price_fen=1_000)])
        give_stored_value(books, bonus_fen=1_000, bonus_expiry=DAY + timedelta(days=5))
        sold = books.sell(tenders=[("stored_value", 1_000)])
        day = DAY + timedelta(days=later)
        refund, _ = books.refund(sold, day=day)
        (lot,) = [each for each in books.wallet().lots.values() if each.remaining]
        last = DAY + timedelta(days=5) if later < 6 else day + timedelta(days=30)
        assert (lot.asset, lot.remaining, lot.expiry_date) == (Asset.BONUS, 1_000, last)
        (spent,) = [each.lot for each in books.transfers[sold] if each.asset is Asset.BONUS]
        paid = read_allocation(books.bills[sold].allocation)
        back = bonus_that_came_back(BillKind.PASS_REFUND, 1_000, NO_ALLOCATION, paid)
        assert back == [(spent, 1_000)]
        grace = {lot.key: spent} if later > 5 else {}
        assert bonus_in_grace(refund, books.transfers[refund], back) == grace

    def test_follows_a_pass_that_a_merge_moved(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        books.use(4)
        survivor = new_id()
        merged(books, books.member_id, survivor)
        _, receipt = books.refund(sold, member_id=survivor)
        assert receipt.refunds == (("cash", 5_994),)
        assert books.left(sold, survivor) == 0

    def test_refuses_with_a_reason(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        use, _ = books.use(1)
        assert reason_of(books, new_id()) == "UNKNOWN_BILL"
        assert reason_of(books, use) == "WRONG_BILL_KIND"
        assert reason_of(books, sold, member_id=new_id()) == "PASS_OF_ANOTHER_MEMBER"
        books.wallet().frozen_reason = "挂失"
        assert reason_of(books, sold) == "WALLET_FROZEN"
        books.wallet().frozen_reason = None
        refund, _ = books.refund(sold)
        assert reason_of(books, sold) == "PASS_REFUNDED"
        assert reason_of(books, refund) == "WRONG_BILL_KIND"

    def test_refuses_a_pass_that_is_used_up(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        books.use(10)
        assert reason_of(books, sold) == "PASS_USED_UP"

    def test_refuses_an_expired_pass_on_the_day_after_its_last(self) -> None:
        books = PassBooks([build_definition(validity_days=10)])
        sold = books.sell()
        assert reason_of(books, sold, day=DAY + timedelta(days=11)) == "PASS_EXPIRED"
        assert books.refund(sold, day=DAY + timedelta(days=10))[1].refunds == (("cash", 9_990),)

    def test_refuses_while_units_are_on_hold(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        held = (HeldLot(LotKey(sold, 0), Asset.PASS, 1),)
        until = NOON + timedelta(minutes=1)
        books.wallet().holds["one"] = Hold("one", Asset.PASS, held, until)
        assert reason_of(books, sold) == "PASS_ON_HOLD"
        assert books.refund(sold, occurred_at=until)[1].refunds == (("cash", 9_990),)
