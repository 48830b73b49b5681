"""The comparison finds every wrong figure and shows it."""

from dataclasses import fields, replace
from io import StringIO

import pytest
from rich.console import Console

from tests.fixtures.builders_replay import build_transactions
from tools.replay.expected import Figures, expected_figures
from tools.replay.verify import Difference, compare, print_result


def build_figures() -> Figures:
    return expected_figures(
        build_transactions({}, {"basket_id": 2, "household_id": 7, "store_id": 8}), [1, 2]
    )


class TestCompare:
    def test_equal_books_have_no_difference(self) -> None:
        assert compare(build_figures(), build_figures()) == []

    @pytest.mark.parametrize("name", [field.name for field in fields(Figures)])
    def test_one_unit_more_is_found(self, name: str) -> None:
        right = build_figures()
        key, value = next(iter(getattr(right, name).items()))
        wrong = replace(right, **{name: getattr(right, name) | {key: value + 1}})
        assert compare(right, wrong) == [Difference(name, key, value, value + 1)]

    @pytest.mark.parametrize("name", [field.name for field in fields(Figures)])
    def test_a_missing_figure_is_found(self, name: str) -> None:
        right = build_figures()
        key, value = next(iter(getattr(right, name).items()))
        rest = {other: amount for other, amount in getattr(right, name).items() if other != key}
        assert compare(right, replace(right, **{name: rest})) == [Difference(name, key, value, 0)]

    def test_a_figure_that_nobody_expects_is_found(self) -> None:
        right = build_figures()
        wrong = replace(right, points=right.points | {-1: 5})
        assert compare(right, wrong) == [Difference("points", -1, 0, 5)]


class TestPrintResult:
    def test_differences_are_a_table(self) -> None:
        output = StringIO()
        rows = [Difference("points", household, 10, 12) for household in range(25)]
        print_result(build_figures(), rows, Console(file=output, width=120))
        assert "25 differences" in output.getvalue()
        assert "+2" in output.getvalue()
        assert "... and 5 more" in output.getvalue()

    def test_says_when_all_is_right(self) -> None:
        output = StringIO()
        print_result(build_figures(), [], Console(file=output, width=120))
        assert "verified: zero differences" in output.getvalue()
