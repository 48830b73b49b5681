"""Gifts handed back: services/points/domain/rewards/gift_return.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError, Invalid
from chassis.ids import new_id
from pricing.earning import CounterKey, EarningProgramme
from services.points.domain.assets import REVENUE, Asset, BillKind
from services.points.domain.draft import Receipt
from services.points.domain.programme import Programme
from services.points.domain.rewards.gift import Gift
from services.points.domain.rewards.gift_redemption import (
    GiftLine,
    GiftRedemption,
    decide_redemption,
)
from services.points.domain.rewards.gift_return import (
    GiftReturn,
    GiftReturnDraft,
    HandedOut,
    check_gift_return,
    decide_gift_return,
)
from tests.fixtures.builders_points import BUSINESS_DATE
from tests.fixtures.wallet_moves import Bench, refused

MUG = Gift(new_id(), new_id(), "马克杯", 300)
OIL = Gift(new_id(), new_id(), "花生油", 500, money_fen=1_990, limit_per_member=3)
GIFTS = {gift.gift_id: gift for gift in (MUG, OIL)}
PROGRAMME = Programme(
    version=5, earning=EarningProgramme(version=5, fen_per_point=100), gifts=GIFTS
)
KINDS = frozenset({"cash", "card"})
MEMBER, OTHER = new_id(), new_id()

Lines = tuple[tuple[Gift, int], ...]


class GiftDesk:
    """A member who gets gifts and hands them back."""

    def __init__(self, *lots: int, members: Sequence[str] = (MEMBER, OTHER)) -> None:
        self.bench = Bench(list(members), programme=PROGRAMME)
        self.returns: dict[str, list[tuple[GiftLine, ...]]] = {}
        self.handed_out: dict[str, HandedOut] = {}
        for points in lots:
            self.bench.grant(MEMBER, Asset.POINTS, points)

    def redeem(self, *lines: tuple[Gift, int], member_id: str = MEMBER, **changes: Any) -> str:
        """Hands gifts out at their price, the money half in cash and half by card."""
        money_fen = sum(gift.money_fen * pieces for gift, pieces in lines)
        money = {"cash": money_fen // 2, "card": money_fen - money_fen // 2} if money_fen else {}
        redemption = GiftRedemption(
            tuple(GiftLine(gift.gift_id, pieces) for gift, pieces in lines),
            sum(gift.points * pieces for gift, pieces in lines),
            "",
            money,
        )
        header = self.bench.header(member_id, **changes)
        drafts = decide_redemption(self.bench.books(), header, redemption, KINDS)
        self.bench.post(header, drafts)
        self.handed_out[header.bill_id] = HandedOut(redemption, member_id)
        return header.bill_id

    def bring_back(
        self, bill_id: str, *lines: tuple[Gift, int], member_id: str = MEMBER, **changes: Any
    ) -> GiftReturnDraft:
        """Hands pieces back; everything that is left without lines."""
        asked = tuple(GiftLine(gift.gift_id, pieces) for gift, pieces in lines)
        header = self.bench.header(member_id, **changes)
        earlier = self.returns.setdefault(bill_id, [])
        handed_out = self.handed_out.get(bill_id, HandedOut(GiftRedemption((), 1, "", {}), ""))
        drafts = decide_gift_return(
            self.bench.books(), header, GiftReturn(bill_id, asked), handed_out, earlier
        )
        self.bench.post(header, drafts)
        earlier.append(asked)
        return drafts[0]

    def had(self, gift: Gift, member_id: str = MEMBER) -> int:
        """Pieces that a limit counts."""
        return int(self.bench.counted(member_id, CounterKey(f"gift:{gift.gift_id}", "always")))

    def refusal(self, bill_id: str, *lines: tuple[Gift, int], **changes: Any) -> DomainError:
        """The refusal that a return ends in, with nothing changed."""
        before = self.bench.state(MEMBER)
        error = refused(lambda: self.bring_back(bill_id, *lines, **changes))
        assert error is not None
        assert self.bench.state(MEMBER) == before
        return error


def money_of(drafts: Sequence[GiftReturnDraft]) -> dict[str, int]:
    """Money that was handed out, by kind."""
    found: dict[str, int] = {}
    for draft in drafts:
        receipt: Receipt = draft.receipt
        assert sum(fen for _, fen in receipt.refunds) == draft.total_fen
        for kind, fen in receipt.refunds:
            found[kind] = found.get(kind, 0) + fen
        assert draft.total_fen == sum(
            each.amount for each in draft.posting.transfers if each.debit_account == REVENUE
        )
    return found


class TestCheckGiftReturn:
    @pytest.mark.parametrize(
        ("lines", "whole", "reason"),
        [
            ((), False, "NOTHING_TO_RETURN"),
            ((GiftLine(MUG.gift_id, 1),), True, "NOTHING_TO_RETURN"),
            ((GiftLine(MUG.gift_id, 0),), False, "INVALID_QUANTITY"),
            ((GiftLine(MUG.gift_id, 1), GiftLine(MUG.gift_id, 1)), False, "DUPLICATE_GIFT"),
        ],
    )
    def test_refuses_bad_form(self, lines: tuple[GiftLine, ...], whole: bool, reason: str) -> None:
        with pytest.raises(Invalid) as error:
            check_gift_return(GiftReturn(new_id(), lines), whole=whole)
        assert error.value.reason == reason


class TestDecideGiftReturn:
    def test_gives_points_and_money_back(self) -> None:
        desk = GiftDesk(1_000, 400)
        before = desk.bench.state(MEMBER)
        redeemed = desk.redeem((MUG, 2), (OIL, 1))
        draft = desk.bring_back(redeemed)
        assert desk.bench.state(MEMBER) == before
        assert draft.posting.kind is BillKind.GIFT_RETURN
        assert money_of([draft]) == {"cash": 995, "card": 995}
        assert draft.gifts == ((MUG, 2), (OIL, 1))
        assert desk.had(OIL) == 0

    def test_what_was_spent_last_comes_back_first(self) -> None:
        desk = GiftDesk(400, 400)
        first, second = desk.bench.wallets[MEMBER].lots
        redeemed = desk.redeem((MUG, 2))
        lots = desk.bench.wallets[MEMBER].lots
        desk.bring_back(redeemed, (MUG, 1))
        assert (lots[first].remaining, lots[second].remaining) == (100, 400)
        desk.bring_back(redeemed, (MUG, 1))
        assert (lots[first].remaining, lots[second].remaining) == (400, 400)

    def test_costs_what_it_cost_when_it_was_handed_out(self) -> None:
        desk = GiftDesk(300)
        redeemed = desk.redeem((MUG, 1))
        dearer = replace(PROGRAMME, version=6, gifts={MUG.gift_id: replace(MUG, points=9)})
        programmes = desk.bench.books().programmes
        assert programmes.version(5) is PROGRAMME
        desk.bench.programme = dearer
        error = desk.refusal(redeemed)
        assert error.reason == "PROGRAMME_NOT_READ"  # never by the price of today

    def test_expired_points_get_days_of_grace(self) -> None:
        desk = GiftDesk()
        desk.bench.grant(MEMBER, Asset.POINTS, 300, BUSINESS_DATE)
        redeemed = desk.redeem((MUG, 1))
        late = BUSINESS_DATE + timedelta(days=5)
        desk.bring_back(redeemed, business_date=late)
        (lot,) = [lot for lot in desk.bench.wallets[MEMBER].lots.values() if lot.remaining]
        assert (lot.remaining, lot.expiry_date) == (300, late + timedelta(days=30))

    def test_makes_room_under_the_limit(self) -> None:
        desk = GiftDesk(5_000)
        redeemed = desk.redeem((OIL, 3))
        assert refused(lambda: desk.redeem((OIL, 1))) is not None
        desk.bring_back(redeemed, (OIL, 2))
        desk.redeem((OIL, 2))
        error = refused(lambda: desk.redeem((OIL, 1)))
        assert error is not None
        assert error.reason == "GIFT_LIMIT_EXCEEDED"

    def test_a_frozen_wallet_takes_value_back(self) -> None:
        desk = GiftDesk(300)
        redeemed = desk.redeem((MUG, 1))
        desk.bench.wallets[MEMBER].frozen_reason = "挂失"
        desk.bring_back(redeemed)
        assert desk.bench.wallets[MEMBER].balance(Asset.POINTS) == 300

    def test_goes_to_whom_the_member_was_merged_into(self) -> None:
        desk = GiftDesk(900)
        redeemed = desk.redeem((OIL, 1))
        desk.bench.merge(MEMBER, OTHER)
        desk.bring_back(redeemed, member_id=OTHER)
        assert desk.bench.wallets[OTHER].balance(Asset.POINTS) == 900
        assert desk.had(OIL, OTHER) == 0
        desk.bench.undo(*desk.bench.merges[0])
        assert desk.bench.wallets[MEMBER].balance(Asset.POINTS) == 900
        assert (desk.had(OIL), desk.had(OIL, OTHER)) == (0, 0)

    def test_refuses(self) -> None:
        desk = GiftDesk(3_000)
        redeemed = desk.redeem((MUG, 2), (OIL, 1))
        (granted, *_) = desk.bench.originals
        yesterday = BUSINESS_DATE - timedelta(days=1)
        unknown = Gift(new_id(), new_id(), "x", 1)
        for bill_id, lines, changes, reason in (
            (new_id(), (), {}, "UNKNOWN_BILL"),
            (granted, (), {}, "WRONG_BILL_KIND"),
            (redeemed, (), {"member_id": OTHER}, "MEMBER_MISMATCH"),
            (redeemed, (), {"business_date": yesterday}, "BEFORE_ORIGINAL"),
            (redeemed, ((unknown, 1),), {}, "UNKNOWN_LINE"),
            (redeemed, ((MUG, 3),), {}, "RETURN_EXCEEDS_REDEMPTION"),
        ):
            assert desk.refusal(bill_id, *lines, **changes).reason == reason

    def test_refuses_twice(self) -> None:
        desk = GiftDesk(3_000)
        redeemed = desk.redeem((MUG, 2), (OIL, 1))
        desk.bring_back(redeemed, (MUG, 2))
        error = desk.refusal(redeemed, (MUG, 1))
        assert (error.reason, error.metadata["returned"]) == ("RETURN_EXCEEDS_REDEMPTION", "2")
        desk.bring_back(redeemed)
        for lines in ((), ((OIL, 1),)):
            assert desk.refusal(redeemed, *lines).reason == "NOTHING_TO_RETURN"

    @given(
        st.lists(st.integers(1, 900), min_size=1, max_size=5),
        st.integers(0, 4),
        st.integers(0, 3),
        st.lists(st.tuples(st.sampled_from([MUG, OIL]), st.integers(1, 3)), max_size=8),
    )
    def test_any_parts_in_any_order_end_like_the_whole(
        self, lots: list[int], mugs: int, oils: int, parts: list[tuple[Gift, int]]
    ) -> None:
        lines = tuple((gift, n) for gift, n in ((MUG, mugs), (OIL, oils)) if n)
        desk = GiftDesk(*lots, 4_000)
        before = desk.bench.state(MEMBER)
        if not lines:
            return
        redeemed = desk.redeem(*lines)
        left = dict(lines)
        drafts: list[GiftReturnDraft] = []
        for gift, pieces in parts:
            error = refused(
                lambda g=gift, n=pieces: drafts.append(desk.bring_back(redeemed, (g, n)))
            )  # type: ignore[misc]
            if error is None:
                left[gift] -= pieces
            else:
                assert pieces > left.get(gift, 0) or not any(left.values())
        if any(left.values()):
            drafts.append(desk.bring_back(redeemed))
        assert desk.bench.state(MEMBER) == before
        assert sum(draft.total_fen for draft in drafts) == oils * OIL.money_fen
        whole = GiftDesk(*lots, 4_000)
        assert money_of(drafts) == money_of([whole.bring_back(whole.redeem(*lines))])
