"""Gifts for points: services/points/domain/rewards/gift_redemption.py."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError, Invalid
from chassis.ids import new_id
from pricing.earning import EarningProgramme
from services.points.domain.assets import (
    POINTS_REDEEMED,
    REVENUE,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.holds.hold import HeldLot, Hold, HoldState
from services.points.domain.programme import Programme
from services.points.domain.rewards.gift import Gift
from services.points.domain.rewards.gift_redemption import (
    LINES_MAX,
    PIECES_MAX,
    GiftDraft,
    GiftLine,
    GiftRedemption,
    check_redemption,
    decide_redemption,
)
from tests.fixtures.builders_points import BUSINESS_DATE
from tests.fixtures.wallet_moves import NOW, STORE, Bench, refused

MUG = Gift(new_id(), new_id(), "马克杯", 300)
OIL = Gift(new_id(), new_id(), "花生油", 500, money_fen=1_990, limit_per_member=3)
ELSEWHERE = Gift(new_id(), new_id(), "别店", 10, store_ids=frozenset({new_id()}))
HERE = Gift(new_id(), new_id(), "本店", 10, store_ids=frozenset({STORE}))
TODAY = Gift(new_id(), new_id(), "今日", 10, first_date=BUSINESS_DATE, last_date=BUSINESS_DATE)
GIFTS = {gift.gift_id: gift for gift in (MUG, OIL, ELSEWHERE, HERE, TODAY)}
KINDS = frozenset({"cash", "card"})
PROGRAMME = Programme(
    version=5, earning=EarningProgramme(version=5, fen_per_point=100), gifts=GIFTS
)


def wanted(*lines: tuple[Gift, int], **changes: Any) -> GiftRedemption:
    """A redemption at the programme's price, its money in cash."""
    money_fen = sum(gift.money_fen * pieces for gift, pieces in lines)
    given = GiftRedemption(
        tuple(GiftLine(gift.gift_id, pieces) for gift, pieces in lines),
        sum(gift.points * pieces for gift, pieces in lines),
        "",
        {"cash": money_fen} if money_fen else {},
    )
    return replace(given, **changes)


def desk_with(points: int) -> Bench:
    """A member with so many points."""
    desk = Bench([new_id()], programme=PROGRAMME)
    if points:
        desk.grant(desk.members[0], Asset.POINTS, points)
    return desk


def redeem(desk: Bench, redemption: GiftRedemption, **header: Any) -> GiftDraft:
    """Decides and books a redemption."""
    written = desk.header(desk.members[0], **header)
    drafts = decide_redemption(desk.books(), written, redemption, KINDS)
    desk.post(written, drafts)
    return drafts[0]


def refusal_of(desk: Bench, redemption: GiftRedemption, **header: Any) -> DomainError:
    """The refusal that a redemption ends in, with nothing changed."""
    before = desk.state(desk.members[0])
    error = refused(lambda: redeem(desk, redemption, **header))
    assert error is not None
    assert desk.state(desk.members[0]) == before
    return error


class TestCheckRedemption:
    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ((), "EMPTY_REDEMPTION"),
            (tuple(GiftLine(new_id(), 1) for _ in range(LINES_MAX + 1)), "TOO_MANY_LINES"),
            ((GiftLine(MUG.gift_id, 0),), "INVALID_QUANTITY"),
            ((GiftLine(MUG.gift_id, PIECES_MAX + 1),), "INVALID_QUANTITY"),
            ((GiftLine(MUG.gift_id, 1), GiftLine(MUG.gift_id, 1)), "DUPLICATE_GIFT"),
        ],
    )
    def test_refuses_bad_form(self, lines: tuple[GiftLine, ...], reason: str) -> None:
        with pytest.raises(Invalid) as error:
            check_redemption(GiftRedemption(lines, 1, "", {}))
        assert error.value.reason == reason

    def test_takes_as_much_as_there_may_be(self) -> None:
        lines = tuple(GiftLine(new_id(), PIECES_MAX) for _ in range(LINES_MAX))
        check_redemption(GiftRedemption(lines, 1, "", {}))


class TestDecideRedemption:
    def test_takes_points_and_money(self) -> None:
        desk = desk_with(1_000)
        draft = redeem(desk, wanted((MUG, 1), (OIL, 1)))
        assert draft.posting.kind is BillKind.GIFT_REDEMPTION
        assert (draft.receipt.points, draft.receipt.points_change) == (200, -800)
        assert (draft.total_fen, draft.points_earned) == (1_990, 0)
        assert draft.gifts == ((MUG, 1), (OIL, 1))
        moves = [(t.debit_account, t.credit_account, t.amount) for t in draft.posting.transfers]
        assert sorted(moves) == [
            ("tender:cash", REVENUE, 1_990),
            (WALLET, POINTS_REDEEMED, 800),
        ]

    def test_takes_money_in_several_kinds(self) -> None:
        desk = desk_with(500)
        redemption = wanted((OIL, 1), money_fen={"cash": 990, "card": 1_000})
        moved = Counter(t.debit_account for t in redeem(desk, redemption).posting.transfers)
        assert moved == {"tender:cash": 1, "tender:card": 1, WALLET: 1}

    def test_takes_the_points_of_a_hold_and_frees_its_rest(self) -> None:
        desk = desk_with(1_000)
        wallet = desk.wallets[desk.members[0]]
        (lot,) = wallet.lots.values()
        hold = Hold(
            new_id(),
            Asset.POINTS,
            (HeldLot(lot.key, Asset.POINTS, 900),),
            NOW + timedelta(minutes=1),
        )
        wallet.holds[hold.hold_id] = hold
        wallet.open_holds = 1
        assert refusal_of(desk, wanted((MUG, 1))).reason == "INSUFFICIENT_POINTS"
        redeem(desk, wanted((MUG, 2), hold_id=hold.hold_id))
        assert wallet.balance(Asset.POINTS) == 400
        assert wallet.holds[hold.hold_id].state is HoldState.RELEASED
        assert refusal_of(desk, wanted((MUG, 1), hold_id=hold.hold_id)).reason == "HOLD_CLOSED"
        redeem(desk, wanted((MUG, 1)))

    @pytest.mark.parametrize(
        ("redemption", "reason"),
        [
            (wanted((replace(MUG, gift_id=new_id()), 1)), "UNKNOWN_GIFT"),
            (wanted((ELSEWHERE, 1)), "GIFT_NOT_IN_STORE"),
            (wanted((MUG, 1), points=299), "GIFT_PRICE_CHANGED"),
            (wanted((MUG, 1), points=301), "GIFT_PRICE_CHANGED"),
            (wanted((MUG, 1), money_fen={"cash": 1}), "GIFT_PRICE_CHANGED"),
            (wanted((OIL, 1), money_fen={}), "GIFT_PRICE_CHANGED"),
            (wanted((OIL, 1), money_fen={"gold": 1_990}), "UNKNOWN_TENDER"),
            (wanted((OIL, 4)), "GIFT_LIMIT_EXCEEDED"),
            (wanted((MUG, 1), hold_id=new_id()), "UNKNOWN_HOLD"),
            (wanted((MUG, 34)), "INSUFFICIENT_POINTS"),
        ],
    )
    def test_refuses(self, redemption: GiftRedemption, reason: str) -> None:
        assert refusal_of(desk_with(10_000), redemption).reason == reason

    def test_serves_the_stores_and_days_of_a_gift(self) -> None:
        desk = desk_with(100)
        redeem(desk, wanted((HERE, 1), (TODAY, 1)))
        for days in (-1, 1):
            day = BUSINESS_DATE + timedelta(days=days)
            error = refusal_of(desk, wanted((TODAY, 1)), business_date=day)
            assert error.reason == "GIFT_NOT_OFFERED"

    def test_takes_nothing_of_a_frozen_wallet(self) -> None:
        desk = desk_with(1_000)
        desk.wallets[desk.members[0]].frozen_reason = "挂失"
        assert refusal_of(desk, wanted((MUG, 1))).reason == "WALLET_FROZEN"

    def test_counts_what_a_member_had_before_there_was_a_limit(self) -> None:
        desk = desk_with(10_000)
        redeem(desk, wanted((MUG, 2)))
        limited = replace(MUG, limit_per_member=3)
        desk.programme = replace(PROGRAMME, gifts=GIFTS | {MUG.gift_id: limited})
        error = refusal_of(desk, wanted((MUG, 2)))
        assert (error.reason, error.metadata["had"]) == ("GIFT_LIMIT_EXCEEDED", "2")
        redeem(desk, wanted((MUG, 1)))

    def test_takes_nothing_that_has_expired(self) -> None:
        desk = desk_with(0)
        desk.grant(desk.members[0], Asset.POINTS, 300, date(2026, 4, 30))
        assert refusal_of(desk, wanted((MUG, 1))).reason == "INSUFFICIENT_POINTS"

    @given(
        st.integers(0, 5_000),
        st.lists(
            st.lists(
                st.tuples(st.sampled_from([MUG, OIL, HERE]), st.integers(1, 4)),
                min_size=1,
                max_size=3,
                unique_by=lambda line: line[0].gift_id,
            ),
            max_size=10,
        ),
    )
    def test_gives_exactly_what_points_and_limits_allow(
        self, points: int, attempts: list[list[tuple[Gift, int]]]
    ) -> None:
        desk = desk_with(points)
        had: Counter[str] = Counter()
        left = points
        for lines in attempts:
            redemption = wanted(*lines)
            within = all(
                had[gift.gift_id] + pieces <= (gift.limit_per_member or 10**9)
                for gift, pieces in lines
            )
            error = refused(lambda redemption=redemption: redeem(desk, redemption))  # type: ignore[misc]
            assert (error is None) == (within and redemption.points <= left)
            if error is None:
                left -= redemption.points
                had.update({gift.gift_id: pieces for gift, pieces in lines})
            assert desk.wallets[desk.members[0]].balance(Asset.POINTS) == left
