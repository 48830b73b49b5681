"""A hold as it is posted and ends: services/points/domain/holds/hold.py, posting.py, wallet.py."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import DomainError
from services.points.domain.assets import Asset, BillKind
from services.points.domain.holds.hold import HoldState
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.wallet import Wallet
from tests.fixtures.builders_holds import (
    NOW,
    after,
    build_lot,
    build_open_hold,
    build_wallet,
    reason_of,
)
from tests.fixtures.builders_points import BUSINESS_DATE

GYM, SPA = "gym", "spa"


def build_posting(wallet: Wallet, **changes: Any) -> Posting:
    """An empty posting of a sale."""
    given = {"business_date": BUSINESS_DATE, "now": NOW, **changes}
    return Posting(
        wallet, bill_id="sale", kind=BillKind.SALE, store_id="store", occurred_at=NOW, **given
    )


class TestState:
    def test_times_out_at_its_moment_and_not_before(self) -> None:
        hold = build_open_hold((1, 5))
        assert hold.is_open(after(89.999999))
        assert not hold.is_open(after(90))
        assert hold.state_at(after(90)) is HoldState.TIMED_OUT
        assert replace(hold, state=HoldState.POSTED).state_at(after(90)) is HoldState.POSTED

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"expires_at": NOW}, "HOLD_EXPIRED"),
            ({"state": HoldState.TIMED_OUT}, "HOLD_EXPIRED"),
            ({"state": HoldState.POSTED}, "HOLD_CLOSED"),
            ({"state": HoldState.RELEASED}, "HOLD_CLOSED"),
            ({"state": HoldState.VOIDED}, "HOLD_CLOSED"),
        ],
    )
    def test_says_how_it_ended(self, changes: dict[str, Any], reason: str) -> None:
        hold = build_open_hold((1, 5), **changes)
        with pytest.raises(DomainError) as caught:
            hold.post(1, NOW)
        told = {"hold_id": "hold", "state": hold.state_at(NOW).name}
        assert reason_of(caught) == (reason, told)


class TestPost:
    def test_takes_part_after_part_until_nothing_is_left(self) -> None:
        hold = build_open_hold((1, 5), (2, 5))
        hold, first = hold.post(6, NOW)
        assert first == [(LotKey("bill1", 0), 5), (LotKey("bill2", 0), 1)]
        assert (hold.posted, hold.state) == (6, HoldState.OPEN)
        with pytest.raises(DomainError) as caught:
            hold.post(5, NOW)
        told = {"hold_id": "hold", "asked": "5", "held": "4"}
        assert reason_of(caught) == ("HOLD_TOO_SMALL", told)
        hold, second = hold.post(4, NOW)
        assert second == [(LotKey("bill2", 0), 4)]
        assert (hold.posted, hold.state) == (10, HoldState.POSTED)


class TestPosting:
    def test_a_hold_of_the_wallet_is_posted_and_its_rest_stays_held(self) -> None:
        hold = build_open_hold((1, 60))
        wallet = build_wallet(
            build_lot(1, 100), holds={"hold": hold}, open_holds=1, balances={Asset.POINTS: 100}
        )
        posting = build_posting(wallet)
        posting.take_held(hold, 20)
        assert [part.amount for part in posting.available(Asset.POINTS)] == [40]
        posting.take(Asset.POINTS, 40)
        posting.apply()
        assert wallet.lots[LotKey("bill1", 0)].remaining == 40
        assert wallet.held(NOW) == {LotKey("bill1", 0): 40}
        assert wallet.open_holds == 1

    def test_releasing_frees_the_rest_for_the_same_bill(self) -> None:
        hold = build_open_hold((1, 60))
        wallet = build_wallet(
            build_lot(1, 100), holds={"hold": hold}, open_holds=1, balances={Asset.POINTS: 100}
        )
        posting = build_posting(wallet)
        posting.take_held(hold, 20)
        posting.release_hold("hold")
        posting.take(Asset.POINTS, 80)
        posting.apply()
        assert wallet.holds["hold"].state is HoldState.RELEASED
        assert (wallet.open_holds, wallet.held(NOW)) == (0, {})
        assert wallet.balance(Asset.POINTS) == 0

    def test_whatever_is_posted_closes_holds_that_timed_out(self) -> None:
        holds = {
            "late": build_open_hold((1, 10), hold_id="late", expires_at=NOW),
            "open": build_open_hold((1, 10), hold_id="open"),
        }
        wallet = build_wallet(build_lot(1, 100), holds=holds, open_holds=2)
        posting = build_posting(wallet)
        posting.take(Asset.POINTS, 90)
        posting.apply()
        assert wallet.holds["late"].state is HoldState.TIMED_OUT
        assert wallet.open_holds == 1
        assert list(posting.holds) == ["late"]

    def test_a_lot_that_expires_while_it_is_held_is_spent_by_its_hold_alone(self) -> None:
        hold = build_open_hold((1, 60), expires_at=after(86_400 * 3))
        lot = build_lot(1, 100, expiry_date=BUSINESS_DATE)
        wallet = build_wallet(lot, holds={"hold": hold}, open_holds=1)
        tomorrow = {"business_date": BUSINESS_DATE + timedelta(days=1), "now": after(86_400)}
        posting = build_posting(wallet, **tomorrow)
        assert posting.available(Asset.POINTS) == []
        assert wallet.held(posting.now) == {lot.key: 60}  # an expiry may book the rest
        posting.take_held(hold, 60)
        assert wallet.held(posting.now, posting.holds) == {}
        assert posting.lot(lot.key).remaining == 40
        late = build_posting(wallet, business_date=date(2026, 5, 4), now=after(86_400 * 3))
        assert wallet.held(late.now) == {}
        with pytest.raises(DomainError) as caught:
            late.take_held(hold, 60)
        assert caught.value.reason == "HOLD_EXPIRED"

    def test_a_lot_that_is_wholly_posted_is_no_longer_among_those_held(self) -> None:
        hold, _ = build_open_hold((1, 5), (2, 5)).post(5, NOW)
        wallet = build_wallet(build_lot(2, 5), holds={"hold": hold}, open_holds=1)
        assert wallet.held(NOW) == {LotKey("bill2", 0): 5}

    @pytest.mark.parametrize("remaining", [0, 59])
    def test_a_lot_that_something_emptied_all_the_same_fails_no_other_bill(
        self, remaining: int
    ) -> None:
        hold = build_open_hold((1, 60))
        lots = [build_lot(1, 100, remaining=remaining)] if remaining else []
        wallet = build_wallet(*lots, holds={"hold": hold}, open_holds=1)
        posting = build_posting(wallet)
        with pytest.raises(DomainError) as caught:
            posting.take_held(hold, 60)
        told = {"hold_id": "hold", "asked": "60", "held": str(remaining)}
        assert reason_of(caught) == ("HOLD_TOO_SMALL", told)
        assert (posting.holds, posting.transfers) == ({}, [])

    @pytest.mark.parametrize(
        ("hold_id", "asset", "pass_id", "reason"),
        [
            ("other", Asset.POINTS, None, "UNKNOWN_HOLD"),
            ("hold", Asset.PRINCIPAL, None, "WRONG_ASSET"),
            ("gym", Asset.PASS, SPA, "WRONG_ASSET"),
        ],
    )
    def test_a_wallet_gives_out_only_the_hold_that_is_meant(
        self, hold_id: str, asset: Asset, pass_id: str | None, reason: str
    ) -> None:
        gym = build_open_hold((2, 5), hold_id="gym", asset=Asset.PASS, pass_id=GYM)
        wallet = build_wallet(holds={"hold": build_open_hold((1, 5)), "gym": gym})
        assert wallet.hold("hold", Asset.POINTS).hold_id == "hold"
        assert wallet.hold("gym", Asset.PASS, GYM).hold_id == "gym"
        with pytest.raises(DomainError) as caught:
            wallet.hold(hold_id, asset, pass_id)
        assert caught.value.reason == reason
