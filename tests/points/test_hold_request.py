"""What a hold sets aside: services/points/domain/holds/hold_request.py."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import DomainError
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HoldState
from services.points.domain.holds.hold_request import (
    HOLDS_OPEN_MAX,
    HoldRequest,
    set_aside,
)
from services.points.domain.limits import AMOUNT_FEN_MAX, check_amount
from services.points.domain.stored_value.stored_value import SpendingOrder
from services.points.domain.wallet import Wallet
from tests.fixtures.builders_holds import (
    LIMITS,
    NOW,
    after,
    build_lot,
    build_open_hold,
    build_wallet,
    reason_of,
)
from tests.fixtures.builders_points import BUSINESS_DATE

GYM, SPA = "gym", "spa"


def build_request(amount: int, asset: Asset = Asset.POINTS, **changes: Any) -> HoldRequest:
    """A request to hold points for the time of the deployment."""
    given = {"pass_id": None, "seconds": 0, "business_date": BUSINESS_DATE, **changes}
    return HoldRequest(
        hold_id="hold",
        member_id="member",
        asset=asset,
        amount=amount,
        store_id="store",
        register_id="",
        staff_id="",
        **given,
    )


def aside(
    wallet: Wallet, request: HoldRequest, order: SpendingOrder = SpendingOrder.IN_PROPORTION
) -> dict[str, int]:
    """What a hold sets aside: bill of the lot -> amount."""
    hold = set_aside(wallet, request, limits=LIMITS, order=order, now=NOW)
    assert hold.amount == request.amount
    return {part.key.bill_id: part.amount for part in hold.lots}


class TestSetAside:
    def test_takes_lots_in_spending_order(self) -> None:
        later = build_lot(1, 50, expiry_date=BUSINESS_DATE + timedelta(days=9))
        soon = build_lot(2, 50, expiry_date=BUSINESS_DATE)
        never = build_lot(0, 50)
        wallet = build_wallet(never, later, soon)
        assert aside(wallet, build_request(120)) == {"bill2": 50, "bill1": 50, "bill0": 20}

    def test_leaves_out_what_cannot_be_spent(self) -> None:
        expired = build_lot(1, 50, expiry_date=BUSINESS_DATE - timedelta(days=1))
        pending = build_lot(2, 50, available_at=after(1))
        wallet = build_wallet(expired, pending, build_lot(3, 7))
        assert aside(wallet, build_request(7)) == {"bill3": 7}
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(8))
        assert reason_of(caught) == ("INSUFFICIENT_POINTS", {"asked": "8", "available": "7"})

    def test_leaves_out_what_other_open_holds_set_aside(self) -> None:
        holds = {
            "open": build_open_hold((1, 60), hold_id="open"),
            "late": build_open_hold((1, 30), hold_id="late", expires_at=NOW),
            "void": build_open_hold((1, 30), hold_id="void", state=HoldState.VOIDED),
        }
        wallet = build_wallet(build_lot(1, 100), holds=holds)
        assert aside(wallet, build_request(40)) == {"bill1": 40}
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(41))
        assert reason_of(caught) == ("INSUFFICIENT_POINTS", {"asked": "41", "available": "40"})

    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            (SpendingOrder.IN_PROPORTION, {"bill1": 60, "bill2": 30}),
            (SpendingOrder.PRINCIPAL_FIRST, {"bill1": 90}),
            (SpendingOrder.BONUS_FIRST, {"bill1": 40, "bill2": 50}),
        ],
    )
    def test_shares_stored_value_as_the_card_spends_it(
        self, order: SpendingOrder, expected: dict[str, int]
    ) -> None:
        wallet = build_wallet(build_lot(1, 100, Asset.PRINCIPAL), build_lot(2, 50, Asset.BONUS))
        assert aside(wallet, build_request(90, Asset.PRINCIPAL), order) == expected

    def test_counts_principal_and_bonus_together(self) -> None:
        wallet = build_wallet(build_lot(1, 100, Asset.PRINCIPAL), build_lot(2, 50, Asset.BONUS))
        aside(wallet, build_request(150, Asset.PRINCIPAL))
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(151, Asset.PRINCIPAL))
        told = ("INSUFFICIENT_STORED_VALUE", {"asked": "151", "available": "150"})
        assert reason_of(caught) == told

    def test_holds_units_of_one_pass_alone(self) -> None:
        wallet = build_wallet(
            build_lot(1, 5, Asset.PASS, pass_id=GYM), build_lot(2, 3, Asset.PASS, pass_id=SPA)
        )
        assert aside(wallet, build_request(3, Asset.PASS, pass_id=SPA)) == {"bill2": 3}
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(4, Asset.PASS, pass_id=SPA))
        assert reason_of(caught) == ("INSUFFICIENT_PASS", {"asked": "4", "available": "3"})

    @pytest.mark.parametrize(
        ("seconds", "lasts"), [(0, 90), (1, 1), (LIMITS.seconds_max, LIMITS.seconds_max)]
    )
    def test_lasts_as_long_as_asked(self, seconds: int, lasts: int) -> None:
        wallet = build_wallet(build_lot(1, 1))
        hold = set_aside(
            wallet,
            build_request(1, seconds=seconds),
            limits=LIMITS,
            order=SpendingOrder.BONUS_FIRST,
            now=NOW,
        )
        assert hold.expires_at == after(lasts)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"seconds": -1}, "INVALID_HOLD_SECONDS"),
            ({"seconds": LIMITS.seconds_max + 1}, "INVALID_HOLD_SECONDS"),
            ({"business_date": BUSINESS_DATE + timedelta(days=3)}, "INVALID_BUSINESS_DATE"),
            ({"business_date": date(1, 1, 1)}, "INVALID_BUSINESS_DATE"),
        ],
    )
    def test_refuses_times_that_cannot_be(self, changes: dict[str, Any], reason: str) -> None:
        with pytest.raises(DomainError) as caught:
            aside(build_wallet(build_lot(1, 1)), build_request(1, **changes))
        assert caught.value.reason == reason

    def test_refuses_a_frozen_wallet(self) -> None:
        wallet = build_wallet(build_lot(1, 1), frozen_reason="lost")
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(1))
        assert caught.value.reason == "WALLET_FROZEN"

    def test_refuses_more_open_holds_than_a_wallet_may_have(self) -> None:
        holds = {str(n): build_open_hold((1, 1), hold_id=str(n)) for n in range(HOLDS_OPEN_MAX)}
        wallet = build_wallet(build_lot(1, 1000), holds=holds)
        with pytest.raises(DomainError) as caught:
            aside(wallet, build_request(1))
        assert caught.value.reason == "TOO_MANY_HOLDS"
        wallet.holds["0"] = replace(wallet.holds["0"], expires_at=NOW)
        assert aside(wallet, build_request(1)) == {"bill1": 1}


class TestCheckAmount:
    @pytest.mark.parametrize("amount", [0, -1, AMOUNT_FEN_MAX + 1, 2**63 - 1, -(2**63)])
    def test_refuses_what_no_bill_could_spend(self, amount: int) -> None:
        with pytest.raises(DomainError) as caught:
            check_amount("amount", amount)
        assert caught.value.reason == "INVALID_AMOUNT"

    def test_takes_the_largest(self) -> None:
        check_amount("amount", AMOUNT_FEN_MAX)
