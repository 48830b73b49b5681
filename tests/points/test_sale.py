"""The rules that make a sale acceptable: services/points/domain/sale.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.sale import (
    LINES_MAX,
    QUANTITY_MILLI_MAX,
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


def with_line(**changes: int) -> Sale:
    """The sale with its first line changed and all sums left as they were."""
    return replace(SALE, lines=(LINE._replace(**changes), LINE))


class TestCheckSale:
    def test_accepts_a_sale_that_adds_up(self) -> None:
        check_sale(SALE, KINDS, NOW)

    def test_accepts_mixed_tenders(self) -> None:
        check_sale(replace(SALE, tenders=paid(cash=1400, wechat_pay=1000)), KINDS, NOW)

    def test_accepts_a_free_sale_without_tenders(self) -> None:
        free = LINE._replace(discount_fen=1250)
        check_sale(replace(SALE, lines=(free,), tenders=(), total_fen=0), KINDS, NOW)

    @pytest.mark.parametrize(
        ("sale", "reason"),
        [
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

    def test_accepts_a_day_that_ends_after_midnight(self) -> None:
        late = datetime(2026, 5, 2, 1, tzinfo=UTC)
        check_sale(replace(SALE, sold_at=late), KINDS, NOW)

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
