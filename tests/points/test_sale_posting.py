"""How a sale becomes bookings: services/points/domain/sales/sale_posting.py."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError, PreconditionFailed
from services.points.domain.assets import Asset
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import Lot
from services.points.domain.programme import PointsTender, Programme, Programmes
from services.points.domain.sales.member_facts import MemberFacts
from services.points.domain.sales.sale import Sale, SaleLine, SaleTender
from services.points.domain.sales.sale_posting import decide_sale
from services.points.domain.wallet import Wallet
from services.points.messages.documents import read_allocation, write_allocation

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)  # noon in the store
DAY = date(2026, 5, 1)


def build_lot(number: int, asset: Asset, amount: int, **changes: Any) -> Lot:
    """A lot of `amount` that can be spent."""
    given: dict[str, Any] = {
        "bill_id": f"lot{number}",
        "ordinal": 0,
        "asset": asset,
        "pass_id": None,
        "granted": amount,
        "remaining": amount,
        "expired": 0,
        "rule_version": "base@1",
        "store_id": "s",
        "earned_at": NOW - timedelta(days=number + 1),
        "available_at": NOW - timedelta(days=number + 1),
        "expiry_date": None,
        **changes,
    }
    return Lot(**given)


def build_wallet(*lots: Lot, **changes: Any) -> Wallet:
    """A wallet that holds the lots."""
    balances: dict[Asset, int] = defaultdict(int)
    for lot in lots:
        balances[lot.asset] += lot.remaining
    return Wallet(
        "m",
        balances=dict(balances),
        lots={lot.key: lot for lot in lots},
        lots_loaded=True,
        **changes,
    )


def build_sale(*nets: int, tenders: tuple[SaleTender, ...] | None = None, **changes: Any) -> Sale:
    """A sale of one line a net, in cash unless told otherwise."""
    total = sum(nets)
    cash = (SaleTender("cash", total),) if total else ()
    given: dict[str, Any] = {
        "sale_id": "bill",
        "member_id": "m",
        "store_id": "s",
        "business_date": DAY,
        "sold_at": NOW,
        "lines": tuple(SaleLine(f"p{n}", 1000, net, 0) for n, net in enumerate(nets)),
        "tenders": cash if tenders is None else tenders,
        "total_fen": total,
        **changes,
    }
    return Sale(**given)


def decide(sale: Sale, wallet: Wallet, programme: Programme | None = None, **facts: Any) -> Draft:
    """The one draft of a sale under a programme, version 2 unless it is the built-in."""
    versions = [replace(programme, version=2)] if programme else []
    books = Books(Programmes(versions), NOW, wallets={"m": wallet})
    (draft,) = decide_sale(books, sale, MemberFacts(**facts))
    return draft


def balances(draft: Draft) -> dict[tuple[Asset, str], int]:
    """What the draft moves into each account, asset by asset."""
    moved: dict[tuple[Asset, str], int] = defaultdict(int)
    for each in draft.posting.transfers:
        assert each.amount > 0
        moved[each.asset, each.debit_account] -= each.amount
        moved[each.asset, each.credit_account] += each.amount
    return moved


@st.composite
def payments(draw: st.DrawFn) -> tuple[Sale, Wallet]:
    """A sale paid from a wallet that holds enough, and by tills."""
    nets = draw(st.lists(st.integers(0, 5000), min_size=1, max_size=9))
    left = sum(nets)
    lots, tenders = [], []
    for kind, asset in (("points", Asset.POINTS), ("stored_value", Asset.PRINCIPAL)):
        part = draw(st.integers(0, left))
        amounts = draw(st.lists(st.integers(1, 4000), max_size=4))
        extra = part - sum(amounts)
        if extra > 0:
            amounts.append(extra)
        for amount in amounts:
            other = Asset.BONUS if asset is Asset.PRINCIPAL and draw(st.booleans()) else asset
            lots.append(build_lot(len(lots), other, amount))
        if part:
            tenders.append(SaleTender(kind, part, part if kind == "points" else 0))
            left -= part
    for kind in ("cash", "alipay"):
        part = left if kind == "alipay" else draw(st.integers(0, left))
        if part:
            tenders.append(SaleTender(kind, part))
            left -= part
    return build_sale(*nets, tenders=tuple(draw(st.permutations(tenders)))), build_wallet(*lots)


ONE_TO_ONE = Programme(points_tender=PointsTender(1, 1, 1, 1, 10_000))


class TestDecideSale:
    @given(paid=payments())
    def test_balances_every_asset_and_shares_every_source_over_the_lines(
        self, paid: tuple[Sale, Wallet]
    ) -> None:
        sale, wallet = paid
        before = dict(wallet.balances)
        draft = decide(sale, wallet, ONE_TO_ONE)
        moved = balances(draft)
        for asset in Asset:
            assert sum(amount for (each, _), amount in moved.items() if each is asset) == 0
        assert moved[Asset.MONEY, "revenue"] == sale.total_fen
        assert moved[Asset.MONEY, "stored_value_liability"] == moved[Asset.PRINCIPAL, "wallet"]
        assert draft.allocation is not None
        sources, amounts = draft.allocation.sources, draft.allocation.amounts_fen
        assert sum(source.amount_fen for source in sources) == sale.total_fen
        nets = [line.list_fen for line in sale.lines]
        if len(sources) > 1:
            assert [sum(line) for line in amounts] == nets
            assert [sum(column) for column in zip(*amounts, strict=True)] == [
                source.amount_fen for source in sources
            ]
        draft.posting.apply()
        for asset, balance in before.items():
            left = sum(lot.remaining for lot in wallet.lots.values() if lot.asset is asset)
            assert wallet.balances[asset] == left
            spent = sum(source.units for source in sources if source.asset is asset)
            earned = draft.points_earned if asset is Asset.POINTS else 0
            assert left == balance - spent + earned

    @given(paid=payments())
    def test_keeps_its_allocation_through_the_table(self, paid: tuple[Sale, Wallet]) -> None:
        draft = decide(*paid, ONE_TO_ONE)
        assert draft.allocation is not None
        kept = read_allocation(write_allocation(draft.allocation))
        assert kept.sources == draft.allocation.sources
        assert kept.amounts_fen == draft.allocation.amounts_fen
        assert kept.earned is not None
        assert draft.allocation.earned is not None
        assert kept.earned.basis == draft.allocation.earned.basis
        assert kept.earned.grants == draft.allocation.earned.grants

    @pytest.mark.parametrize(
        ("tender", "wallet", "reason"),
        [
            (SaleTender("points", 100, 100), build_wallet(build_lot(1, Asset.POINTS, 99)), None),
            (SaleTender("stored_value", 100), build_wallet(), "INSUFFICIENT_STORED_VALUE"),
            (SaleTender("points", 50, 50), build_wallet(), "POINTS_BELOW_MINIMUM"),
            (SaleTender("points", 150, 150), build_wallet(), "POINTS_NOT_IN_STEPS"),
            (SaleTender("points", 100, 200), build_wallet(), "POINTS_RATE_MISMATCH"),
            (SaleTender("points", 100, 100, "h"), build_wallet(), "UNKNOWN_HOLD"),
            (
                SaleTender("points", 100, 100),
                build_wallet(build_lot(1, Asset.POINTS, 100), frozen_reason="lost card"),
                "WALLET_FROZEN",
            ),
            (
                SaleTender("points", 100, 100),
                build_wallet(
                    build_lot(1, Asset.POINTS, 100, available_at=NOW + timedelta(seconds=1))
                ),
                None,
            ),
            (
                SaleTender("points", 100, 100),
                build_wallet(build_lot(1, Asset.POINTS, 100, expiry_date=DAY - timedelta(days=1))),
                None,
            ),
        ],
    )
    def test_refuses_what_the_wallet_cannot_pay_and_changes_nothing(
        self, tender: SaleTender, wallet: Wallet, reason: str | None
    ) -> None:
        sale = build_sale(1000, tenders=(tender, SaleTender("cash", 1000 - tender.amount_fen)))
        before = (dict(wallet.lots), dict(wallet.balances))
        with pytest.raises(DomainError) as caught:
            decide(sale, wallet)
        assert caught.value.reason == (reason or "INSUFFICIENT_POINTS")
        assert (wallet.lots, wallet.balances) == before

    def test_takes_no_more_of_a_bill_in_points_than_the_rule_allows(self) -> None:
        rule = replace(ONE_TO_ONE, points_tender=PointsTender(1, 1, 1, 1, share_max_bp=5_000))
        wallet = build_wallet(build_lot(1, Asset.POINTS, 2000))
        half = build_sale(999, tenders=(SaleTender("points", 499, 499), SaleTender("cash", 500)))
        assert decide(half, wallet, rule).posting.changes[Asset.POINTS] == -499 + 9
        more = build_sale(999, tenders=(SaleTender("points", 500, 500), SaleTender("cash", 499)))
        with pytest.raises(PreconditionFailed) as caught:
            decide(more, wallet, rule)
        assert caught.value.reason == "POINTS_SHARE_TOO_LARGE"

    def test_the_minimum_and_the_share_of_a_bill_bind_its_points_together(self) -> None:
        tender = PointsTender(1, 1, points_min=100, points_step=1, share_max_bp=5_000)
        rule = replace(ONE_TO_ONE, points_tender=tender)
        wallet = build_wallet(build_lot(1, Asset.POINTS, 2000))

        def pay(*points: int) -> Draft:
            tenders = [SaleTender("points", part, part) for part in points]
            cash = SaleTender("cash", 1000 - sum(points))
            return decide(build_sale(1000, tenders=(*tenders, cash)), wallet, rule)

        assert pay(60, 60).posting.changes[Asset.POINTS] == -120 + 10
        assert pay(250, 250).posting.changes[Asset.POINTS] == -500 + 10
        for points, reason in (
            ((40, 59), "POINTS_BELOW_MINIMUM"),
            ((500, 1), "POINTS_SHARE_TOO_LARGE"),
        ):
            with pytest.raises(PreconditionFailed) as caught:
                pay(*points)
            assert caught.value.reason == reason

    def test_the_steps_bind_each_tender_of_points(self) -> None:
        tender = PointsTender(1, 1, points_min=1, points_step=10)
        rule = replace(ONE_TO_ONE, points_tender=tender)
        wallet = build_wallet(build_lot(1, Asset.POINTS, 2000))
        tenders = (SaleTender("points", 5, 5), SaleTender("points", 15, 15))
        with pytest.raises(PreconditionFailed) as caught:
            decide(build_sale(20, tenders=tenders), wallet, rule)
        assert caught.value.reason == "POINTS_NOT_IN_STEPS"

    def test_a_hold_pays_with_the_lots_it_set_aside(self) -> None:
        soon, never = (
            build_lot(1, Asset.POINTS, 100, expiry_date=DAY),
            build_lot(2, Asset.POINTS, 100),
        )
        hold = Hold(
            "h", Asset.POINTS, (HeldLot(never.key, Asset.POINTS, 100),), NOW + timedelta(minutes=1)
        )
        wallet = build_wallet(soon, never, holds={"h": hold}, open_holds=1)
        held = build_sale(100, tenders=(SaleTender("points", 100, 100, "h"),))
        draft = decide(held, wallet)
        assert next(each.lot for each in draft.posting.transfers if each.lot) == never.key
        with pytest.raises(PreconditionFailed):  # without the hold only `soon` is free
            decide(build_sale(200, tenders=(SaleTender("points", 200, 200),)), wallet)
        late = replace(hold, expires_at=NOW)
        wallet.holds["h"] = late
        with pytest.raises(PreconditionFailed) as caught:
            decide(held, wallet)
        assert caught.value.reason == "HOLD_EXPIRED"

    def test_a_debt_takes_its_part_of_what_is_earned_first(self) -> None:
        draft = decide(build_sale(5000), build_wallet(debt_points=30))
        assert draft.points_earned == 50
        assert draft.posting.debt_change == -30
        assert [grant.amount for grant in draft.posting.grants] == [20]
        assert draft.receipt.points_change == 20
        assert draft.receipt.debt_points == 0
