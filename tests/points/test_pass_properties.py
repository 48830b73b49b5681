"""No sequence of selling, using, undoing and refunding passes makes or loses a fen."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from chassis.errors import DomainError
from services.points.domain.assets import Asset
from services.points.domain.passes.passes import PassDefinition, PassValidity
from tests.fixtures.passes import DAY, PassBooks, build_definition

DEFINITIONS = st.builds(
    build_definition,
    units=st.integers(1, 12),
    price_fen=st.integers(0, 40) | st.integers(0, 1_000_000),
    validity=st.sampled_from(PassValidity),
    validity_days=st.integers(0, 6),
    refund_fee_bp=st.just(0) | st.integers(0, 10_000),
    uses_per_day_max=st.integers(0, 3),
)


class PassMachine(RuleBasedStateMachine):
    """A member who tries everything with two kinds of pass."""

    sales: Bundle[str] = Bundle("sales")
    uses: Bundle[str] = Bundle("uses")

    def __init__(self) -> None:
        super().__init__()
        self.day = DAY
        self.sold_units = self.used_units = self.refunded_units = 0
        self.used_of: dict[str, int] = {}
        self.refunded: set[str] = set()

    @initialize(definitions=st.tuples(DEFINITIONS, DEFINITIONS))
    def open(self, definitions: tuple[PassDefinition, PassDefinition]) -> None:
        """Opens the books."""
        self.books = PassBooks(definitions)

    @rule(days=st.integers(1, 3))
    def sleep(self, days: int) -> None:
        """Days go by."""
        self.day += timedelta(days=days)

    @rule(target=sales, which=st.integers(0, 1), split=st.integers(0, 100))
    def sell(self, which: int, split: int) -> str:
        """Sells a pass for cash and money of the phone."""
        definition = self.books.definitions[which]
        cash = definition.price_fen * split // 100
        tenders = [("cash", cash), ("wechat_pay", definition.price_fen - cash)]
        sold = self.books.sell(
            definition, tenders=[each for each in tenders if each[1]], day=self.day
        )
        self.sold_units += definition.units
        return sold

    @rule(target=uses, which=st.integers(0, 1), units=st.integers(1, 15))
    def use(self, which: int, units: int) -> str:
        """Uses units, or is refused."""
        definition = self.books.definitions[which]
        try:
            bill, _ = self.books.use(units, definition=definition, day=self.day)
        except DomainError:
            return ""
        self.used_units += units
        self.used_of[bill] = units
        return bill

    @rule(bill=uses)
    def reverse(self, bill: str) -> None:
        """Undoes a use, or is refused: twice, after a refund, after the last day."""
        try:
            self.books.reverse(bill, day=self.day)
        except DomainError:
            return
        self.used_units -= self.used_of.pop(bill)

    @rule(sold=sales)
    def refund(self, sold: str) -> None:
        """Pays back the rest, or is refused: used up, after the last day, the second time."""
        left = self.books.left(sold)
        try:
            self.books.refund(sold, day=self.day)
        except DomainError:
            return
        assert sold not in self.refunded
        self.refunded.add(sold)
        self.refunded_units += left

    @invariant()
    def owes_what_the_units_are_worth(self) -> None:
        """The liability is that of the units left, and never negative."""
        if hasattr(self, "books"):
            assert self.books.balance("pass_liability") == self.books.owed_fen() >= 0

    @invariant()
    def nobody_gains(self) -> None:
        """What was paid and not paid back is turnover or owed; neither is negative."""
        if hasattr(self, "books"):
            paid = -self.books.balance("tender:cash") - self.books.balance("tender:wechat_pay")
            revenue = self.books.balance("revenue")
            assert revenue >= 0
            assert paid == revenue + self.books.balance("pass_liability")

    @invariant()
    def units_are_somewhere(self) -> None:
        """Units sold are left, used or refunded."""
        if hasattr(self, "books"):
            left = self.books.balance("wallet", Asset.PASS)
            assert left == self.sold_units - self.used_units - self.refunded_units
            assert left == sum(lot.remaining for lot in self.books.wallet().lots.values())

    def teardown(self) -> None:
        """Uses up all that is left: in the end nothing is owed, whatever happened before."""
        if not hasattr(self, "books"):
            return
        books = self.books
        for lot in list(books.wallet().lots.values()):
            if lot.remaining:
                books.wallet().lots[lot.key] = lot._replace(expiry_date=None)
        for number, definition in enumerate(books.definitions):
            left = sum(
                lot.remaining
                for lot in books.wallet().lots.values()
                if lot.pass_id == definition.pass_id
            )
            if left:
                books.use(left, definition=definition, day=self.day + timedelta(days=number + 1))
        assert books.balance("pass_liability") == 0
        assert books.balance("wallet", Asset.PASS) == 0


TestPassMachine = PassMachine.TestCase
TestPassMachine.settings = settings(max_examples=150, stateful_step_count=30)
