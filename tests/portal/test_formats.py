"""Amounts as text: exact for every integer, and readable back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.domain.formats import format_change, format_count, format_fen, format_milli

INTEGERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)


class TestFormatFen:
    @pytest.mark.parametrize(
        ("fen", "text"),
        [
            (0, "¥0.00"),
            (5, "¥0.05"),
            (123456, "¥1,234.56"),
            (-123456, "-¥1,234.56"),
            (-5, "-¥0.05"),
            (100_000_000_00, "¥100,000,000.00"),
            (2**63 - 1, "¥92,233,720,368,547,758.07"),
        ],
    )
    def test_writes(self, fen: int, text: str) -> None:
        assert format_fen(fen) == text

    @given(INTEGERS)
    def test_loses_nothing(self, fen: int) -> None:
        text = format_fen(fen)
        assert re.fullmatch(r"-?¥\d{1,3}(,\d{3})*\.\d{2}", text)
        assert int(re.sub(r"[¥,.]", "", text)) == fen


class TestFormatMilli:
    @pytest.mark.parametrize(
        ("milli", "text"),
        [(0, "0"), (754, "0.754"), (12000, "12"), (1234500, "1,234.5"), (-500, "-0.5")],
    )
    def test_writes(self, milli: int, text: str) -> None:
        assert format_milli(milli) == text

    @given(INTEGERS)
    def test_loses_nothing(self, milli: int) -> None:
        whole, _, fraction = format_milli(milli).replace(",", "").partition(".")
        assert int(whole + fraction.ljust(3, "0")) == milli


class TestFormatCount:
    @given(INTEGERS)
    def test_loses_nothing(self, count: int) -> None:
        assert int(format_count(count).replace(",", "")) == count


class TestFormatChange:
    @pytest.mark.parametrize(
        ("ratio_bp", "text"),
        [
            (1234, "+12.3%"),
            (-1236, "-12.4%"),
            (0, "0.0%"),
            (4, "0.0%"),
            (-4, "0.0%"),
            (5, "0.0%"),
            (15, "+0.2%"),
            (12_345_600, "+123,456.0%"),
        ],
    )
    def test_writes(self, ratio_bp: int, text: str) -> None:
        assert format_change(ratio_bp) == text
