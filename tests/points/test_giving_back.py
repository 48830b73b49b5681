"""Where value goes that comes back after its lot expired: domain/returns/giving_back.py."""

from datetime import UTC, date, datetime

import pytest

from services.points.domain.assets import Asset, BillKind
from services.points.domain.lot import Lot, LotKey
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme
from services.points.domain.returns.giving_back import give_back
from services.points.domain.wallet import Wallet

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
DAY = date(2026, 5, 1)
YESTERDAY = date(2026, 4, 30)


def given_back(asset: Asset, expiry_date: date, grace_days: int = 30) -> dict[LotKey, int]:
    """What a lot that was spent, and its wallet, hold after 60 of 100 came back."""
    lot = Lot("grant", 0, asset, None, 100, 0, 0, "r@1", "s", NOW, NOW, expiry_date)
    posting = Posting(
        Wallet("m", lots={lot.key: lot}),
        bill_id="return",
        kind=BillKind.SALE_RETURN,
        store_id="s",
        business_date=DAY,
        occurred_at=NOW,
        now=NOW,
    )
    give_back(posting, Programme(return_grace_days=grace_days), lot, 60)
    posting.apply()
    return {key: each.remaining for key, each in posting.wallet.lots.items() if each.remaining}


class TestGiveBack:
    @pytest.mark.parametrize("asset", [Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS])
    def test_fills_the_lot_it_came_from(self, asset: Asset) -> None:
        assert given_back(asset, DAY) == {LotKey("grant", 0): 60}

    @pytest.mark.parametrize("asset", [Asset.POINTS, Asset.BONUS])
    def test_gives_days_of_grace_when_that_has_expired(self, asset: Asset) -> None:
        assert given_back(asset, YESTERDAY) == {LotKey("return", 0): 60}
        assert given_back(asset, YESTERDAY, grace_days=0) == {LotKey("grant", 0): 60}

    def test_keeps_principal_with_its_top_up(self) -> None:
        assert given_back(Asset.PRINCIPAL, YESTERDAY) == {LotKey("grant", 0): 60}
