"""The rules that make a sale acceptable: services/points/domain/sales/sale.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.sales.sale import (
    COUPONS_MAX,
    DISCOUNTS_MAX,
    LINES_MAX,
    QUANTITY_MILLI_MAX,
    LineDiscount,
    Sale,
    SaleLine,
    SaleTender,
    check_sale,
)

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
KINDS = frozenset({"cash", "wechat_pay"})
LINE = SaleLine("p", 1000, 1250, 50)


def paid(**fen: int) -> tuple[SaleTender, ...]:
    """Tenders by kind."""
    return tuple(SaleTender(kind, amount_fen) for kind, amount_fen in fen.items())


SALE = Sale(
    sale_id="s",
    member_id="m",
    store_id="t",
    business_date=date(2026, 5, 1),
    sold_at=datetime(2026, 5, 1, 10, tzinfo=UTC),
    lines=(LINE, LINE),
    tenders=paid(cash=2400),
    total_fen=2400,
)


def with_line(**changes: Any) -> Sale:
    """The sale with its first line changed and all sums left as they were."""
    return replace(SALE, lines=(LINE._replace(**changes), LINE))


def with_discounts(*parts: tuple[str, int], discount_fen: int = 50) -> Sale:
    """The sale whose first line says what made up its discount."""
    discounts = tuple(LineDiscount(source, fen) for source, fen in parts)
    line = LINE._replace(discount_fen=discount_fen, discounts=discounts)
    return replace(SALE, lines=(line, LINE))


class TestCheckSale:
    def test_accepts_a_sale_that_adds_up(self) -> None:
        check_sale(SALE, KINDS, NOW)

    def test_accepts_mixed_tenders(self) -> None:
        check_sale(replace(SALE, tenders=paid(cash=1400, wechat_pay=1000)), KINDS, NOW)

    def test_accepts_a_free_sale_without_tenders(self) -> None:
        free = LINE._replace(discount_fen=1250)
        check_sale(replace(SALE, lines=(free,), tenders=(), total_fen=0), KINDS, NOW)

    def test_accepts_discounts_that_add_up(self) -> None:
        check_sale(with_discounts(("promotion:a", 20), ("c" * 128, 30)), KINDS, NOW)
        check_sale(with_discounts(*[("p", 1)] * DISCOUNTS_MAX), KINDS, NOW)

    def test_accepts_as_many_coupons_as_may_be(self) -> None:
        names = tuple(map(str, range(COUPONS_MAX)))
        check_sale(replace(SALE, coupon_ids=names), KINDS, NOW)

    @pytest.mark.parametrize(
        ("sale", "reason"),
        [
            (with_discounts(("p", 49)), "INVALID_DISCOUNT"),
            (with_discounts(("p", 50), ("q", 1)), "INVALID_DISCOUNT"),
            (with_discounts(("p", 50), ("q", 0)), "INVALID_DISCOUNT"),
            (with_discounts(("p", 51), ("q", -1)), "INVALID_DISCOUNT"),
            (with_discounts(("p", 2**63 - 1), ("q", -(2**63) + 51)), "INVALID_DISCOUNT"),
            (with_discounts(("", 50)), "INVALID_DISCOUNT"),
            (with_discounts(*[("p", 1)] * 51, discount_fen=51), "TOO_MANY_DISCOUNTS"),
            (replace(SALE, coupon_ids=("a", "b", "a")), "DUPLICATE_COUPON"),
            (replace(SALE, coupon_ids=tuple(map(str, range(21)))), "TOO_MANY_COUPONS"),
            (replace(SALE, lines=()), "EMPTY_BASKET"),
            (replace(SALE, lines=(LINE,) * (LINES_MAX + 1)), "TOO_MANY_LINES"),
            (with_line(quantity_milli=0), "INVALID_QUANTITY"),
            (with_line(quantity_milli=-1000), "INVALID_QUANTITY"),
            (with_line(quantity_milli=QUANTITY_MILLI_MAX + 1), "INVALID_QUANTITY"),
            (with_line(list_fen=-1), "INVALID_AMOUNT"),
            (with_line(list_fen=AMOUNT_FEN_MAX + 1), "INVALID_AMOUNT"),
            (with_line(list_fen=2**63 - 1), "INVALID_AMOUNT"),
            (with_line(discount_fen=-1), "INVALID_DISCOUNT"),
            (with_line(discount_fen=1251), "INVALID_DISCOUNT"),
            (replace(SALE, total_fen=-1), "INVALID_AMOUNT"),
            (replace(SALE, total_fen=2**63 - 1), "INVALID_AMOUNT"),
            (replace(SALE, total_fen=2401), "TOTAL_DOES_NOT_ADD_UP"),
            (replace(SALE, tenders=()), "TENDERS_DO_NOT_ADD_UP"),
            (replace(SALE, tenders=paid(cash=2399)), "TENDERS_DO_NOT_ADD_UP"),
            (replace(SALE, tenders=paid(cash=2500, wechat_pay=-100)), "INVALID_AMOUNT"),
            (replace(SALE, tenders=paid(cash=2400, wechat_pay=0)), "INVALID_AMOUNT"),
            (replace(SALE, tenders=paid(seashells=2400)), "UNKNOWN_TENDER"),
            (replace(SALE, sold_at=NOW + timedelta(minutes=6)), "INVALID_TIME"),
            (replace(SALE, sold_at=datetime(1999, 12, 31, tzinfo=UTC)), "INVALID_TIME"),
            (replace(SALE, business_date=date(2026, 5, 4)), "INVALID_BUSINESS_DATE"),
            (replace(SALE, business_date=date(2026, 4, 28)), "INVALID_BUSINESS_DATE"),
        ],
    )
    def test_refuses_with_a_reason(self, sale: Sale, reason: str) -> None:
        with pytest.raises(Invalid) as caught:
            check_sale(sale, KINDS, NOW)
        assert caught.value.reason == reason

    @pytest.mark.parametrize(
        ("day", "accepted"),
        [(28, False), (29, True), (30, True), (1, True), (2, True), (3, True), (4, False)],
    )
    def test_compares_the_day_with_that_of_china(self, day: int, accepted: bool) -> None:
        """Sold at one in the morning of 1 May there, when it is still April in UTC."""
        sold_at = datetime(2026, 4, 30, 17, tzinfo=UTC)
        sale = replace(SALE, sold_at=sold_at, business_date=date(2026, 4 if day > 27 else 5, day))
        if accepted:
            check_sale(sale, KINDS, NOW)
            return
        with pytest.raises(Invalid, match="INVALID_BUSINESS_DATE"):
            check_sale(sale, KINDS, NOW)

    def test_accepts_a_day_that_ends_after_midnight(self) -> None:
        late = datetime(2026, 5, 2, 1, tzinfo=UTC)
        check_sale(replace(SALE, sold_at=late), KINDS, NOW)

    @given(
        parts=st.lists(st.integers(-2, 20), min_size=1, max_size=DISCOUNTS_MAX),
        wrong_by=st.integers(-2, 2),
    )
    def test_accepts_exactly_the_discounts_that_add_up(
        self, parts: list[int], wrong_by: int
    ) -> None:
        discount_fen = sum(parts) + wrong_by
        line = LINE._replace(
            list_fen=2000,
            discount_fen=discount_fen,
            discounts=tuple(LineDiscount("p", part) for part in parts),
        )
        net = 2000 - discount_fen
        sale = replace(SALE, lines=(line,), total_fen=net, tenders=paid(cash=net))
        if wrong_by == 0 and min(parts) > 0:
            check_sale(sale, KINDS, NOW)
        else:
            with pytest.raises(Invalid) as caught:
                check_sale(sale, KINDS, NOW)
            assert caught.value.reason == "INVALID_DISCOUNT"

    @given(
        nets=st.lists(st.integers(0, 10_000), min_size=1, max_size=20),
        wrong_by=st.integers(-5, 5),
    )
    def test_accepts_exactly_the_sums_that_add_up(self, nets: list[int], wrong_by: int) -> None:
        total = sum(nets) + wrong_by
        sale = replace(
            SALE,
            lines=tuple(SaleLine("p", 1000, net + 7, 7) for net in nets),
            total_fen=total,
            tenders=paid(cash=total) if total > 0 else (),
        )
        if wrong_by == 0:
            check_sale(sale, KINDS, NOW)
        else:
            with pytest.raises(Invalid):
                check_sale(sale, KINDS, NOW)
