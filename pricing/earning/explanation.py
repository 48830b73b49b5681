"""A grant in a sentence that a member understands, in Chinese and in English.

The texts stand here as templates and not in a catalogue: the ledger has no screen, and whoever
shows a sentence shows it as it is.
"""

from datetime import date, timedelta
from typing import NamedTuple

from pricing.earning.outcome import EarningBasis, Grant
from pricing.earning.programme import (
    WHOLE_BP,
    EarningProgramme,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
)
from pricing.earning.wording import day_en, day_zh, short_yuan, yuan


class Explanation(NamedTuple):
    """The same sentence twice."""

    zh: str
    en: str


def explain(
    programme: EarningProgramme,
    grant: Grant,
    basis: EarningBasis,
    business_date: date,
    spent_fen: int,
) -> Explanation:
    """Why a sale of `spent_fen` on that date brought these points.

    `basis` is what the sale keeps of its earning, `programme` the version that made the grant;
    KeyError when it has no such rule.
    """
    rule = programme.rule(grant.rule_version)
    notes_zh, notes_en = _notes(programme, rule, grant, basis)
    zh = [
        f"{day_zh(business_date)}在门店消费{yuan(spent_fen)}元" + _part_zh(rule, grant, spent_fen),
        _rule_zh(programme, rule),
        f"{_gained_zh(rule)}{grant.points}分" + (f"（{'，'.join(notes_zh)}）" if notes_zh else ""),
    ]
    en = [
        f"On {day_en(business_date)} you spent CNY {yuan(spent_fen)} in store"
        + _part_en(rule, grant, spent_fen),
        f"{_rule_en(programme, rule)} this earned you"
        f" {grant.points}{' more' if rule else ''} {'point' if grant.points == 1 else 'points'}"
        + (f" ({'; '.join(notes_en)})" if notes_en else ""),
    ]
    if grant.pending_days:
        available = business_date + timedelta(days=grant.pending_days)
        zh.append(f"{day_zh(available)}起可用")
        en.append(f"to be spent from {day_en(available)}")
    if grant.expiry_date:
        zh.append(f"有效期至{day_zh(grant.expiry_date)}")
        en.append(f"valid until {day_en(grant.expiry_date)}")
    else:
        zh.append("永久有效")
        en.append("valid without end")
    return Explanation("，".join(zh) + "。", f"{en[0]}. " + ", ".join(en[1:]) + ".")


def _part_zh(rule: ProgrammeRule | None, grant: Grant, spent_fen: int) -> str:
    if grant.basis_fen == spent_fen:
        return ""
    return f"，其中{yuan(grant.basis_fen)}元{'符合该规则' if rule else '参与积分'}"


def _part_en(rule: ProgrammeRule | None, grant: Grant, spent_fen: int) -> str:
    if grant.basis_fen == spent_fen:
        return ""
    return f", of which CNY {yuan(grant.basis_fen)} {'fell under the rule' if rule else 'counts'}"


def _rule_zh(programme: EarningProgramme, rule: ProgrammeRule | None) -> str:
    if rule is None:
        return f"按基本规则每{short_yuan(programme.fen_per_point)}元积1分"
    if isinstance(rule.effect, Multiplier):
        return f"按“{_name_zh(rule)}”规则积{_times(rule.effect)}倍"
    least = f"满{short_yuan(rule.effect.minimum_fen)}元" if rule.effect.minimum_fen else ""
    return f"按“{_name_zh(rule)}”规则{least}送{rule.effect.points}分"


def _rule_en(programme: EarningProgramme, rule: ProgrammeRule | None) -> str:
    if rule is None:
        return f"By the base rule, 1 point for every CNY {short_yuan(programme.fen_per_point)},"
    if isinstance(rule.effect, Multiplier):
        return f'By the rule "{_name_en(rule)}", {_times(rule.effect)} times the points,'
    minimum_fen = rule.effect.minimum_fen
    least = f" from CNY {short_yuan(minimum_fen)}" if minimum_fen else ""
    return f'By the rule "{_name_en(rule)}", a bonus of {rule.effect.points}{least},'


def _gained_zh(rule: ProgrammeRule | None) -> str:
    if rule is None:
        return "获得"
    return "额外获得" if isinstance(rule.effect, FixedBonus) else "多获得"


def _notes(
    programme: EarningProgramme, rule: ProgrammeRule | None, grant: Grant, basis: EarningBasis
) -> tuple[list[str], list[str]]:
    """What else somebody who does the sum must know."""
    zh, en = [], []
    if grant.capped:
        zh.append("已达该规则的积分上限")
        en.append("the rule's limit is reached")
    if rule is None:
        if not grant.capped and grant.weight < grant.basis_fen * WHOLE_BP:
            zh.append("部分商品按较低比例积分")
            en.append("some goods earn less")
        fractions_zh, fractions_en = _fractions(grant, basis)
        zh += fractions_zh
        en += fractions_en
    # A rule that granted nothing has no sentence of its own: the base's tells of it, and without
    # that each of the others.
    if rule is None or programme.rule_version in basis.exhausted:
        for exhausted in map(programme.rule, basis.exhausted):
            zh.append(f"{_quoted_zh(exhausted)}的积分上限已满")
            en.append(f"the limit of the {_quoted_en(exhausted)} is reached")
    return zh, en


def _fractions(grant: Grant, basis: EarningBasis) -> tuple[list[str], list[str]]:
    """What became of fractions of a point, as the base's grant tells it.

    The fractions of all rules are in it. Only what the whole sale's weight does not make up was
    saved up by sales before.
    """
    whole, rest = divmod(sum(basis.weights), basis.denominator)
    if basis.rate_points > whole:
        return ["含累计的零头"], ["with fractions saved up"]
    zh, en = [], []
    if grant.points > grant.weight // basis.denominator:
        zh.append("与其他规则的零头合并取整")
        en.append("rounded together with the fractions of other rules")
    if basis.rounding is Rounding.CARRY and rest:
        zh.append("不足1分的零头留待下次")
        en.append("the fraction of a point is kept for next time")
    return zh, en


def _quoted_zh(rule: ProgrammeRule | None) -> str:
    return "基本规则" if rule is None else f"“{_name_zh(rule)}”规则"


def _quoted_en(rule: ProgrammeRule | None) -> str:
    return "base rule" if rule is None else f'rule "{_name_en(rule)}"'


def _name_zh(rule: ProgrammeRule) -> str:
    return rule.name_zh or rule.rule_id


def _name_en(rule: ProgrammeRule) -> str:
    return rule.name_en or rule.name_zh or rule.rule_id


def _times(effect: Multiplier) -> str:
    whole, rest = divmod(effect.multiplier_bp, WHOLE_BP)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")
