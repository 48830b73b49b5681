"""What holds for every return: any parts in any order end where the whole return ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.earning import (
    EarningProgramme,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
    Scope,
)
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot
from services.points.domain.programme import ClawbackPolicy, PointsTender, Programme
from services.points.domain.sales.sale import SaleLine, SaleTender
from services.points.domain.stored_value.stored_value import (
    CardType,
    SpendingOrder,
    StoredValueProgramme,
)
from services.points.domain.transfer import Transfer
from tests.fixtures.builders_returns import DAY, NEXT_DAY, SOLD_AT, Shop, build_lot, build_wallet

EXPIRIES = st.sampled_from([None, NEXT_DAY, DAY + timedelta(days=9), DAY + timedelta(days=90)])
ANY_POINTS = PointsTender(points=3, fen=7, points_min=1, points_step=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A shop after the sale, and the returns that take all of it back: (line, milli) at once."""

    shop: Shop
    parts: tuple[tuple[tuple[int, int], ...], ...]


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Rules of every sort that returns must undo."""
    rules = draw(
        st.sampled_from(
            [
                (),
                (
                    ProgrammeRule(
                        "double", Multiplier(20_000), scope=Scope(product_ids=frozenset({"p0"}))
                    ),
                    ProgrammeRule("gift", FixedBonus(points=7, minimum_fen=500)),
                ),
            ]
        )
    )
    return Programme(
        version=2,
        earning=EarningProgramme(
            version=2,
            fen_per_point=draw(st.sampled_from([1, 30, 100])),
            rounding=draw(st.sampled_from(list(Rounding))),
            rules=rules,
            pending_days=draw(st.sampled_from([0, 7])),
        ),
        points_tender=ANY_POINTS,
        clawback_policy=draw(st.sampled_from(list(ClawbackPolicy))),
        stored_value=StoredValueProgramme(
            card_types=(CardType("any", True, draw(st.sampled_from(list(SpendingOrder)))),),
        ),
    )


@st.composite
def lots(draw: st.DrawFn, name: str, asset: Asset) -> list[Lot]:
    """Up to three lots of an asset, from one unit to many."""
    amounts = draw(st.lists(st.one_of(st.integers(1, 9), st.integers(1, 4_000)), max_size=3))
    return [
        build_lot(
            f"{name}-{n}",
            asset,
            amount,
            expiry_date=draw(EXPIRIES),
            earned_at=SOLD_AT - timedelta(days=draw(st.integers(1, 3))),
        )
        for n, amount in enumerate(amounts)
    ]


@st.composite
def sale_lines(draw: st.DrawFn) -> list[SaleLine]:
    """Pieces and weights, full price to given away."""
    found = []
    for n in range(draw(st.integers(1, 4))):
        list_fen = draw(st.integers(0, 3_000))
        quantity = draw(st.one_of(st.integers(1, 7), st.sampled_from([1_000, 3_000, 754])))
        found.append(SaleLine(f"p{n}", quantity, list_fen, draw(st.integers(0, list_fen))))
    return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A sale with a mix of tenders, a member who may spend before it comes back, and the parts."""
    programme = draw(programmes())
    wallet = build_wallet(
        *draw(lots("points", Asset.POINTS)),
        *draw(lots("principal", Asset.PRINCIPAL)),
        *draw(lots("bonus", Asset.BONUS)),
        debt_points=draw(st.sampled_from([0, 0, 5])),
    )
    shop = Shop(wallet, programme)
    lines = draw(sale_lines())
    shop.sell(lines, draw(tenders(shop, sum(line.list_fen - line.discount_fen for line in lines))))
    for key, remaining in shop.remaining().items():
        shop.spend(key, draw(st.sampled_from([0, 0, remaining // 2, remaining - 1, remaining])))
    parts: list[tuple[int, int]] = []
    for number, line in enumerate(lines, start=1):
        left = line.quantity_milli
        while left:
            part = draw(st.integers(1, left))
            parts.append((number, part))
            left -= part
            if len(parts) > 12 and left:
                parts.append((number, left))
                break
    ordered = draw(st.permutations(parts))
    together: list[dict[int, int]] = [{}]
    for number, part in ordered:
        if together[-1] and draw(st.booleans()):
            together.append({})
        together[-1][number] = together[-1].get(number, 0) + part
    return Case(shop, tuple(tuple(group.items()) for group in together))


@st.composite
def tenders(draw: st.DrawFn, shop: Shop, total_fen: int) -> list[SaleTender]:
    """Points, stored value, card and cash, as far as the wallet goes."""
    found = []
    rest = total_fen
    most = min(shop.left(Asset.POINTS), rest * ANY_POINTS.points // ANY_POINTS.fen)
    points = draw(st.integers(0, most))
    if worth := points * ANY_POINTS.fen // ANY_POINTS.points:
        found.append(SaleTender("points", worth, points))
        rest -= worth
    stored = draw(st.integers(0, min(rest, shop.left(Asset.PRINCIPAL) + shop.left(Asset.BONUS))))
    if stored:
        found.append(SaleTender("stored_value", stored))
        rest -= stored
    if card := draw(st.integers(0, rest)):
        found.append(SaleTender("bank_card", card))
        rest -= card
    return [*found, SaleTender("cash", rest)] if rest else found


def state(shop: Shop) -> tuple[object, ...]:
    """All that a member and the books have: lots, caches, debt, what is carried, accounts."""
    return (
        shop.remaining(),
        {asset: shop.wallet.balance(asset) for asset in Asset},
        shop.wallet.debt_points,
        shop.wallet.carry,
        shop.accounts(),
    )


def transfers_of(shop: Shop, since: int) -> list[Transfer]:
    """What the returns moved."""
    return shop.transfers[since:]


def give_in_parts(shop: Shop, parts: Sequence[tuple[tuple[int, int], ...]]) -> Counter[str]:
    """Returns part by part; the money handed out by kind of tender."""
    refunds: Counter[str] = Counter()
    for lines in parts:
        refunds.update(dict(shop.give(*lines).receipt.refunds))
    return refunds


class TestAnyOrderOfReturns:
    @settings(max_examples=600)
    @given(cases())
    def test_ends_equal_to_the_whole_return(self, case: Case) -> None:
        whole, parts = case.shop.twin(), case.shop.twin()
        refunds = Counter(dict(whole.give().receipt.refunds))
        assert give_in_parts(parts, case.parts) == refunds
        assert state(parts) == state(whole)

    @settings(max_examples=150)
    @given(cases())
    def test_gives_back_exactly_what_the_sale_took(self, case: Case) -> None:
        shop = case.shop
        assert shop.sold is not None
        sources = shop.sold.allocation.sources
        sold = len(shop.transfers)
        refunds = give_in_parts(shop, case.parts)
        paid: Counter[str] = Counter()
        for source in sources:
            if source.asset is Asset.MONEY:
                paid[source.tender_kind] += source.amount_fen
        assert refunds == paid
        booked = shop.accounts(transfers_of(shop, sold))
        assert booked[Asset.MONEY, "revenue"] == -shop.sold.sale.total_fen
        for asset, account in (
            (Asset.PRINCIPAL, "principal_redeemed"),
            (Asset.BONUS, "bonus_redeemed"),
            (Asset.POINTS, "points_redeemed"),
        ):
            spent = sum(source.units for source in sources if source.asset is asset)
            assert booked[asset, account] == -spent

    @settings(max_examples=150)
    @given(cases())
    def test_leaves_the_member_with_no_more_than_before_the_sale(self, case: Case) -> None:
        """Points earned and spent meanwhile are owed, unless the programme forgives them."""
        shop = case.shop
        assert shop.sold is not None
        earned = shop.sold.allocation.earned
        assert earned is not None
        worth_before = shop.left(Asset.POINTS) - shop.wallet.debt_points
        spent = sum(s.units for s in shop.sold.allocation.sources if s.asset is Asset.POINTS)
        forgiven = -shop.accounts()[Asset.POINTS, "points_written_off"]
        give_in_parts(shop, case.parts)
        forgiven -= shop.accounts()[Asset.POINTS, "points_written_off"]
        worth = shop.left(Asset.POINTS) - shop.wallet.debt_points
        carry_back = shop.wallet.carry.numerator
        assert worth == worth_before + spent - earned.points + forgiven
        assert carry_back == 0

    @settings(max_examples=150)
    @given(cases())
    def test_keeps_every_lot_and_line_within_its_bounds(self, case: Case) -> None:
        shop = case.shop
        assert shop.sold is not None
        lines = shop.sold.sale.lines
        back = [0] * len(lines)
        for part in case.parts:
            draft = shop.give(*part)
            assert sum(line.amount_fen for line in draft.lines) == draft.total_fen
            for line in draft.lines:
                back[line.number - 1] += line.amount_fen
                assert sum(line.shares_fen) == line.amount_fen >= 0
                assert min(line.shares_fen, default=0) >= 0
            assert draft.clawed_back_points >= 0
            assert min(draft.given_back.values(), default=0) >= 0
        for lot in shop.wallet.lots.values():
            assert 0 <= lot.remaining <= lot.granted
        assert back == [line.list_fen - line.discount_fen for line in lines]
        assert all(sum(amounts.values()) == 0 for amounts in _by_asset(shop).values())


def _by_asset(shop: Shop) -> dict[Asset, dict[str, int]]:
    found: dict[Asset, dict[str, int]] = {}
    for (asset, account), amount in shop.accounts().items():
        found.setdefault(asset, {})[account] = amount
    return found
