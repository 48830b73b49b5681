"""Why there is value, in a sentence that a member understands, in Chinese and in English. Pure.

What sales earn is told by pricing, which knows the rules; the other kinds of bills are told here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from pricing.earning import EarningBasis, Explanation, Grant, explain
from pricing.earning.wording import day_en, day_zh, yuan
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import StoredBill
from services.points.domain.programme import Programme

# By which document value came from another member, or what that one had spent came back.
_WAYS: Mapping[BillKind, tuple[str, str, str]] = {
    BillKind.MERGE: ("会员合并", "转入", "when two memberships were merged"),
    BillKind.MERGE_REVERSAL: ("撤销合并", "转入", "when a merge was undone"),
    BillKind.CARD_TRANSFER: ("转卡", "转入", "when a card was transferred"),
    BillKind.POINTS_TRANSFER: ("积分转赠", "转入", "as a gift of points"),
    BillKind.SALE_RETURN: ("退货", "退回", "when goods were returned"),
    BillKind.GIFT_RETURN: ("退还礼品", "退回", "when gifts were handed back"),
    BillKind.PASS_USE_REVERSAL: ("撤销划次", "退回", "when a use of the pass was undone"),
    BillKind.PASS_REFUND: ("退计次卡", "退回", "when a pass was refunded"),
}
_SOME_WAY = ("转移", "转入", "from another member")


class Passed(NamedTuple):
    """What of a lot came to a member (> 0) or went to another (< 0), and by which document."""

    kind: BillKind
    amount: int


@dataclass(frozen=True, slots=True)
class GrantedValue:
    """What a bill granted: `amount` units, of which `settled` went to a debt of points.

    `available_on` is the first day of what was pending at first. `came` is how much of what another
    member was granted came here by which documents.
    """

    asset: Asset
    amount: int
    rule_version: str
    pass_id: str | None = None
    available_on: date | None = None
    expiry_date: date | None = None
    settled: int = 0
    came: tuple[Passed, ...] = ()


class SaleGrant(NamedTuple):
    """Points of one rule that a sale earned, and what the sale keeps of its earning as a whole."""

    grant: Grant
    basis: EarningBasis


def explain_value(
    bill: StoredBill, programme: Programme, value: GrantedValue, sold: SaleGrant | None = None
) -> Explanation:
    """Why there is what a bill granted, by the programme in whose version it was made.

    `sold` is what a sale keeps of what it earned.
    """
    if sold is not None:
        sentence = _earned(bill, programme, sold)
    else:
        told = _source(bill, programme, value)
        sentence = _sentence(*told, *_validity(value))
    zh, en = sentence
    if value.settled:
        zh += f"其中{value.settled}分已抵扣所欠积分。"
        en += f" {value.settled} of them settled points that you owed."
    for kind, amount in value.came:
        document_zh, verb_zh, way_en = _WAYS.get(kind, _SOME_WAY)
        part = replace(value, amount=amount)
        zh += f"后经{document_zh}{verb_zh}，{verb_zh}{_amount_zh(part)}。"
        en += f" {_amount_en(part)} came to you {way_en}."
    return Explanation(zh, en)


def ways_come(passed: Iterable[Passed]) -> tuple[Passed, ...]:
    """How much of a lot came to a member by which documents, of what came and went in that order.

    What goes to and fro is counted once, by the way that it came first: what goes on is taken from
    what came before.
    """
    here = most = 0
    ways: dict[BillKind, int] = {}
    for kind, amount in passed:
        here = max(0, here + amount)
        if here > most:
            ways[kind] = ways.get(kind, 0) + here - most
            most = here
    return tuple(Passed(kind, amount) for kind, amount in ways.items())


def _earned(bill: StoredBill, programme: Programme, sold: SaleGrant) -> Explanation:
    grant = sold.grant
    try:
        return explain(programme.earning, grant, sold.basis, bill.business_date, bill.total_fen)
    except KeyError:  # a rule that the version does not have; nobody is refused an answer for it
        value = GrantedValue(
            Asset.POINTS, grant.points, grant.rule_version, expiry_date=grant.expiry_date
        )
        return _sentence(*_source(bill, programme, value), *_validity(value))


def _source(bill: StoredBill, programme: Programme, value: GrantedValue) -> tuple[str, str]:
    """What happened, without a full stop."""
    zh, en = day_zh(bill.business_date), day_en(bill.business_date)
    amount_zh, amount_en = _amount_zh(value), _amount_en(value)
    match bill.kind:
        case BillKind.TOP_UP if value.asset is Asset.PRINCIPAL:
            return f"{zh}充值本金{amount_zh}", f"On {en} you paid in {amount_en}"
        case BillKind.TOP_UP:
            name_zh, name_en = _top_up_rule(programme, value.rule_version)
            return (
                f"{zh}充值{yuan(bill.total_fen)}元，按“{name_zh}”规则赠送{amount_zh}",
                f'On {en} you paid in CNY {yuan(bill.total_fen)}, and by the rule "{name_en}"'
                f" you were given {amount_en}",
            )
        case BillKind.POINTS_ADJUSTMENT:
            return f"{zh}由工作人员调整增加{amount_zh}", f"On {en} our staff added {amount_en}"
        case BillKind.PASS_SALE:
            name_zh, name_en = _pass_name(programme, value)
            return f"{zh}购买计次卡“{name_zh}”，含{amount_zh}", (
                f'On {en} you bought the pass "{name_en}" with {amount_en}'
            )
        case BillKind.SALE_RETURN:
            return (
                f"{zh}退货退回{amount_zh}，原有效期已过，故重新给予期限",
                f"On {en} goods were returned and {amount_en} came back; what they had been taken"
                " from had expired, so they got new time",
            )
        case BillKind.GIFT_RETURN:
            return (
                f"{zh}退还礼品退回{amount_zh}，原有效期已过，故重新给予期限",
                f"On {en} gifts were handed back and {amount_en} came back; what they had been"
                " taken from had expired, so they got new time",
            )
        case BillKind.PASS_USE_REVERSAL:
            return (
                f"{zh}撤销划次退回{amount_zh}，原有效期已过，故重新给予期限",
                f"On {en} a use of the pass was undone and {amount_en} came back; the pass had"
                " expired, so they got new time",
            )
        case BillKind.PASS_REFUND:
            return (
                f"{zh}退计次卡退回{amount_zh}，原有效期已过，故重新给予期限",
                f"On {en} a pass was refunded and {amount_en} came back; what they had been taken"
                " from had expired, so they got new time",
            )
        case BillKind.MERGE:
            return (
                f"{zh}会员合并，双方不足1分的零头合计为{amount_zh}",
                f"On {en} two memberships were merged, and their fractions of a point together made"
                f" {amount_en}",
            )
    return (
        f"{zh}按规则“{value.rule_version}”记入{amount_zh}",
        f'On {en} {amount_en} were granted by the rule "{value.rule_version}"',
    )


def _validity(value: GrantedValue) -> tuple[list[str], list[str]]:
    zh, en = [], []
    if value.available_on is not None:
        zh.append(f"{day_zh(value.available_on)}起可用")
        en.append(f"to be spent from {day_en(value.available_on)}")
    if value.expiry_date is not None:
        zh.append(f"有效期至{day_zh(value.expiry_date)}")
        en.append(f"valid until {day_en(value.expiry_date)}")
    elif value.asset is not Asset.PASS:  # the days of some passes begin with their first use
        zh.append("永久有效")
        en.append("valid without end")
    return zh, en


def _sentence(zh: str, en: str, notes_zh: list[str], notes_en: list[str]) -> Explanation:
    return Explanation("，".join([zh, *notes_zh]) + "。", ", ".join([en, *notes_en]) + ".")


def _amount_zh(value: GrantedValue) -> str:
    if value.asset is Asset.POINTS:
        return f"{value.amount}分"
    return f"{value.amount}次" if value.asset is Asset.PASS else f"{yuan(value.amount)}元"


def _amount_en(value: GrantedValue) -> str:
    if value.asset in (Asset.POINTS, Asset.PASS):
        unit = "point" if value.asset is Asset.POINTS else "use"
        return f"{value.amount} {unit}{'' if value.amount == 1 else 's'}"
    return f"CNY {yuan(value.amount)}"


def _top_up_rule(programme: Programme, rule_version: str) -> tuple[str, str]:
    for rule in programme.stored_value.top_up_rules:
        if rule.rule_version == rule_version:
            return rule.name, rule.name_en or rule.name
    return rule_version, rule_version


def _pass_name(programme: Programme, value: GrantedValue) -> tuple[str, str]:
    definition = programme.passes.get(value.pass_id or "")
    if definition is None:
        return value.rule_version, value.rule_version
    return definition.name, definition.name_en or definition.name
