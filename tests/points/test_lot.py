"""What can be spent, and in which order: services/points/domain/lot.py."""

from datetime import UTC, date, datetime, timedelta

from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, spendable, spending_order

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
LOT = Lot(
    bill_id="b",
    ordinal=0,
    asset=Asset.POINTS,
    pass_id=None,
    granted=10,
    remaining=10,
    expired=0,
    rule_version="base@1",
    store_id="t",
    earned_at=NOW,
    available_at=NOW,
    expiry_date=None,
)


class TestSpendingOrder:
    def test_is_nearest_expiry_then_oldest_then_never(self) -> None:
        soon = LOT._replace(bill_id="soon", expiry_date=date(2026, 6, 1))
        later = LOT._replace(bill_id="later", expiry_date=date(2026, 7, 1))
        old = LOT._replace(bill_id="old", earned_at=NOW - timedelta(days=9))
        young = LOT._replace(bill_id="young")
        ordered = spending_order([young, later, old, soon])
        assert [lot.bill_id for lot in ordered] == ["soon", "later", "old", "young"]


class TestSpendable:
    def test_expiry_is_judged_by_the_business_date(self) -> None:
        lot = LOT._replace(expiry_date=date(2026, 5, 2))
        assert spendable(lot, date(2026, 5, 2), NOW)
        assert not spendable(lot, date(2026, 5, 3), NOW)

    def test_a_pending_or_empty_lot_cannot_be_spent(self) -> None:
        pending = LOT._replace(available_at=NOW + timedelta(seconds=1))
        assert not spendable(pending, NOW.date(), NOW)
        assert not spendable(LOT._replace(remaining=0), NOW.date(), NOW)
