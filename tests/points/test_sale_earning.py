"""What a sale earns by the programme in force: services/points/domain/sales/sale_posting.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import NotFound
from pricing.earning import (
    Caps,
    Conditions,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Scope,
)
from services.points.domain.assets import Asset
from services.points.domain.books import Books
from services.points.domain.programme import Programme, Programmes
from services.points.domain.sales.sale import SaleTender
from services.points.domain.sales.sale_posting import decide_sale
from tests.points.test_sale_posting import NOW, build_lot, build_sale, build_wallet, decide


def earning(**changes: Any) -> Programme:
    """One point a yuan with a carry, and what a test adds."""
    return Programme(earning=EarningProgramme(version=2, fen_per_point=100, **changes))


class TestEarning:
    def test_splitting_a_basket_changes_nothing(self) -> None:
        whole, split = build_wallet(), build_wallet()
        one = decide(build_sale(333, 333, 334), whole, earning())
        points = 0
        for net in (333, 333, 334):
            draft = decide(build_sale(net), split, earning())
            points += draft.points_earned
            draft.posting.apply()
        one.posting.apply()
        assert points == one.points_earned == 10
        assert whole.carry.at(1_000_000) == split.carry.at(1_000_000)

    def test_pending_points_wait_until_midnight_of_the_store(self) -> None:
        rules = earning(pending_days=7, expiry=ExpiryPolicy(ExpiryKind.DAYS, 30))
        draft = decide(build_sale(1000), build_wallet(), rules)
        (grant,) = draft.posting.grants
        assert grant.available_at == datetime(2026, 5, 7, 16, tzinfo=UTC)
        assert grant.expiry_date == date(2026, 6, 7)

    def test_what_certain_tenders_paid_earns_nothing_line_by_line(self) -> None:
        rules = earning(non_earning_tenders=frozenset({"points"}))
        wallet = build_wallet(build_lot(1, Asset.POINTS, 400))
        tenders = (SaleTender("points", 400, 400), SaleTender("cash", 600))
        assert decide(build_sale(1000, tenders=tenders), wallet, rules).points_earned == 6
        alone = (SaleTender("points", 400, 400),)
        assert decide(build_sale(400, tenders=alone), wallet, rules).points_earned == 0

    def test_rules_look_at_lines_tier_birthday_time_and_first_purchase(self) -> None:
        def bonus(rule_id: str, points: int, **conditions: Any) -> ProgrammeRule:
            return ProgrammeRule(rule_id, FixedBonus(points), Conditions(**conditions))

        rules = earning(
            rules=(
                ProgrammeRule(
                    "rice", Multiplier(30_000), scope=Scope(category_ids=frozenset({"c"}))
                ),
                bonus("gold", 1, tiers=frozenset({"gold"})),
                bonus("noon", 10, minutes=(12 * 60, 13 * 60)),
                bonus("first", 100, first_purchase=True),
            )
        )
        sale = build_sale(1000, 1000)
        lines = (sale.lines[0]._replace(category_id="c"), sale.lines[1])
        sale = replace(sale, lines=lines)
        draft = decide(sale, build_wallet(), rules, tier="gold")
        assert draft.points_earned == 30 + 10 + 1 + 10 + 100
        assert {grant.rule_version for grant in draft.posting.grants} == {
            "base@2",
            "rice@2",
            "gold@2",
            "noon@2",
            "first@2",
        }
        again = decide(sale, build_wallet(sale_count=1), rules)
        assert again.points_earned == 30 + 10 + 10

    def test_any_first_sale_uses_up_the_first_purchase(self) -> None:
        welcome = ProgrammeRule("first", FixedBonus(100), Conditions(first_purchase=True))
        rules = earning(rules=(welcome,), non_earning_tenders=frozenset({"points"}))
        points = build_lot(1, Asset.POINTS, 400)
        nothing, gift = build_sale(0), build_sale(400, tenders=(SaleTender("points", 400, 400),))
        for first in (nothing, gift):
            wallet = build_wallet(points)
            earned = []
            for sale in (first, build_sale(1000)):
                draft = decide(sale, wallet, rules)
                earned.append(draft.points_earned)
                draft.posting.apply()
            assert earned == [0, 10]

    def test_caps_count_over_the_sales_of_a_day(self) -> None:
        rules = earning(caps=Caps(day_points=15))
        wallet = build_wallet()
        earned = []
        for _ in range(3):
            draft = decide(build_sale(1000), wallet, rules)
            draft.posting.apply()
            earned.append(draft.points_earned)
        assert earned == [10, 5, 0]

    def test_a_walk_in_customer_earns_nothing_and_owns_nothing(self) -> None:
        draft = decide(build_sale(1000, member_id=None), build_wallet())
        assert draft.points_earned == 0
        assert draft.posting.wallet.member_id == "s"
        assert not draft.posting.grants

    def test_the_programme_is_that_of_the_time_of_the_sale(self) -> None:
        later = Programme(
            version=2,
            effective_at=NOW + timedelta(hours=1),
            earning=EarningProgramme(version=2, fen_per_point=10),
        )
        books = Books(Programmes([later]), NOW + timedelta(days=1), wallets={"m": build_wallet()})
        (before,) = decide_sale(books, build_sale(1000))
        (after,) = decide_sale(books, build_sale(1000, sold_at=NOW + timedelta(hours=1)))
        assert (before.points_earned, before.programme_version) == (10, 1)
        assert (after.points_earned, after.programme_version) == (100, 2)

    def test_an_unknown_hold_is_not_somebody_elses(self) -> None:
        wallet = build_wallet(build_lot(1, Asset.POINTS, 100))
        sale = build_sale(100, tenders=(SaleTender("points", 100, 100, "theirs"),))
        with pytest.raises(NotFound):
            decide(sale, wallet)
