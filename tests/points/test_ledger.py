"""How a sale becomes bookings, and the order of spending: services/points/domain/ledger.py."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.points.domain.ledger import (
    Asset,
    Lot,
    sale_posting,
    spendable,
    spending_order,
)
from tests.points.test_sale import SALE

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
LOT = Lot(
    bill_id="b",
    ordinal=0,
    asset=Asset.POINTS,
    granted=10,
    remaining=10,
    rule_version="base@1",
    store_id="t",
    earned_at=NOW,
    available_at=NOW,
    expiry_date=None,
)


class TestSalePosting:
    @given(
        tenders=st.dictionaries(
            st.sampled_from(["cash", "wechat_pay", "alipay"]), st.integers(1, 10**9), max_size=3
        ),
        points=st.integers(0, 10**7),
        walk_in=st.booleans(),
    )
    def test_every_asset_sums_to_zero(
        self, tenders: dict[str, int], points: int, walk_in: bool
    ) -> None:
        sale = replace(SALE, tenders=tenders, member_id=None if walk_in else "m")
        posting = sale_posting(sale, points, "base@1")
        books: dict[tuple[Asset, str], int] = defaultdict(int)
        for transfer in posting.transfers:
            assert transfer.amount > 0
            books[transfer.asset, transfer.debit_account] -= transfer.amount
            books[transfer.asset, transfer.credit_account] += transfer.amount
        for asset in Asset:
            assert sum(amount for (each, _), amount in books.items() if each is asset) == 0
        assert books[Asset.MONEY, "revenue"] == sum(tenders.values())
        assert books[Asset.POINTS, "wallet"] == (0 if walk_in else points)
        assert sum(lot.amount for lot in posting.lots) == posting.points_earned

    def test_a_walk_in_customer_earns_nothing(self) -> None:
        posting = sale_posting(replace(SALE, member_id=None), 24, "base@1")
        assert posting.points_earned == 0
        assert posting.lots == ()


class TestSpending:
    def test_order_is_nearest_expiry_then_oldest_then_never(self) -> None:
        soon = replace(LOT, bill_id="soon", expiry_date=date(2026, 6, 1))
        later = replace(LOT, bill_id="later", expiry_date=date(2026, 7, 1))
        old = replace(LOT, bill_id="old", earned_at=NOW - timedelta(days=9))
        young = replace(LOT, bill_id="young")
        ordered = spending_order([young, later, old, soon])
        assert [lot.bill_id for lot in ordered] == ["soon", "later", "old", "young"]

    def test_expiry_is_judged_by_the_business_date(self) -> None:
        lot = replace(LOT, expiry_date=date(2026, 5, 2))
        assert spendable(lot, date(2026, 5, 2), NOW)
        assert not spendable(lot, date(2026, 5, 3), NOW)

    def test_a_pending_or_empty_lot_cannot_be_spent(self) -> None:
        pending = replace(LOT, available_at=NOW + timedelta(seconds=1))
        assert not spendable(pending, NOW.date(), NOW)
        assert not spendable(replace(LOT, remaining=0), NOW.date(), NOW)
