"""Using a pass: services/points/domain/passes/pass_use.py."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import LotKey
from services.points.domain.passes.passes import PassValidity
from tests.fixtures.passes import DAY, NOON, PassBooks, build_definition

PRODUCT = new_id()


def hold(books: PassBooks, sold: str, units: int) -> str:
    """Sets units of a sold pass aside for a minute; returns the hold."""
    hold_id = new_id()
    parts = (HeldLot(LotKey(sold, 0), Asset.PASS, units),)
    until = NOON + timedelta(minutes=1)
    pass_id = books.wallet().lots[LotKey(sold, 0)].pass_id
    books.wallet().holds[hold_id] = Hold(hold_id, Asset.PASS, parts, until, pass_id)
    books.wallet().open_holds += 1
    return hold_id


def reason_of(books: PassBooks, units: int = 1, **changes: Any) -> str:
    """The reason of a use that must be refused, and that must change nothing."""
    before = {key: lot for wallet in books.wallets.values() for key, lot in wallet.lots.items()}
    accounts = dict(books.accounts)
    with pytest.raises(DomainError) as refused:
        books.use(units, **changes)
    after = {key: lot for wallet in books.wallets.values() for key, lot in wallet.lots.items()}
    assert (before, accounts) == (after, books.accounts)
    return refused.value.reason


class TestDecidePassUse:
    def test_makes_its_part_of_the_price_turnover(self) -> None:
        books = PassBooks([build_definition(units=3, price_fen=100)])
        sold = books.sell()
        revenue = []
        for _ in range(3):
            bill, _ = books.use(1)
            revenue.append(books.bills[bill].total_fen)
        assert revenue == [33, 33, 34]
        assert books.balance("revenue") == 100
        assert books.balance("pass_liability") == 0
        assert books.left(sold) == 0
        assert books.balance("pass_redeemed", Asset.PASS) == 3

    def test_takes_what_expires_first_and_goes_on_with_the_next(self) -> None:
        books = PassBooks([build_definition(validity_days=30)])
        late = books.sell(day=DAY)
        early = books.sell(day=DAY - timedelta(days=9))
        _, receipt = books.use(12)
        assert (books.left(early), books.left(late)) == (0, 8)
        assert receipt.pass_units_left == 8

    def test_last_day_counts_and_the_day_after_does_not(self) -> None:
        books = PassBooks([build_definition(validity_days=30)])
        books.sell()
        books.use(1, day=DAY + timedelta(days=30))
        assert reason_of(books, day=DAY + timedelta(days=31)) == "PASS_EXPIRED"

    def test_takes_from_a_hold(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell()
        hold_id = hold(books, sold, 4)
        books.use(3, hold_id=hold_id, keep_rest=True)
        assert books.left(sold) == 7
        assert reason_of(books, 2, hold_id=hold_id) == "HOLD_TOO_SMALL"
        assert reason_of(books, 7) == "INSUFFICIENT_PASS"  # one is still set aside
        books.use(6)
        books.use(1, hold_id=hold_id)
        assert books.left(sold) == 0
        assert books.wallet().open_holds == 0

    def test_frees_what_it_leaves_of_a_hold(self) -> None:
        books = PassBooks([build_definition()])
        hold_id = hold(books, books.sell(), 4)
        books.use(3, hold_id=hold_id)
        assert reason_of(books, hold_id=hold_id) == "HOLD_CLOSED"
        books.use(7)

    def test_refuses_a_hold_that_timed_out(self) -> None:
        books = PassBooks([build_definition()])
        hold_id = hold(books, books.sell(), 4)
        books.use(10, occurred_at=NOON + timedelta(minutes=2))
        found = reason_of(books, hold_id=hold_id, occurred_at=NOON + timedelta(minutes=3))
        assert found == "HOLD_EXPIRED"

    def test_refuses_a_hold_on_another_pass(self) -> None:
        books = PassBooks([build_definition(), build_definition()])
        hold_id = hold(books, books.sell(), 4)
        books.sell(books.definitions[1])
        found = reason_of(books, definition=books.definitions[1], hold_id=hold_id)
        assert found == "WRONG_ASSET"

    def test_refuses_a_hold_that_is_not_there(self) -> None:
        books = PassBooks([build_definition()])
        books.sell()
        assert reason_of(books, hold_id=new_id()) == "UNKNOWN_HOLD"

    def test_refuses_more_than_is_there(self) -> None:
        books = PassBooks([build_definition()])
        assert reason_of(books) == "INSUFFICIENT_PASS"
        books.sell()
        assert reason_of(books, 11) == "INSUFFICIENT_PASS"

    def test_refuses_a_frozen_wallet(self) -> None:
        books = PassBooks([build_definition()])
        books.sell()
        books.wallet().frozen_reason = "挂失"
        assert reason_of(books) == "WALLET_FROZEN"


class TestScope:
    @pytest.mark.parametrize(
        ("rule", "use", "reason"),
        [
            ({"store_ids": frozenset({new_id()})}, {}, "PASS_NOT_VALID_HERE"),
            ({"product_ids": frozenset({PRODUCT})}, {}, "PASS_NOT_FOR_PRODUCT"),
            (
                {"product_ids": frozenset({PRODUCT})},
                {"product_id": new_id()},
                "PASS_NOT_FOR_PRODUCT",
            ),
            ({"units_per_use_max": 2}, {"units": 3}, "PASS_TOO_MANY_UNITS"),
        ],
    )
    def test_refuses_with_a_reason(
        self, rule: dict[str, Any], use: dict[str, Any], reason: str
    ) -> None:
        books = PassBooks([build_definition(**rule)])
        hold_id = hold(books, books.sell(), 5)
        assert reason_of(books, **use) == reason
        assert reason_of(books, **use, hold_id=hold_id) == reason

    def test_takes_what_it_is_for(self) -> None:
        books = PassBooks([build_definition()])
        rule = {
            "store_ids": frozenset({books.store_id}),
            "product_ids": frozenset({PRODUCT}),
            "units_per_use_max": 2,
        }
        books = PassBooks([build_definition(**rule)], store_id=books.store_id)
        books.sell()
        assert books.use(2, product_id=PRODUCT)[1].pass_units_left == 8

    def test_a_pass_for_anything_takes_any_product(self) -> None:
        books = PassBooks([build_definition()])
        books.sell()
        books.use(1, product_id=new_id())

    def test_limits_the_uses_of_a_day_and_not_their_units(self) -> None:
        books = PassBooks([build_definition(uses_per_day_max=2)])
        books.sell()
        books.use(3)
        last, _ = books.use(1)
        assert reason_of(books) == "PASS_DAILY_LIMIT"
        books.use(1, day=DAY + timedelta(days=1))
        books.reverse(last)
        books.use(1)
        assert reason_of(books) == "PASS_DAILY_LIMIT"


class TestFirstUse:
    def books(self) -> PassBooks:
        """A pass for ten days from its first use."""
        return PassBooks([build_definition(validity=PassValidity.FROM_FIRST_USE, validity_days=10)])

    def test_sets_the_last_day(self) -> None:
        books = self.books()
        sold = books.sell()
        first = DAY + timedelta(days=500)
        books.use(1, day=first)
        assert books.last_day(sold) == first + timedelta(days=10)

    @pytest.mark.parametrize("later", [0, 1, 9, 10])
    def test_lets_later_uses_be_through_the_last_day(self, later: int) -> None:
        books = self.books()
        sold = books.sell()
        books.use(1)
        books.use(1, day=DAY + timedelta(days=later))
        assert books.last_day(sold) == DAY + timedelta(days=10)
        assert books.left(sold) == 8

    def test_refuses_on_the_day_after(self) -> None:
        books = self.books()
        books.sell()
        books.use(1)
        assert reason_of(books, day=DAY + timedelta(days=11)) == "PASS_EXPIRED"

    def test_starts_each_pass_by_itself(self) -> None:
        books = self.books()
        first, second = books.sell(), books.sell()
        books.use(10)
        started = {sold: books.last_day(sold) for sold in (first, second)}
        assert sorted(started.values(), key=str) == [DAY + timedelta(days=10), None]
        books.use(1, day=DAY + timedelta(days=11))
        assert {books.last_day(first), books.last_day(second)} == {
            DAY + timedelta(days=10),
            DAY + timedelta(days=21),
        }

    def test_an_earlier_use_that_comes_late_brings_the_last_day_forward(self) -> None:
        books = self.books()
        sold = books.sell(day=DAY - timedelta(days=5))
        books.use(1)
        books.use(1, day=DAY - timedelta(days=2))
        assert books.last_day(sold) == DAY + timedelta(days=8)

    def test_a_pass_without_days_never_expires(self) -> None:
        books = PassBooks([build_definition(validity=PassValidity.FROM_FIRST_USE)])
        sold = books.sell()
        books.use(1)
        assert books.last_day(sold) is None
        books.use(1, day=DAY + timedelta(days=3_000))


class TestSharedUse:
    def test_takes_from_the_owner_whom_it_is_shared_with(self) -> None:
        books = PassBooks([build_definition(shareable=True)])
        sold = books.sell()
        friend = new_id()
        books.share(friend)
        bill, receipt = books.use(2, member_id=friend, owner_member_id=books.member_id)
        assert books.left(sold) == 8
        assert books.bills[bill].member_id == books.member_id
        assert receipt.pass_units_left == 8
        assert not books.wallet(friend).lots

    def test_refuses_another_member(self) -> None:
        books = PassBooks([build_definition(shareable=True)])
        books.sell()
        stranger = {"member_id": new_id(), "owner_member_id": books.member_id}
        assert reason_of(books, **stranger) == "PASS_NOT_SHARED"
        books.share(stranger["member_id"], new_id())  # another pass
        assert reason_of(books, **stranger) == "PASS_NOT_SHARED"

    def test_refuses_a_pass_that_is_for_its_owner_only(self) -> None:
        books = PassBooks([build_definition()])
        books.sell()
        friend = new_id()
        books.share(friend)
        found = reason_of(books, member_id=friend, owner_member_id=books.member_id)
        assert found == "PASS_NOT_SHAREABLE"
        books.use(1)
