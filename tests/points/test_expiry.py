"""Deciding what of a wallet has expired: services/points/domain/expiry.py."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import PreconditionFailed, Unavailable
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.expiry import LOTS_MAX, decide_expiry, expiry_header
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import Lot, LotKey
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet
from tests.fixtures.builders_value import PASS, PROGRAMMES

DAY = date(2026, 5, 10)
NOW = datetime(2026, 5, 12, 3, tzinfo=UTC)
MEMBER, STORE = new_id(), new_id()


def lot(
    remaining: int,
    expiry_date: date | None,
    asset: Asset = Asset.POINTS,
    rule_version: str = "base@1",
) -> Lot:
    is_pass = asset is Asset.PASS
    return Lot(
        new_id(),
        0,
        asset,
        PASS.pass_id if is_pass else None,
        remaining + 5,
        remaining,
        0,
        PASS.rule_version if is_pass and rule_version == "base@1" else rule_version,
        STORE,
        NOW - timedelta(days=90),
        NOW - timedelta(days=90),
        expiry_date,
    )


def books_of(*lots: Lot, holds: tuple[Hold, ...] = (), frozen: str | None = None) -> Books:
    wallet = Wallet(
        MEMBER,
        lots={each.key: each for each in lots},
        holds={hold.hold_id: hold for hold in holds},
        lots_loaded=True,
        frozen_reason=frozen,
    )
    for each in lots:
        wallet.balances[each.asset] = wallet.balance(each.asset) + each.remaining
    return Books(PROGRAMMES, NOW, {MEMBER: wallet})


def decide(books: Books) -> Draft:
    (draft,) = decide_expiry(books, expiry_header(MEMBER, STORE, DAY + timedelta(days=2)), DAY)
    return draft


def hold(key: LotKey, asset: Asset, amount: int, until: datetime) -> Hold:
    return Hold(new_id(), asset, (HeldLot(key, asset, amount),), until)


class TestDecideExpiry:
    def test_books_what_is_left_after_the_last_day(self) -> None:
        gone = lot(30, DAY - timedelta(days=1))
        kept = lot(40, DAY)
        draft = decide(books_of(gone, kept, lot(50, None)))
        assert draft.posting.transfers == [
            Transfer(Asset.POINTS, "wallet", "points_expired", 30, gone.key)
        ]
        changed = draft.posting.lots[gone.key]
        assert (changed.remaining, changed.expired) == (0, 30)
        assert (draft.receipt.points, draft.receipt.points_change) == (90, -30)

    def test_books_bonus_without_money(self) -> None:
        gone = lot(700, DAY - timedelta(days=3), Asset.BONUS)
        draft = decide(books_of(gone))
        assert draft.posting.transfers == [
            Transfer(Asset.BONUS, "wallet", "bonus_expired", 700, gone.key)
        ]

    def test_a_pass_becomes_what_was_still_owed_on_it(self) -> None:
        gone = lot(3, DAY - timedelta(days=1), Asset.PASS)
        transfers = decide(books_of(gone)).posting.transfers
        assert transfers == [
            Transfer(Asset.PASS, "wallet", "pass_expired", 3, gone.key, PASS.pass_id),
            # 99.99 * 3 / 10, rounded up as what is owed always is.
            Transfer(Asset.MONEY, "pass_liability", "breakage", 3_000),
        ]

    def test_leaves_principal_alone(self) -> None:
        with pytest.raises(PreconditionFailed, match="NOTHING_EXPIRED"):
            decide(books_of(lot(900, DAY - timedelta(days=900), Asset.PRINCIPAL)))

    def test_leaves_what_an_open_hold_sets_aside(self) -> None:
        gone = lot(30, DAY - timedelta(days=1))
        held = hold(gone.key, Asset.POINTS, 12, NOW + timedelta(seconds=1))
        assert decide(books_of(gone, holds=(held,))).posting.transfers[0].amount == 18

    def test_books_what_a_hold_set_aside_that_timed_out(self) -> None:
        gone = lot(30, DAY - timedelta(days=1))
        held = hold(gone.key, Asset.POINTS, 12, NOW)
        assert decide(books_of(gone, holds=(held,))).posting.transfers[0].amount == 30

    def test_has_nothing_to_book_of_a_lot_that_is_all_on_hold(self) -> None:
        gone = lot(30, DAY - timedelta(days=1))
        held = hold(gone.key, Asset.POINTS, 30, NOW + timedelta(seconds=1))
        with pytest.raises(PreconditionFailed, match="NOTHING_EXPIRED"):
            decide(books_of(gone, holds=(held,)))

    def test_leaves_a_frozen_wallet_alone(self) -> None:
        with pytest.raises(PreconditionFailed, match="WALLET_FROZEN"):
            decide(books_of(lot(30, DAY - timedelta(days=1)), frozen="dispute"))

    @pytest.mark.parametrize("version", [f"{PASS.pass_id}@7", "nameless", ""])
    def test_waits_for_a_programme_that_is_not_read_yet(self, version: str) -> None:
        books = books_of(lot(3, DAY - timedelta(days=1), Asset.PASS, version))
        with pytest.raises(Unavailable, match="PROGRAMME_NOT_READ"):
            decide(books)

    def test_books_as_many_lots_as_fit_on_a_bill_the_oldest_first(self) -> None:
        lots = [lot(1, DAY - timedelta(days=1 + n)) for n in range(LOTS_MAX + 3)]
        booked = {each.lot for each in decide(books_of(*lots)).posting.transfers}
        assert booked == {each.key for each in lots[3:]}

    def test_the_bill_of_a_day_has_one_id(self) -> None:
        first, again = (expiry_header(MEMBER, store, DAY) for store in (STORE, new_id()))
        assert first.bill_id == again.bill_id
        others = [expiry_header(MEMBER, STORE, DAY + timedelta(days=1))]
        others.append(expiry_header(new_id(), STORE, DAY))
        assert len({first.bill_id, *(each.bill_id for each in others)}) == 3

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS, Asset.PASS]),
                st.integers(1, 10),
                st.integers(-3, 3),
                st.integers(0, 10),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_never_touches_what_can_be_used_and_is_owed_on_no_pass_after(
        self, parts: list[tuple[Asset, int, int, int]]
    ) -> None:
        lots = [lot(left, DAY + timedelta(days=days), asset) for asset, left, days, _ in parts]
        holds = tuple(
            hold(each.key, each.asset, min(held, each.remaining), NOW + timedelta(seconds=1))
            for each, (_, _, _, held) in zip(lots, parts, strict=True)
            if held
        )
        due = {
            each.key: each.remaining - min(held, each.remaining)
            for each, (asset, _, days, held) in zip(lots, parts, strict=True)
            if days < 0 and asset is not Asset.PRINCIPAL
        }
        books = books_of(*lots, holds=holds)
        if not any(due.values()):
            with pytest.raises(PreconditionFailed, match="NOTHING_EXPIRED"):
                decide(books)
            return
        posting = decide(books).posting
        moved = {each.lot: each.amount for each in posting.transfers if each.lot}
        assert moved == {key: amount for key, amount in due.items() if amount}
        money = sum(each.amount for each in posting.transfers if each.asset is Asset.MONEY)
        assert money == sum(
            PASS.owed_fen(each.remaining) - PASS.owed_fen(each.remaining - due.get(each.key, 0))
            for each in lots
            if each.asset is Asset.PASS
        )
