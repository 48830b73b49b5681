"""Who answers for whom: services/points/domain/wallets/merges.py."""

from collections.abc import Callable

import pytest

from services.points.domain.books import Books
from services.points.domain.programme import Programmes
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.merges import Merges
from tests.fixtures.builders_points import SOLD_AT

# c was merged into b and b into a; d into a. Of x, y and z each was merged into the next.
MERGES = Merges({"c": "b", "b": "a", "d": "a", "x": "y", "y": "z", "z": "x", "w": "x"})


def books() -> Books:
    """Books that have some of the wallets, and of the others the merges alone."""
    wallets = {each: Wallet(each, merged_into=MERGES.into.get(each)) for each in "abcxyzw"}
    return Books(Programmes(), SOLD_AT, wallets=wallets, merges=MERGES)


class TestMerges:
    def test_lead_to_who_answers(self) -> None:
        assert [MERGES.heir(each) for each in "abcde"] == ["a", "a", "a", "a", "e"]
        assert MERGES.heirs("c") == ["b", "a"]
        assert MERGES.family("b") == ["a", "b", "c", "d"]
        assert MERGES.family("e") == ["e"]
        assert [books().wallet(each).member_id for each in "abc"] == ["a"] * 3
        assert [books().answering(each) for each in "abcde"] == ["a", "a", "a", "a", "e"]

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("member_id", ["x", "z", "w"])
    @pytest.mark.parametrize(
        "ask",
        [MERGES.heir, MERGES.heirs, MERGES.family, books().wallet, books().answering],
        ids=["heir", "heirs", "family", "wallet", "answering"],
    )
    def test_in_a_circle_lead_nowhere(self, ask: Callable[[str], object], member_id: str) -> None:
        with pytest.raises(BooksUnreadable):
            ask(member_id)
