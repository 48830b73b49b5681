"""Card types, the bonus of a top-up, and spending: domain/stored_value/stored_value.py."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.stored_value.stored_value import (
    FIRST_STORED_VALUE,
    BonusGrant,
    CardType,
    SpendingOrder,
    TopUpBand,
    TopUpRule,
    add_months,
    split_spend,
    top_up_bonus,
)

DAY = date(2026, 5, 1)
RULE = TopUpRule(
    rule_id="may",
    version=3,
    name="充1000送100",
    bands=(TopUpBand(1_000_00, bonus_fen=100_00), TopUpBand(3_000_00, bonus_bp=1_200)),
    first_date=DAY,
    last_date=DAY + timedelta(days=30),
)


def build_card(code: str, months: int = 36) -> CardType:
    """A kind of unnamed card."""
    return CardType(code, False, SpendingOrder.BONUS_FIRST, months)


balances = st.integers(0, 10**9)
rules = st.builds(
    TopUpRule,
    rule_id=st.sampled_from(["a", "b", "c", "d"]),
    version=st.integers(1, 3),
    name=st.just("rule"),
    bands=st.lists(
        st.builds(TopUpBand, st.integers(1, 2_000), bonus_fen=st.integers(1, 30)), min_size=1
    ).map(lambda bands: tuple(sorted(bands, key=lambda band: band.from_fen))),
    first_date=st.just(DAY),
    bonus_validity_days=st.none() | st.integers(1, 3),
)


def bonus_of(*given_rules: TopUpRule, amount_fen: int = 1_000_00) -> BonusGrant | None:
    """The bonus of a gold member in store s on the first day."""
    return top_up_bonus(given_rules, amount_fen, "gold", "s", DAY)


class TestTopUpBonus:
    @pytest.mark.parametrize(
        ("amount_fen", "bonus_fen"),
        [
            (1_000_00, 100_00),
            (2_999_99, 100_00),
            (3_000_00, 360_00),
            (3_333_33, 399_99),  # 12 % of 3,333.33 is 399.9996: rounded down
        ],
    )
    def test_is_that_of_the_band_reached(self, amount_fen: int, bonus_fen: int) -> None:
        assert bonus_of(RULE, amount_fen=amount_fen) == BonusGrant(bonus_fen, "may@3", None)

    def test_is_none_below_the_first_band(self) -> None:
        assert bonus_of(RULE, amount_fen=999_99) is None

    def test_is_none_without_rules(self) -> None:
        assert bonus_of() is None

    @pytest.mark.parametrize(
        "other",
        [
            replace(RULE, tiers=frozenset({"silver"})),
            replace(RULE, store_ids=frozenset({"t"})),
            replace(RULE, first_date=DAY + timedelta(days=1)),
            replace(RULE, first_date=DAY - timedelta(days=9), last_date=DAY - timedelta(days=1)),
        ],
    )
    def test_is_none_for_other_tiers_stores_and_days(self, other: TopUpRule) -> None:
        assert bonus_of(other) is None

    @pytest.mark.parametrize(
        "own",
        [
            replace(RULE, tiers=frozenset({"silver", "gold"})),
            replace(RULE, store_ids=frozenset({"s", "t"})),
            replace(RULE, first_date=DAY - timedelta(days=9), last_date=DAY),
            replace(RULE, first_date=DAY, last_date=None),
        ],
    )
    def test_is_given_to_its_tiers_and_stores_and_on_its_days(self, own: TopUpRule) -> None:
        assert bonus_of(own) is not None

    def test_ends_after_its_days(self) -> None:
        grant = bonus_of(replace(RULE, bonus_validity_days=90))
        assert grant == BonusGrant(100_00, "may@3", DAY + timedelta(days=90))

    def test_ends_with_the_calendar_at_the_latest(self) -> None:
        lasting = replace(RULE, last_date=None, bonus_validity_days=90)
        bonus = top_up_bonus([lasting], 1_000_00, "", "", date(9999, 12, 1))
        assert bonus is not None
        assert bonus.expiry_date == date.max

    def test_of_the_best_rule_wins_alone(self) -> None:
        better = replace(RULE, rule_id="z", bands=(TopUpBand(1, bonus_fen=100_01),))
        assert bonus_of(RULE, better) == BonusGrant(100_01, "z@3", None)

    def test_of_the_longest_wins_between_equals(self) -> None:
        short = replace(RULE, rule_id="a", bonus_validity_days=30)
        long = replace(RULE, rule_id="b", bonus_validity_days=60)
        never = replace(RULE, rule_id="c")
        assert bonus_of(short, long) == BonusGrant(100_00, "b@3", DAY + timedelta(days=60))
        assert bonus_of(short, long, never) == BonusGrant(100_00, "c@3", None)

    def test_of_the_smaller_id_and_newer_version_wins_at_last(self) -> None:
        a3, a4, b9 = (
            replace(RULE, rule_id=rule_id, version=version)
            for rule_id, version in (("a", 3), ("a", 4), ("b", 9))
        )
        assert bonus_of(b9, a3, a4) == BonusGrant(100_00, "a@4", None)

    @given(data=st.data(), amount_fen=st.integers(1, 3_000), found=st.lists(rules, max_size=6))
    def test_does_not_depend_on_the_order_of_the_rules(
        self, data: st.DataObject, amount_fen: int, found: list[TopUpRule]
    ) -> None:
        shuffled = data.draw(st.permutations(found))
        best = bonus_of(*found, amount_fen=amount_fen)
        assert bonus_of(*shuffled, amount_fen=amount_fen) == best
        every = [rule.bonus_for(amount_fen) for rule in found]
        assert (best.bonus_fen if best else 0) == max(every, default=0)


class TestSplitSpend:
    @pytest.mark.parametrize(
        ("order", "parts"),
        [
            (SpendingOrder.BONUS_FIRST, (50, 100)),
            (SpendingOrder.PRINCIPAL_FIRST, (150, 0)),
            (SpendingOrder.IN_PROPORTION, (136, 14)),
        ],
    )
    def test_follows_the_order(self, order: SpendingOrder, parts: tuple[int, int]) -> None:
        assert split_spend(order, 150, 1_000, 100) == parts

    @pytest.mark.parametrize(
        ("order", "parts"),
        [
            (SpendingOrder.BONUS_FIRST, (80, 20)),
            (SpendingOrder.PRINCIPAL_FIRST, (90, 10)),
        ],
    )
    def test_goes_on_with_the_other(self, order: SpendingOrder, parts: tuple[int, int]) -> None:
        assert split_spend(order, 100, 90, 20) == parts

    @pytest.mark.parametrize("order", SpendingOrder)
    def test_takes_nothing_for_nothing(self, order: SpendingOrder) -> None:
        assert split_spend(order, 0, 0, 0) == (0, 0)

    @pytest.mark.parametrize("order", SpendingOrder)
    def test_refuses_more_than_there_is(self, order: SpendingOrder) -> None:
        with pytest.raises(PreconditionFailed) as caught:
            split_spend(order, 1_101, 1_000, 100)
        assert caught.value.reason == "INSUFFICIENT_STORED_VALUE"
        assert caught.value.metadata == {
            "amount_fen": "1101",
            "principal_fen": "1000",
            "bonus_fen": "100",
        }

    @pytest.mark.parametrize("order", SpendingOrder)
    def test_refuses_a_negative_amount(self, order: SpendingOrder) -> None:
        with pytest.raises(Invalid) as caught:
            split_spend(order, -1, 1_000, 100)
        assert caught.value.reason == "INVALID_AMOUNT"

    @given(
        order=st.sampled_from(SpendingOrder),
        principal_fen=balances,
        bonus_fen=balances,
        data=st.data(),
    )
    def test_is_exact_and_never_over_a_balance(
        self, order: SpendingOrder, principal_fen: int, bonus_fen: int, data: st.DataObject
    ) -> None:
        amount_fen = data.draw(st.integers(0, principal_fen + bonus_fen))
        principal_part, bonus_part = split_spend(order, amount_fen, principal_fen, bonus_fen)
        assert principal_part + bonus_part == amount_fen
        assert 0 <= principal_part <= principal_fen
        assert 0 <= bonus_part <= bonus_fen
        if order is SpendingOrder.BONUS_FIRST:
            assert principal_part == 0 or bonus_part == bonus_fen
        elif order is SpendingOrder.PRINCIPAL_FIRST:
            assert bonus_part == 0 or principal_part == principal_fen
        else:
            # Within a fen of the exact share.
            total = principal_fen + bonus_fen
            assert abs(principal_part * total - amount_fen * principal_fen) < max(total, 1)


class TestCardType:
    def test_gives_no_last_day_to_what_never_expires(self) -> None:
        assert FIRST_STORED_VALUE.card_type("member").principal_expiry(DAY) is None

    def test_counts_whole_months(self) -> None:
        card = CardType("gift", False, SpendingOrder.BONUS_FIRST, validity_months=36)
        assert card.principal_expiry(DAY) == date(2029, 5, 1)

    def test_is_refused_when_unknown(self) -> None:
        with pytest.raises(Invalid) as caught:
            FIRST_STORED_VALUE.card_type("platinum")
        assert caught.value.reason == "UNKNOWN_CARD_TYPE"
        assert caught.value.metadata == {"known": "member"}


class TestKindOf:
    RULES = replace(FIRST_STORED_VALUE, card_types=(build_card("member"), build_card("gift")))

    def test_is_the_first_of_a_wallet_without_one_or_with_one_that_went(self) -> None:
        for code in ("", "gone"):
            assert self.RULES.kind_of(code, FIRST_STORED_VALUE).code == "member"

    def test_is_as_the_version_of_the_document_has_it(self) -> None:
        today = replace(FIRST_STORED_VALUE, card_types=(build_card("gift", 60),))
        assert self.RULES.kind_of("gift", today).validity_months == 36

    def test_is_as_today_has_it_where_it_came_later(self) -> None:
        today = replace(self.RULES, card_types=(*self.RULES.card_types, build_card("junior")))
        assert self.RULES.kind_of("junior", today).code == "junior"


class TestAddMonths:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 2, 29), 36, date(2027, 2, 28)),
            (date(2026, 12, 15), 1, date(2027, 1, 15)),
            (date(2026, 11, 30), 1, date(2026, 12, 30)),
            (date(9999, 1, 1), 12, date.max),
        ],
    )
    def test_stays_in_the_month(self, day: date, months: int, expected: date) -> None:
        assert add_months(day, months) == expected

    @given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 1_200))
    def test_moves_by_exactly_that_many_months(self, day: date, months: int) -> None:
        moved = add_months(day, months)
        assert (moved.year - day.year) * 12 + moved.month - day.month == months
        assert moved.day == day.day or (moved + timedelta(days=1)).day == 1
