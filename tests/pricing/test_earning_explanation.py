"""Why a member got points, in a sentence, in both languages."""

from dataclasses import replace
from datetime import date

import pytest

from pricing.earning import (
    BASE_PROGRAMME,
    NOTHING_CARRIED,
    Caps,
    Carry,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    SaleFacts,
    Scope,
    earn,
    explain,
)
from tests.fixtures.builders_earning import (
    DAY,
    bonus,
    build_line,
    build_programme,
    build_sale,
    multiplier,
)

MEAT = Scope(category_ids=frozenset({"meat"}))


def sentences(
    programme: EarningProgramme,
    sale: SaleFacts,
    carry: Carry = NOTHING_CARRIED,
    spent_fen: int | None = None,
) -> list[tuple[str, str]]:
    """Every grant of a sale explained."""
    spent = sum(line.earning_fen for line in sale.lines) if spent_fen is None else spent_fen
    earned = earn(programme, sale, carry)
    return [tuple(explain(programme, grant, earned.basis, DAY, spent)) for grant in earned.grants]


class TestExplain:
    def test_tells_the_base_rule_and_the_last_day(self) -> None:
        programme = replace(BASE_PROGRAMME, expiry=ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1))
        assert sentences(programme, build_sale(1200)) == [
            (
                "2026年5月1日在门店消费12.00元，按基本规则每1元积1分，获得12分，"
                "有效期至2027年12月31日。",
                "On 1 May 2026 you spent CNY 12.00 in store. By the base rule, 1 point for every "
                "CNY 1, this earned you 12 points, valid until 31 December 2027.",
            )
        ]

    def test_says_point_of_one(self) -> None:
        earned = earn(BASE_PROGRAMME, build_sale(105))
        (grant,) = earned.grants
        assert explain(BASE_PROGRAMME, grant, earned.basis, DAY, 105) == (
            "2026年5月1日在门店消费1.05元，按基本规则每1元积1分，获得1分，永久有效。",
            "On 1 May 2026 you spent CNY 1.05 in store. By the base rule, 1 point for every "
            "CNY 1, this earned you 1 point, valid without end.",
        )

    def test_tells_when_points_can_be_spent(self) -> None:
        programme = replace(BASE_PROGRAMME, pending_days=31)
        ((zh, en),) = sentences(programme, build_sale(100))
        assert zh.endswith("获得1分，2026年6月1日起可用，永久有效。")
        assert en.endswith("1 point, to be spent from 1 June 2026, valid without end.")

    def test_tells_what_part_of_the_bill_counts(self) -> None:
        ((zh, en),) = sentences(BASE_PROGRAMME, build_sale(1000), spent_fen=1250)
        assert "消费12.50元，其中10.00元参与积分，" in zh
        assert "CNY 12.50 in store, of which CNY 10.00 counts." in en

    def test_tells_multipliers_by_their_names(self) -> None:
        rule = multiplier("x", 25_000, scope=MEAT, name_zh="肉类日", name_en="Meat day")
        programme = build_programme(rule, fen_per_point=150)
        base, (zh, en) = sentences(programme, build_sale(300, build_line(300, "meat")))
        assert "每1.50元积1分，获得4分" in base[0]
        assert zh == (
            "2026年5月1日在门店消费6.00元，其中3.00元符合该规则，按“肉类日”规则积2.5倍，"
            "多获得3分，永久有效。"
        )
        assert en == (
            "On 1 May 2026 you spent CNY 6.00 in store, of which CNY 3.00 fell under the rule. "
            'By the rule "Meat day", 2.5 times the points, this earned you 3 more points, '
            "valid without end."
        )

    @pytest.mark.parametrize(
        ("minimum_fen", "zh", "en"),
        [
            (10_000, "按“lucky”规则满100元送50分，额外获得50分", "a bonus of 50 from CNY 100,"),
            (0, "按“lucky”规则送50分，额外获得50分", "a bonus of 50, this earned you 50 more"),
        ],
    )
    def test_tells_bonuses_with_their_minimum(self, minimum_fen: int, zh: str, en: str) -> None:
        _, told = sentences(build_programme(bonus("lucky", 50, minimum_fen)), build_sale(10_000))
        assert zh in told[0]
        assert en in told[1]

    def test_tells_that_a_limit_was_reached(self) -> None:
        programme = build_programme(bonus("b", 50, caps=Caps(20)), caps=Caps(5))
        base, told = sentences(programme, build_sale(1000))
        assert "获得5分（已达该规则的积分上限）" in base[0]
        assert "送50分，额外获得20分（已达该规则的积分上限）" in told[0]
        assert "20 more points (the rule's limit is reached)" in told[1]

    def test_tells_of_rules_that_a_limit_left_nothing_of(self) -> None:
        programme = build_programme(
            bonus("b", 50, caps=Caps(20), name_zh="送五十", name_en="Fifty"),
            multiplier("x", 20_000, caps=Caps(10)),
        )
        first = earn(programme, build_sale(1000))
        assert first.basis.exhausted == ()
        second = earn(programme, build_sale(1000), first.carry, first.counters)
        (grant,) = second.grants
        zh, en = explain(programme, grant, second.basis, DAY, 1000)
        assert "获得10分（“x”规则的积分上限已满，“送五十”规则的积分上限已满）" in zh
        assert 'the limit of the rule "Fifty" is reached)' in en

    def test_tells_of_a_rule_that_a_limit_left_less_than_a_point_of(self) -> None:
        programme = build_programme(multiplier("x", 20_000, caps=Caps(10)))
        first = earn(programme, build_sale(950))
        second = earn(programme, build_sale(150), first.carry, first.counters)
        assert [grant.points for grant in second.grants] == [2]
        assert second.basis.exhausted == ("x@3",)
        zh, _ = explain(programme, second.grants[0], second.basis, DAY, 150)
        assert "“x”规则的积分上限已满" in zh
        # Less than a point that no cap cut goes with the fractions.
        assert earn(programme, build_sale(50)).basis.exhausted == ()

    def test_tells_beside_other_points_that_the_base_was_left_nothing(self) -> None:
        rules = (multiplier("x", 20_000), bonus("b", 5), multiplier("y", 20_000, caps=Caps(10)))
        programme = build_programme(*rules, caps=Caps(10))
        first = earn(programme, build_sale(1000))
        second = earn(programme, build_sale(1000), first.carry, first.counters)
        assert {grant.rule_version for grant in second.grants} == {"x@3", "b@3"}
        assert second.basis.exhausted[0] == "base@3"
        for grant in second.grants:
            zh, en = explain(programme, grant, second.basis, DAY, 1000)
            assert "基本规则的积分上限已满" in zh
            assert "the limit of the base rule is reached" in en

    def test_tells_what_became_of_fractions(self) -> None:
        ((zh, en),) = sentences(build_programme(), build_sale(150))
        assert "获得1分（不足1分的零头留待下次）" in zh
        assert "(the fraction of a point is kept for next time)" in en
        ((zh, en),) = sentences(build_programme(), build_sale(150), Carry(1, 2))
        assert "获得2分（含累计的零头）" in zh
        assert "(with fractions saved up)" in en
        ((zh, _),) = sentences(BASE_PROGRAMME, build_sale(150))
        assert "（" not in zh

    def test_tells_fractions_of_other_rules_from_those_saved_up(self) -> None:
        programme = build_programme(multiplier("x", 16_000))
        base, _ = sentences(programme, build_sale(625))  # 6.25 and 3.75: the extra is 3
        assert "获得7分（与其他规则的零头合并取整）" in base[0]
        assert "7 points (rounded together with the fractions of other rules)" in base[1]
        base, _ = sentences(programme, build_sale(626))
        assert "获得7分（与其他规则的零头合并取整，不足1分的零头留待下次）" in base[0]
        base, _ = sentences(programme, build_sale(626), Carry(99, 100))
        assert "获得8分（含累计的零头）" in base[0]

    def test_tells_that_some_goods_earn_less(self) -> None:
        programme = build_programme(multiplier("half", 5_000, scope=MEAT))
        ((zh, en),) = sentences(programme, build_sale(300, build_line(200, "meat")))
        assert "获得4分（部分商品按较低比例积分）" in zh
        assert "(some goods earn less)" in en

    def test_knows_no_rule_of_another_version(self) -> None:
        earned = earn(BASE_PROGRAMME, build_sale(100))
        (grant,) = earned.grants
        with pytest.raises(KeyError):
            explain(build_programme(), grant, earned.basis, date(2026, 5, 1), 100)
