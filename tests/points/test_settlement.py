"""Sharing value between stores: services/points/domain/settlement.py."""

from hypothesis import given
from hypothesis import strategies as st

from services.points.domain.assets import Asset
from services.points.domain.draft import Source
from services.points.domain.lot import LotKey
from services.points.domain.settlement import (
    Cell,
    LotPart,
    Position,
    Redeemed,
    SharedBill,
    positions_of,
    settle,
)

STORES = ("a", "b", "c", "d")
ROWS = st.lists(
    st.builds(
        Redeemed,
        st.sampled_from(STORES),
        st.sampled_from(STORES),
        st.sampled_from(list(Asset)[1:]),
        st.booleans(),
        st.integers(1, 10**9),
        st.integers(0, 10**9),
    ),
    max_size=20,
)


def shared(
    units: dict[str, int],
    amount_fen: int,
    *,
    spent: bool = True,
    told: dict[str, int] | None = None,
) -> SharedBill:
    """One bill of store d that took points of several stores; `told` says what each was worth."""
    return SharedBill(
        "d",
        Asset.POINTS,
        spent,
        amount_fen,
        tuple(LotPart(LotKey(seller, 0), seller, count) for seller, count in units.items()),
        tuple(
            Source("points", fen, Asset.POINTS, units[seller], LotKey(seller, 0))
            for seller, fen in (told or {}).items()
        ),
    )


class TestSettle:
    def test_shares_the_money_of_a_bill_as_the_bill_says(self) -> None:
        assert settle([], [shared({"b": 200, "a": 100}, 100, told={"b": 66, "a": 34})]) == [
            Cell("d", "a", Asset.POINTS, 100, 34),
            Cell("d", "b", Asset.POINTS, 200, 66),
        ]

    def test_shares_by_the_units_what_the_bill_does_not_say(self) -> None:
        assert settle([], [shared({"b": 200, "a": 100}, 100)]) == [
            Cell("d", "a", Asset.POINTS, 100, 33),
            Cell("d", "b", Asset.POINTS, 200, 67),
        ]

    def test_takes_what_came_back_off_and_forgets_what_came_to_nothing(self) -> None:
        taken = shared({"a": 100, "b": 100}, 100)
        assert settle([], [taken, shared({"a": 50, "b": 50}, 50, spent=False)]) == [
            Cell("d", "a", Asset.POINTS, 50, 25),
            Cell("d", "b", Asset.POINTS, 50, 25),
        ]
        assert settle([], [taken, shared({"a": 100, "b": 100}, 100, spent=False)]) == []

    def test_gifts_have_units_and_no_money(self) -> None:
        row = Redeemed("d", "a", Asset.POINTS, True, 500, 0)
        assert settle([row], []) == [Cell("d", "a", Asset.POINTS, 500, 0)]

    @given(
        st.dictionaries(st.sampled_from(STORES), st.integers(1, 10**9), min_size=1),
        st.integers(0, 10**9),
    )
    def test_no_fen_is_lost_when_it_is_shared(self, units: dict[str, int], money: int) -> None:
        cells = settle([], [shared(units, money)])
        assert sum(cell.amount_fen for cell in cells) == money
        assert {cell.seller: cell.units for cell in cells} == units
        assert all(cell.amount_fen >= 0 for cell in cells)


class TestPositionsOf:
    def test_what_a_store_redeemed_of_its_own_is_nobodys_business(self) -> None:
        assert positions_of([Cell("a", "a", Asset.BONUS, 5, 5)]) == []

    def test_one_is_owed_what_the_other_owes(self) -> None:
        assert positions_of([Cell("a", "b", Asset.BONUS, 5, 5)]) == [
            Position("a", Asset.BONUS, 5, 0),
            Position("b", Asset.BONUS, 0, 5),
        ]

    @given(ROWS)
    def test_add_up_to_nothing(self, rows: list[Redeemed]) -> None:
        positions = positions_of(settle(rows, []))
        assert sum(each.owed_fen - each.owing_fen for each in positions) == 0
        for asset in Asset:
            own = [each for each in positions if each.asset is asset]
            assert sum(each.owed_fen for each in own) == sum(each.owing_fen for each in own)
