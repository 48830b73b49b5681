"""Sentences that say why there is value: services/points/domain/rewards/value_explanation.py."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chassis.ids import new_id
from pricing.earning import BASE_PROGRAMME, EarningBasis, Grant, Rounding
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import StoredBill
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.programme import Programme
from services.points.domain.rewards.value_explanation import (
    GrantedValue,
    Passed,
    SaleGrant,
    explain_value,
    ways_come,
)
from services.points.domain.stored_value.stored_value import (
    FIRST_STORED_VALUE,
    StoredValueProgramme,
    TopUpBand,
    TopUpRule,
)

PASS = PassDefinition(new_id(), 1, "洗车十次", 10, 9_999)
RULE = TopUpRule("spring", 1, "春节充值礼", (TopUpBand(10_000, 1_000, 0),), date(2026, 1, 1))
PROGRAMME = Programme(
    earning=BASE_PROGRAMME,
    passes={PASS.pass_id: PASS},
    stored_value=StoredValueProgramme(
        card_types=FIRST_STORED_VALUE.card_types,
        top_up_rules=(RULE,),
        limits=FIRST_STORED_VALUE.limits,
        top_up_tender_kinds=FIRST_STORED_VALUE.top_up_tender_kinds,
        transfer_tender_kinds=FIRST_STORED_VALUE.transfer_tender_kinds,
    ),
)
BASIS = EarningBasis(Rounding.FLOOR_PER_SALE, 1_000_000, (24_000_000,), 24)
YEAR_END = date(2026, 12, 31)


def bill(kind: BillKind, total_fen: int = 0) -> StoredBill:
    """A bill of 1 May 2026."""
    return StoredBill(
        member_id=new_id(),
        bill_id=new_id(),
        kind=kind,
        store_id=new_id(),
        business_date=date(2026, 5, 1),
        occurred_at=datetime(2026, 5, 1, 4, tzinfo=UTC),
        total_fen=total_fen,
        points_earned=0,
        programme_version=1,
        original_bill_id=None,
        document=b"",
        allocation=b"",
        receipt=b"",
    )


class TestExplainValue:
    @pytest.mark.parametrize(
        ("kind", "value", "zh", "en"),
        [
            (
                BillKind.POINTS_ADJUSTMENT,
                GrantedValue(Asset.POINTS, 30, "adjustment@1", expiry_date=YEAR_END),
                "2026年5月1日由工作人员调整增加30分，有效期至2026年12月31日。",
                "On 1 May 2026 our staff added 30 points, valid until 31 December 2026.",
            ),
            (
                BillKind.POINTS_ADJUSTMENT,
                GrantedValue(Asset.POINTS, 30, "adjustment@1", settled=12),
                "2026年5月1日由工作人员调整增加30分，永久有效。其中12分已抵扣所欠积分。",
                "On 1 May 2026 our staff added 30 points, valid without end."
                " 12 of them settled points that you owed.",
            ),
            (
                BillKind.TOP_UP,
                GrantedValue(Asset.PRINCIPAL, 10_000, "principal@1"),
                "2026年5月1日充值本金100.00元，永久有效。",
                "On 1 May 2026 you paid in CNY 100.00, valid without end.",
            ),
            (
                BillKind.TOP_UP,
                GrantedValue(Asset.BONUS, 1_000, "spring@1", expiry_date=YEAR_END),
                "2026年5月1日充值100.00元，按“春节充值礼”规则赠送10.00元，有效期至2026年12月31日。",
                'On 1 May 2026 you paid in CNY 100.00, and by the rule "春节充值礼" you were given'
                " CNY 10.00, valid until 31 December 2026.",
            ),
            (
                BillKind.PASS_SALE,
                GrantedValue(Asset.PASS, 10, PASS.rule_version, pass_id=PASS.pass_id),
                "2026年5月1日购买计次卡“洗车十次”，含10次。",
                'On 1 May 2026 you bought the pass "洗车十次" with 10 uses.',
            ),
            (
                BillKind.SALE_RETURN,
                GrantedValue(Asset.POINTS, 1, "base@1", expiry_date=YEAR_END),
                "2026年5月1日退货退回1分，原有效期已过，故重新给予期限，有效期至2026年12月31日。",
                "On 1 May 2026 goods were returned and 1 point came back; what they had been taken"
                " from had expired, so they got new time, valid until 31 December 2026.",
            ),
            (
                BillKind.GIFT_RETURN,
                GrantedValue(Asset.POINTS, 300, "base@1", None, None, YEAR_END),
                "2026年5月1日退还礼品退回300分，原有效期已过，故重新给予期限，有效期至2026年12月31日。",
                "On 1 May 2026 gifts were handed back and 300 points came back; what they had been"
                " taken from had expired, so they got new time, valid until 31 December 2026.",
            ),
            (
                BillKind.PASS_USE_REVERSAL,
                GrantedValue(Asset.PASS, 1, PASS.rule_version, PASS.pass_id, None, YEAR_END),
                "2026年5月1日撤销划次退回1次，原有效期已过，故重新给予期限，有效期至2026年12月31日。",
                "On 1 May 2026 a use of the pass was undone and 1 use came back; the pass had"
                " expired, so they got new time, valid until 31 December 2026.",
            ),
            (
                BillKind.PASS_REFUND,
                GrantedValue(Asset.BONUS, 500, "spring@1", None, None, YEAR_END),
                "2026年5月1日退计次卡退回5.00元，原有效期已过，故重新给予期限，"
                "有效期至2026年12月31日。",
                "On 1 May 2026 a pass was refunded and CNY 5.00 came back; what they had been taken"
                " from had expired, so they got new time, valid until 31 December 2026.",
            ),
            (
                BillKind.MERGE,
                GrantedValue(Asset.POINTS, 1, "carry@1"),
                "2026年5月1日会员合并，双方不足1分的零头合计为1分，永久有效。",
                "On 1 May 2026 two memberships were merged, and their fractions of a point together"
                " made 1 point, valid without end.",
            ),
            (
                BillKind.EXPIRY,
                GrantedValue(Asset.BONUS, 5, "odd@1", available_on=date(2026, 5, 8)),
                "2026年5月1日按规则“odd@1”记入0.05元，2026年5月8日起可用，永久有效。",
                'On 1 May 2026 CNY 0.05 were granted by the rule "odd@1", to be spent from'
                " 8 May 2026, valid without end.",
            ),
        ],
    )
    def test_says_what_each_kind_of_bill_gave(
        self, kind: BillKind, value: GrantedValue, zh: str, en: str
    ) -> None:
        told = explain_value(bill(kind, 10_000), PROGRAMME, value)
        assert (told.zh, told.en) == (zh, en)

    @pytest.mark.parametrize(
        ("kind", "zh", "en"),
        [
            (BillKind.MERGE, "会员合并转入，转入", "when two memberships were merged"),
            (BillKind.MERGE_REVERSAL, "撤销合并转入，转入", "when a merge was undone"),
            (BillKind.CARD_TRANSFER, "转卡转入，转入", "when a card was transferred"),
            (BillKind.POINTS_TRANSFER, "积分转赠转入，转入", "as a gift of points"),
            (BillKind.SALE_RETURN, "退货退回，退回", "when goods were returned"),
            (BillKind.GIFT_RETURN, "退还礼品退回，退回", "when gifts were handed back"),
            (BillKind.PASS_USE_REVERSAL, "撤销划次退回，退回", "when a use of the pass was undone"),
            (BillKind.PASS_REFUND, "退计次卡退回，退回", "when a pass was refunded"),
        ],
    )
    def test_says_how_it_came_from_another_member(self, kind: BillKind, zh: str, en: str) -> None:
        value = GrantedValue(Asset.POINTS, 9, "adjustment@1", came=(Passed(kind, 8),))
        told = explain_value(bill(BillKind.POINTS_ADJUSTMENT), PROGRAMME, value)
        assert told.zh.startswith("2026年5月1日由工作人员调整增加9分")
        assert told.zh.endswith(f"。后经{zh}8分。")
        assert told.en.endswith(f" 8 points came to you {en}.")

    def test_says_each_way_that_some_of_it_came(self) -> None:
        came = (Passed(BillKind.POINTS_TRANSFER, 10), Passed(BillKind.MERGE, 90))
        value = GrantedValue(Asset.POINTS, 100, "adjustment@1", came=came)
        told = explain_value(bill(BillKind.POINTS_ADJUSTMENT), PROGRAMME, value)
        assert told.zh.endswith("。后经积分转赠转入，转入10分。后经会员合并转入，转入90分。")
        assert told.en.endswith(
            ". 10 points came to you as a gift of points."
            " 90 points came to you when two memberships were merged."
        )

    def test_calls_passes_and_top_up_rules_by_their_english_names(self) -> None:
        pass_named = replace(PASS, name_en="Ten washes")
        programme = replace(
            PROGRAMME,
            passes={PASS.pass_id: pass_named},
            stored_value=replace(
                PROGRAMME.stored_value, top_up_rules=(replace(RULE, name_en="Spring gift"),)
            ),
        )
        value = GrantedValue(Asset.PASS, 10, PASS.rule_version, pass_id=PASS.pass_id)
        told = explain_value(bill(BillKind.PASS_SALE), programme, value)
        assert "“洗车十次”" in told.zh
        assert '"Ten washes"' in told.en
        value = GrantedValue(Asset.BONUS, 1_000, "spring@1")
        told = explain_value(bill(BillKind.TOP_UP, 10_000), programme, value)
        assert "“春节充值礼”" in told.zh
        assert 'by the rule "Spring gift"' in told.en

    def test_says_of_a_sale_what_pricing_says(self) -> None:
        sold = SaleGrant(Grant("base@1", 24, 0, None, 2_400, 24_000_000, False), BASIS)
        value = GrantedValue(Asset.POINTS, 24, "base@1")
        told = explain_value(bill(BillKind.SALE, 2_400), PROGRAMME, value, sold)
        assert (
            told.zh == "2026年5月1日在门店消费24.00元，按基本规则每1元积1分，获得24分，永久有效。"
        )
        assert told.en == (
            "On 1 May 2026 you spent CNY 24.00 in store. By the base rule, 1 point for every"
            " CNY 1, this earned you 24 points, valid without end."
        )

    def test_says_something_of_a_rule_that_nobody_knows(self) -> None:
        sold = SaleGrant(Grant("gone@1", 24, 0, None, 2_400, 24_000_000, False), BASIS)
        value = GrantedValue(Asset.POINTS, 24, "gone@1")
        told = explain_value(bill(BillKind.SALE, 2_400), PROGRAMME, value, sold)
        assert told.zh == "2026年5月1日按规则“gone@1”记入24分，永久有效。"


GIFT, MERGE, UNDONE = BillKind.POINTS_TRANSFER, BillKind.MERGE, BillKind.MERGE_REVERSAL


class TestWaysCome:
    @pytest.mark.parametrize(
        ("passed", "amount"),
        [
            ([10], 10),
            ([5, 3], 8),
            ([10, -4], 10),
            ([10, -10, 10], 10),
            ([10, -10, 3], 10),
            ([-10, 10], 10),
            ([-10, 4, -2], 4),
        ],
    )
    def test_count_once_what_goes_to_and_fro(self, passed: list[int], amount: int) -> None:
        assert ways_come(Passed(GIFT, each) for each in passed) == (Passed(GIFT, amount),)

    def test_are_none_of_what_was_never_passed_on(self) -> None:
        assert ways_come([]) == ()

    @pytest.mark.parametrize(
        ("passed", "ways"),
        [
            ([(GIFT, 10), (MERGE, 90)], [(GIFT, 10), (MERGE, 90)]),
            ([(GIFT, 10), (MERGE, 90), (GIFT, 5)], [(GIFT, 15), (MERGE, 90)]),
            # Given, merged away and back: it came as the gift.
            ([(GIFT, 10), (MERGE, -10), (UNDONE, 10)], [(GIFT, 10)]),
            ([(GIFT, 10), (MERGE, -10), (UNDONE, 10), (MERGE, 5)], [(GIFT, 10), (MERGE, 5)]),
            ([(MERGE, -100), (UNDONE, 90)], [(UNDONE, 90)]),
            ([(MERGE, 50), (BillKind.SALE_RETURN, 50)], [(MERGE, 50), (BillKind.SALE_RETURN, 50)]),
        ],
    )
    def test_are_told_apart(
        self, passed: list[tuple[BillKind, int]], ways: list[tuple[BillKind, int]]
    ) -> None:
        assert list(ways_come(Passed(*each) for each in passed)) == ways
