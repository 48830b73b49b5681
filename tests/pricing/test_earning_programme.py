"""A programme refuses what makes no sense, whoever builds it, and finds its rules."""

import pytest

from pricing.earning import Caps, FixedBonus, Multiplier
from tests.fixtures.builders_earning import bonus, build_programme


class TestEarningProgramme:
    @pytest.mark.parametrize(
        "broken",
        [
            {"fen_per_point": 0},
            {"rules": (bonus("base", 1),)},
            {"rules": (bonus("twice", 1), bonus("twice", 2))},
            {"caps": Caps(-1, 0)},
            {"rules": (bonus("b", 1, caps=Caps(0, -1)),)},
            {"pending_days": -1},
            {"rules": (bonus("b", 1, pending_days=-1),)},
        ],
    )
    def test_refuses_what_makes_no_sense(self, broken: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"positive|unique|negative"):
            build_programme(**broken)

    def test_finds_its_rules_by_version(self) -> None:
        rule = bonus("b", 1)
        programme = build_programme(rule)
        assert programme.rule("b@3") is rule
        assert programme.rule("base@3") is None
        with pytest.raises(KeyError):
            programme.rule("b@2")

    @pytest.mark.parametrize("multiplier_bp", [-1, 10_000])
    def test_refuses_a_multiplier_that_does_nothing(self, multiplier_bp: int) -> None:
        with pytest.raises(ValueError, match="multiplier_bp"):
            Multiplier(multiplier_bp)

    @pytest.mark.parametrize(("points", "minimum_fen"), [(0, 0), (-1, 0), (1, -1)])
    def test_refuses_a_bonus_that_gives_nothing(self, points: int, minimum_fen: int) -> None:
        with pytest.raises(ValueError, match="positive"):
            FixedBonus(points, minimum_fen)
