"""Where earned and spent points go when goods come back: one case at a time."""

from datetime import timedelta

import pytest

from chassis.errors import DomainError
from services.points.domain.assets import (
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_WRITTEN_OFF,
    Asset,
    BillKind,
)
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import LotKey
from services.points.domain.programme import ClawbackPolicy, PointsTender, Programme
from services.points.domain.sales.sale import SaleLine, SaleTender
from tests.fixtures.builders_returns import (
    DAY,
    MEMBER,
    NEXT_DAY,
    OTHER_STORE,
    SALE,
    SOLD_AT,
    Shop,
    build_lot,
    build_wallet,
)

EARNED = LotKey(SALE, 0)
OLD = LotKey("old", 0)
LATER = LotKey("later", 0)
# Two pieces of 50 yuan: a point a yuan.
LINES = (SaleLine("p0", 1000, 5000, 0), SaleLine("p1", 1000, 5000, 0))
CASH = (SaleTender("cash", 10_000),)


def sold(
    *lots: tuple[LotKey, int],
    policy: ClawbackPolicy = ClawbackPolicy.DEBT,
    debt_points: int = 0,
    tenders: tuple[SaleTender, ...] = CASH,
    pending: frozenset[LotKey] = frozenset(),
    grace_days: int = 30,
) -> Shop:
    """A shop that sold 100 yuan to a member who had these points."""
    late = SOLD_AT + timedelta(days=30)
    wallet = build_wallet(
        *(
            build_lot(
                key.bill_id,
                Asset.POINTS,
                amount,
                **({"available_at": late} if key in pending else {}),
            )
            for key, amount in lots
        ),
        debt_points=debt_points,
    )
    programme = Programme(
        version=2,
        clawback_policy=policy,
        points_tender=PointsTender(points=1, fen=1, points_min=1, points_step=1),
        return_grace_days=grace_days,
    )
    shop = Shop(wallet, programme)
    shop.sell(LINES, tenders)
    return shop


def refused(shop: Shop, *lines: tuple[int, int], **changes: object) -> str:
    """Why a return is refused."""
    with pytest.raises(DomainError) as error:
        shop.decide(None, *lines, **changes)
    return error.value.reason


class TestClawback:
    def test_takes_the_sales_own_lot_first(self) -> None:
        shop = sold((OLD, 70))
        shop.give((1, 1000))
        assert shop.remaining() == {OLD: 70, EARNED: 50}

    def test_counts_what_expired_of_it_as_taken(self) -> None:
        shop = sold((OLD, 70))
        posting = shop.posting("expiry", BillKind.EXPIRY)
        posting.expire(posting.lot(EARNED), 100, POINTS_EXPIRED)
        shop.apply(posting)
        draft = shop.give((1, 1000))
        assert shop.remaining() == {OLD: 70}
        assert shop.wallet.lots[EARNED].expired == 50
        assert draft.receipt.points_change == 0
        assert shop.accounts()[Asset.POINTS, POINTS_EXPIRED] == 50

    @pytest.mark.parametrize(
        ("policy", "left"),
        [
            (ClawbackPolicy.DEBT, {OLD: 70, LATER: 10}),
            (ClawbackPolicy.PENDING_FIRST, {OLD: 70, EARNED: 10}),
        ],
    )
    def test_takes_pending_lots_before_the_balance(
        self, policy: ClawbackPolicy, left: dict[LotKey, int]
    ) -> None:
        shop = sold((OLD, 70), (LATER, 40), policy=policy, pending=frozenset({LATER}))
        shop.spend(EARNED, 80)
        shop.give((1, 1000))
        assert shop.remaining() == left
        assert shop.wallet.debt_points == 0

    def test_then_takes_the_balance_and_owes_the_rest(self) -> None:
        shop = sold((OLD, 30))
        shop.spend(EARNED, 100)
        draft = shop.give((1, 1000))
        assert shop.remaining() == {}
        assert draft.receipt.debt_points == shop.wallet.debt_points == 20
        assert draft.clawed_back_points == 50

    def test_writes_the_rest_off_where_the_programme_forgives(self) -> None:
        shop = sold((OLD, 30), policy=ClawbackPolicy.WITHIN_BALANCE)
        shop.spend(EARNED, 100)
        shop.give((1, 1000))
        assert shop.remaining() == {}
        assert shop.wallet.debt_points == 0
        assert shop.accounts()[Asset.POINTS, POINTS_WRITTEN_OFF] == -20

    def test_leaves_what_a_hold_set_aside(self) -> None:
        shop = sold((OLD, 30))
        shop.spend(EARNED, 90)
        held = (HeldLot(EARNED, Asset.POINTS, 4), HeldLot(OLD, Asset.POINTS, 25))
        until = shop.now + timedelta(seconds=90)
        shop.wallet.holds["hold"] = Hold("hold", Asset.POINTS, held, until)
        shop.give((1, 1000))
        assert shop.remaining() == {OLD: 25, EARNED: 4}
        assert shop.wallet.debt_points == 50 - 6 - 5

    def test_owes_again_what_the_sale_had_settled(self) -> None:
        shop = sold((OLD, 30), debt_points=30)
        assert (shop.wallet.debt_points, shop.remaining()[EARNED]) == (0, 70)
        shop.give((1, 1000))
        assert (shop.wallet.debt_points, shop.remaining()) == (0, {OLD: 30, EARNED: 20})
        shop.give()
        assert (shop.wallet.debt_points, shop.remaining()) == (30, {OLD: 30})

    def test_owes_a_settled_debt_again_also_where_the_rest_is_forgiven(self) -> None:
        shop = sold(debt_points=30, policy=ClawbackPolicy.WITHIN_BALANCE)
        shop.spend(EARNED, 70)
        shop.give()
        assert shop.wallet.debt_points == 30
        assert shop.accounts()[Asset.POINTS, POINTS_WRITTEN_OFF] == -70

    def test_does_not_touch_the_points_that_come_back_before_the_whole_sale_is_back(self) -> None:
        shop = sold((OLD, 1000), tenders=(SaleTender("points", 1000, 1000), *_cash(9000)))
        shop.spend(EARNED, 100)
        shop.give((1, 1000))
        assert (shop.remaining(), shop.wallet.debt_points) == ({OLD: 500}, 50)
        shop.give((2, 1000))
        assert (shop.remaining(), shop.wallet.debt_points) == ({OLD: 900}, 0)
        assert shop.accounts()[Asset.POINTS, POINTS_ISSUED] == -100 + 100

    def test_pays_what_was_forgiven_with_the_points_that_came_back(self) -> None:
        shop = sold(
            (OLD, 1000),
            tenders=(SaleTender("points", 1000, 1000), *_cash(9000)),
            policy=ClawbackPolicy.WITHIN_BALANCE,
        )
        shop.spend(EARNED, 100)
        shop.give((1, 1000))
        assert shop.accounts()[Asset.POINTS, POINTS_WRITTEN_OFF] == -50
        shop.give()
        assert shop.remaining() == {OLD: 900}
        assert shop.accounts()[Asset.POINTS, POINTS_WRITTEN_OFF] == 0

    def test_leaves_a_debt_of_other_sales_alone(self) -> None:
        shop = sold((OLD, 1000), tenders=(SaleTender("points", 1000, 1000), *_cash(9000)))
        shop.wallet.debt_points += 7
        shop.give((1, 1000))
        shop.give()
        assert (shop.remaining(), shop.wallet.debt_points) == ({OLD: 1000}, 7)


class TestGivingBack:
    def test_puts_points_of_an_expired_lot_into_a_lot_with_days_of_grace(self) -> None:
        shop = _paid_from_a_lot_that_expires()
        shop.give((1, 1000))
        grace = LotKey("return-0", 0)
        assert shop.remaining() == {EARNED: 50, grace: 500}
        assert shop.wallet.lots[grace].expiry_date == NEXT_DAY + timedelta(days=30)

    def test_puts_them_into_the_expired_lot_where_there_is_no_grace(self) -> None:
        shop = _paid_from_a_lot_that_expires(grace_days=0)
        shop.give((1, 1000))
        assert shop.remaining() == {EARNED: 50, OLD: 500}

    def test_settles_from_lots_of_grace_as_from_others(self) -> None:
        shop = _paid_from_a_lot_that_expires()
        shop.spend(EARNED, 100)
        whole = shop.twin()
        whole.give()
        shop.give((2, 1000))
        shop.give()
        for each in (shop, whole):
            assert (each.left(Asset.POINTS), each.wallet.debt_points) == (900, 0)

    def test_gives_a_lot_back_units_that_were_worth_nothing_alone(self) -> None:
        """Three lots of one point pay one fen together."""
        keys = [LotKey(f"old{n}", 0) for n in range(3)]
        wallet = build_wallet(*(build_lot(key.bill_id, Asset.POINTS, 1) for key in keys))
        tender = PointsTender(points=3, fen=1, points_min=1, points_step=1)
        shop = Shop(wallet, Programme(version=2, points_tender=tender))
        shop.sell((SaleLine("p0", 1000, 1, 0),), (SaleTender("points", 1, 3),))
        shop.give()
        assert shop.remaining() == dict.fromkeys(keys, 1)


class TestLines:
    def test_share_two_of_three_pieces_as_they_were_paid(self) -> None:
        """Two of three at 10 % off are worth 180, not 200, and the third the rest."""
        shop = Shop(build_wallet())
        shop.sell((SaleLine("p0", 3000, 300, 30),), (SaleTender("cash", 270),))
        assert shop.give((1, 2000)).total_fen == 180
        assert shop.give((1, 1000)).total_fen == 90

    def test_come_back_for_nothing_when_they_were_given_away(self) -> None:
        shop = Shop(build_wallet())
        shop.sell((SaleLine("p0", 1000, 500, 500),), ())
        draft = shop.give()
        assert (draft.total_fen, draft.is_complete, draft.posting.transfers) == (0, True, [])
        assert refused(shop) == "NOTHING_TO_RETURN"

    def test_are_booked_in_the_store_that_takes_them(self) -> None:
        shop = sold()
        draft = shop.give((1, 1), store_id=OTHER_STORE)
        assert draft.posting.store_id == OTHER_STORE
        assert draft.posting.wallet.member_id == MEMBER


class TestRefusals:
    def test_of_what_cannot_be(self) -> None:
        shop = sold()
        assert refused(shop, (3, 1)) == "UNKNOWN_LINE"
        assert refused(shop, (1, 1001)) == "RETURN_EXCEEDS_SALE"
        assert refused(shop, member_id="somebody") == "MEMBER_MISMATCH"
        assert refused(shop, business_date=DAY - timedelta(days=1)) == "RETURN_BEFORE_SALE"


def _cash(amount_fen: int) -> tuple[SaleTender]:
    return (SaleTender("cash", amount_fen),)


def _paid_from_a_lot_that_expires(grace_days: int = 30) -> Shop:
    """1,000 of the points that paid expired on the day of the sale."""
    wallet = build_wallet(build_lot("old", Asset.POINTS, 1000, expiry_date=DAY))
    programme = Programme(
        version=2,
        points_tender=PointsTender(points=1, fen=1, points_min=1, points_step=1),
        return_grace_days=grace_days,
    )
    shop = Shop(wallet, programme)
    shop.sell(LINES, (SaleTender("points", 1000, 1000), *_cash(9000)))
    return shop
