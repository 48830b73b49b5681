"""Nobody gains by any sequence of topping up, spending, returning, moving and cashing out."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import PreconditionFailed
from services.points.domain.assets import Asset, BillKind
from services.points.domain.lot import has_expired
from services.points.domain.stored_value.stored_value import SpendingOrder
from tests.fixtures.stored_value_chain import MEMBERS, Chain

chains = st.builds(
    Chain,
    order=st.sampled_from(SpendingOrder),
    bonus_bp=st.sampled_from([0, 1, 999, 3_333, 10_000]),
    bonus_days=st.sampled_from([1, 5, 90]),
    grace_days=st.sampled_from([0, 3]),
    named=st.booleans(),
)
amounts = st.sampled_from([1, 7, 99, 300, 9_999, 30_000])
days_off = st.integers(-2, 2)
# Parts of a kilogram: whatever of them has come back, with all of them the rest does.
BITS = (1000, 500, 250, 125)
steps = st.one_of(
    st.tuples(st.just("top_up"), st.sampled_from(MEMBERS), amounts, days_off),
    st.tuples(st.just("buy"), st.sampled_from(MEMBERS), amounts, days_off),
    st.tuples(st.just("give_back"), st.integers(0, 9), st.sampled_from([1, 333, 1000]), days_off),
    st.tuples(st.just("cash_out"), st.sampled_from(MEMBERS), amounts, days_off),
    st.tuples(st.just("reverse"), st.sampled_from([0, 0, 0, 1, 2, 5])),
    st.tuples(st.just("transfer"), st.sampled_from(MEMBERS)),
    st.tuples(st.just("expire"), st.sampled_from(MEMBERS)),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 100, 1_200])),
)


def walk(chain: Chain, step: tuple[object, ...], *, same_batch: bool) -> bool:
    """Takes a step; False when it was refused, and then nothing may have changed."""
    name, *arguments = step
    if name == "wait":
        chain.today += timedelta(days=arguments[0])  # type: ignore[arg-type]
        return True
    if (name == "give_back" and not chain.sales) or (name == "reverse" and not chain.top_ups):
        return False
    try:
        drafts = getattr(chain, str(name))(*arguments)
    except PreconditionFailed:
        return False
    chain.post(drafts, same_batch=same_batch)
    return True


class TestNoFreeMoney:
    @settings(max_examples=1_000)
    @given(chain=chains, path=st.lists(st.tuples(steps, st.booleans()), min_size=8, max_size=30))
    def test_whatever_is_done_in_whatever_order(
        self, chain: Chain, path: list[tuple[tuple[object, ...], bool]]
    ) -> None:
        for step, same_batch in path:
            walk(chain, step, same_batch=same_batch)
            chain.check()
        chain.leave()

    @given(
        bonus_bp=st.integers(100, 10_000),
        bought=st.lists(st.integers(1, 5_00), max_size=4),
        parts=st.lists(st.integers(1, 200_00), max_size=4),
        transfer=st.booleans(),
    )
    def test_spending_the_bonus_and_leaving_gains_and_loses_nothing(
        self, bonus_bp: int, bought: list[int], parts: list[int], transfer: bool
    ) -> None:
        chain = Chain(SpendingOrder.BONUS_FIRST, bonus_bp, 90, 3, named=True)
        member = MEMBERS[0]
        assert walk(chain, ("top_up", member, 500_00, 0), same_batch=False)
        for amount in bought:
            if amount <= chain.left(member, Asset.BONUS):
                assert walk(chain, ("buy", member, amount, 0), same_batch=True)
        if transfer:
            assert walk(chain, ("transfer", member), same_batch=False)
            member = MEMBERS[1]
        for part in parts:
            walk(chain, ("cash_out", member, part, 0), same_batch=True)
        chain.leave()
        assert chain.left(member, Asset.PRINCIPAL) == chain.left(member, Asset.BONUS) == 0
        assert chain.paid_out + chain.goods == chain.paid_in

    @given(chain=chains, amount=amounts, bought=amounts, off=days_off, returned=st.booleans())
    def test_a_top_up_is_reversed_only_while_all_of_it_is_there(
        self, chain: Chain, amount: int, bought: int, off: int, returned: bool
    ) -> None:
        member = MEMBERS[0]
        assert walk(chain, ("top_up", member, amount, 0), same_batch=False)
        bought_something = walk(chain, ("buy", member, bought, off), same_batch=False)
        everything_back = not bought_something
        if bought_something and returned:
            assert walk(chain, ("give_back", 0, 1000, off), same_batch=False)
            (record,) = chain.books.top_ups.values()
            left = chain.wallets[member].lots
            everything_back = (
                left[record.principal].remaining == record.principal_granted_fen
                and chain.left(member, Asset.BONUS) == record.bonus_granted_fen
                and all(key.bill_id == record.bill_id for key in left)
            )
        assert walk(chain, ("reverse", 0), same_batch=False) is everything_back
        chain.check()

    @settings(max_examples=300)
    @given(
        order=st.sampled_from(SpendingOrder),
        bonus_bp=st.sampled_from([1, 999, 3_333, 10_000]),
        bought=st.lists(st.integers(1, 20_000), min_size=1, max_size=4),
        lapsed=st.sampled_from(["no", "yes", "booked"]),
        path=st.lists(
            st.one_of(
                st.tuples(st.just("give_back"), st.integers(0, 9), st.sampled_from(BITS)),
                st.tuples(st.just("cash_out"), st.just(MEMBERS[0]), st.integers(1, 20_000)),
            ),
            max_size=12,
        ),
        same_batch=st.booleans(),
    )
    def test_bringing_all_goods_back_and_leaving_loses_nothing_in_any_order(
        self,
        order: SpendingOrder,
        bonus_bp: int,
        bought: list[int],
        lapsed: str,
        path: list[tuple[object, ...]],
        same_batch: bool,
    ) -> None:
        chain = Chain(order, bonus_bp, 5, 30, named=True)
        member = MEMBERS[0]
        assert walk(chain, ("top_up", member, 300_00, 0), same_batch=False)
        for amount in bought:
            walk(chain, ("buy", member, amount, 0), same_batch=False)
        if lapsed != "no":
            walk(chain, ("wait", 10), same_batch=False)
        if lapsed == "booked":
            walk(chain, ("expire", member), same_batch=False)
        back = [("give_back", n, milli) for n in range(len(bought)) for milli in BITS]
        for step in (*path, *back):
            walk(chain, (*step, 0), same_batch=same_batch)
        assert chain.goods == 0
        chain.leave()
        # The money or the bonus that money was kept for; what had lapsed is nobody's.
        spendable = sum(
            lot.remaining
            for lot in chain.wallets[member].lots.values()
            if not has_expired(lot, chain.today)
        )
        assert chain.paid_out + spendable == chain.paid_in

    def test_takes_every_kind_of_step(self) -> None:
        chain = Chain(SpendingOrder.BONUS_FIRST, 1_000, 90, 3, named=True)
        member, other = MEMBERS
        for step in (
            ("top_up", member, 500_00, 0),
            ("buy", member, 60_00, 0),
            ("give_back", 0, 333, 0),
            ("transfer", member),
            ("cash_out", other, 100_00, 0),
            ("top_up", member, 200_00, 0),
            ("reverse", 0),
            ("wait", 100),
            ("expire", other),
        ):
            assert walk(chain, step, same_batch=False), step
            chain.check()
        kinds = {BillKind.TOP_UP, BillKind.SALE}
        assert {record.kind for record in chain.books.top_ups.values()} <= kinds
