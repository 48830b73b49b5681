"""The quote: amounts, points, trace, and a reason for every basket it cannot price."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.basket import Basket, BasketLine, Bundle, Outcome, bundle_digest
from pricing.earning import BASE_RULE, EarningRule
from pricing.engine import LINES_MAX, PRICE_FEN_MAX, QUANTITY_MILLI_MAX, line_list_fen, quote
from pricing.errors import PricingError

PRICES: dict[str, int | None] = {
    "milk": 650,
    "pork": 3980,
    "bag": 0,
    "unpriced": None,
    "car": PRICE_FEN_MAX,
    "broken": -1,
}
BUNDLE = Bundle(revision=7, digest=bundle_digest(PRICES, BASE_RULE), prices_fen=PRICES)


def build_basket(*lines: tuple[str, int]) -> Basket:
    """A basket of (product, quantity_milli)."""
    return Basket(tuple(BasketLine(product, quantity) for product, quantity in lines))


def reason_of(basket: Basket) -> str:
    """The reason for which a basket is refused."""
    with pytest.raises(PricingError) as refused:
        quote(basket, BUNDLE)
    assert refused.value.reason in str(refused.value)
    return refused.value.reason


class TestQuote:
    def test_prices_pieces_and_weights(self) -> None:
        answer = quote(build_basket(("milk", 2000), ("pork", 754), ("bag", 1000)), BUNDLE)
        assert [line.list_fen for line in answer.lines] == [1300, 3001, 0]
        assert [line.discount_fen for line in answer.lines] == [0, 0, 0]
        assert answer.total_fen == 4301
        assert answer.points_earned == 43
        assert answer.earning_rule_version == "base@1"
        assert (answer.bundle_revision, answer.bundle_digest) == (7, BUNDLE.digest)

    def test_tells_how_a_line_came_to_its_amount(self) -> None:
        (line,) = quote(build_basket(("milk", 2000)), BUNDLE).lines
        (step,) = line.trace
        assert (step.rule, step.outcome, step.change_fen) == ("list_price", Outcome.APPLIED, 1300)
        assert "650" in step.detail
        assert "2000" in step.detail

    def test_keeps_a_product_on_two_lines_apart(self) -> None:
        answer = quote(build_basket(("milk", 1000), ("milk", 1000)), BUNDLE)
        assert len(answer.lines) == 2

    def test_rounds_points_once_per_sale(self) -> None:
        bundle = Bundle(1, "x", {"candy": 60}, EarningRule("base@1", 100))
        assert quote(build_basket(("candy", 1000), ("candy", 1000)), bundle).points_earned == 1

    def test_refuses_an_empty_basket(self) -> None:
        assert reason_of(Basket(())) == "EMPTY_BASKET"

    def test_refuses_an_unknown_product(self) -> None:
        assert reason_of(build_basket(("milk", 1000), ("nothing", 1000))) == "UNKNOWN_PRODUCT"

    def test_refuses_a_product_without_a_price(self) -> None:
        assert reason_of(build_basket(("unpriced", 1000))) == "NO_PRICE"

    def test_refuses_a_broken_price(self) -> None:
        assert reason_of(build_basket(("broken", 1000))) == "INVALID_PRICE"

    @pytest.mark.parametrize("quantity", [0, -1, QUANTITY_MILLI_MAX + 1, 2**63])
    def test_refuses_an_absurd_quantity(self, quantity: int) -> None:
        assert reason_of(build_basket(("milk", quantity))) == "INVALID_QUANTITY"

    def test_refuses_too_many_lines(self) -> None:
        assert reason_of(build_basket(*[("milk", 1)] * (LINES_MAX + 1))) == "BASKET_TOO_LARGE"
        assert len(quote(build_basket(*[("milk", 1)] * LINES_MAX), BUNDLE).lines) == LINES_MAX

    def test_refuses_a_total_beyond_reason(self) -> None:
        assert reason_of(build_basket(("car", 10_000_001))) == "TOTAL_TOO_LARGE"
        assert quote(build_basket(("car", 10_000_000)), BUNDLE).total_fen == 10**12

    @given(
        st.lists(
            st.tuples(st.sampled_from(["milk", "pork", "bag"]), st.integers(1, 10_000_000)),
            min_size=1,
            max_size=30,
        )
    )
    def test_adds_up_for_any_basket(self, lines: list[tuple[str, int]]) -> None:
        answer = quote(build_basket(*lines), BUNDLE)
        assert answer == quote(build_basket(*lines), BUNDLE)
        assert answer.total_fen == sum(line.net_fen for line in answer.lines)
        assert answer.points_earned == answer.total_fen // 100
        for line in answer.lines:
            assert 0 <= line.discount_fen <= line.list_fen
            assert sum(step.change_fen for step in line.trace) == line.net_fen


class TestLineListFen:
    @pytest.mark.parametrize(
        ("price_fen", "quantity_milli", "fen"),
        [(1, 500, 0), (3, 500, 2), (5, 500, 2), (1, 501, 1), (999, 1, 1), (0, 999, 0)],
    )
    def test_rounds_half_to_even(self, price_fen: int, quantity_milli: int, fen: int) -> None:
        assert line_list_fen(price_fen, quantity_milli) == fen

    @given(st.integers(0, PRICE_FEN_MAX), st.integers(1, QUANTITY_MILLI_MAX))
    def test_agrees_with_decimal_arithmetic(self, price_fen: int, quantity_milli: int) -> None:
        exact = Decimal(price_fen) * quantity_milli / 1000
        assert line_list_fen(price_fen, quantity_milli) == int(
            exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        )


class TestBundleDigest:
    def test_depends_on_content_and_not_on_order(self) -> None:
        assert bundle_digest({"a": 1, "b": 2}, BASE_RULE) == bundle_digest(
            {"b": 2, "a": 1}, BASE_RULE
        )
        digests = {
            bundle_digest({"a": 1}, BASE_RULE),
            bundle_digest({"a": 2}, BASE_RULE),
            bundle_digest({"a": None}, BASE_RULE),
            bundle_digest({"b": 1}, BASE_RULE),
            bundle_digest({"a": 1}, EarningRule("base@2", 50)),
        }
        assert len(digests) == 5
