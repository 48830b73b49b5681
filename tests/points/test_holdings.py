"""What a wallet holds by kind of value: services/points/domain/holdings.py."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.holdings import Holding, holdings_of
from services.points.domain.holds.hold import HeldLot, Hold
from services.points.domain.lot import Lot
from services.points.domain.wallet import Wallet

DAY = date(2026, 5, 10)
NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)
STORE = new_id()
# Days to the last day (None: never), hours until it can be spent, what is left, what is on hold.
LOTS = st.lists(
    st.tuples(
        st.none() | st.integers(-3, 9), st.integers(-2, 2), st.integers(0, 50), st.integers(0, 50)
    ),
    max_size=8,
)


def lot(days: int | None, hours: int, remaining: int, asset: Asset = Asset.POINTS) -> Lot:
    expiry_date = None if days is None else DAY + timedelta(days=days)
    available_at = NOW + timedelta(hours=hours)
    return Lot(
        *(new_id(), 0, asset, None, 100, remaining, 0, "base@1", STORE, NOW, available_at),
        expiry_date,
    )


def wallet_of(*lots: Lot, held: dict[int, int] | None = None) -> Wallet:
    """A wallet; `held` says how much of the lot at a place an open hold sets aside."""
    parts = tuple(
        HeldLot(lots[place].key, lots[place].asset, amount)
        for place, amount in (held or {}).items()
        if amount
    )
    hold = Hold(new_id(), Asset.POINTS, parts, NOW + timedelta(seconds=1))
    return Wallet(
        new_id(),
        lots={each.key: each for each in lots},
        holds={hold.hold_id: hold} if parts else {},
        lots_loaded=True,
    )


def holdings(wallet: Wallet, within_days: int = 3) -> list[Holding]:
    return holdings_of(wallet, business_date=DAY, now=NOW, within_days=within_days)


class TestHoldingsOf:
    def test_tells_apart_what_is_free_pending_held_expired_and_expiring(self) -> None:
        wallet = wallet_of(
            lot(None, -1, 1), lot(3, 1, 20), lot(4, -1, 300), lot(-1, -1, 4_000), held={2: 50}
        )
        assert holdings(wallet) == [
            Holding(
                Asset.POINTS,
                None,
                free=1 + 250,
                pending=20,
                held=50,
                expired=4_000,
                expiring=20,
                next_expiry_date=DAY + timedelta(days=3),
                lot_count=4,
            )
        ]

    def test_the_last_day_itself_has_not_expired(self) -> None:
        (found,) = holdings(wallet_of(lot(0, -1, 5)), within_days=0)
        assert (found.free, found.expired, found.expiring) == (5, 0, 5)

    def test_keeps_kinds_apart_in_order_and_leaves_empty_ones_out(self) -> None:
        wallet = wallet_of(
            lot(None, 0, 5, Asset.BONUS), lot(None, 0, 6), lot(None, 0, 0, Asset.PRINCIPAL)
        )
        assert [(each.asset, each.free) for each in holdings(wallet)] == [
            (Asset.POINTS, 6),
            (Asset.BONUS, 5),
        ]

    @given(LOTS, st.integers(0, 9))
    def test_the_parts_add_up_to_what_is_left(
        self, parts: list[tuple[int | None, int, int, int]], within_days: int
    ) -> None:
        lots = [lot(days, hours, left) for days, hours, left, _ in parts]
        held = {place: min(part[2], part[3]) for place, part in enumerate(parts)}
        found = holdings(wallet_of(*lots, held=held), within_days)
        left = sum(part[2] for part in parts)
        assert sum(e.free + e.pending + e.held + e.expired for e in found) == left
        assert sum(each.held for each in found) == sum(held.values())
        assert sum(each.lot_count for each in found) == sum(part[2] > 0 for part in parts)
        assert sum(each.expiring for each in found) == sum(
            part[2] for part in parts if part[0] is not None and 0 <= part[0] <= within_days
        )
