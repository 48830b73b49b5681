"""What a sale earns: grants by rule, what a return needs to undo them, the carry, the counters.

Extras of a multiplier are granted under the rule's own name in whole points. Fractions of all
rules and the carry are joined, and the points that come of them are granted under the base's
name: so the sum is exact, and no rule's lots exceed its cap (the base's may, by those fractions).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from pricing.allocation import allocate
from pricing.earning.carrying import NOTHING_CARRIED, Carry, CounterKey, Tally, carry_in
from pricing.earning.expiry import ExpiryPolicy, expiry_date
from pricing.earning.facts import SaleFacts
from pricing.earning.outcome import (
    NO_COUNTERS,
    Bonus,
    Counted,
    Counters,
    Earned,
    EarningBasis,
    Grant,
)
from pricing.earning.programme import (
    NO_CAPS,
    WHOLE_BP,
    Caps,
    EarningProgramme,
    FixedBonus,
    Multiplier,
    ProgrammeRule,
    Rounding,
)
from pricing.errors import PricingError


def counter_keys(programme: EarningProgramme, business_date: date) -> list[CounterKey]:
    """Which counters `earn` needs for a sale of that date; none for most programmes."""
    capped = [(programme.rule_id, programme.caps)]
    capped += [(rule.rule_id, rule.caps) for rule in programme.rules]
    return [
        CounterKey(rule_id, period)
        for rule_id, caps in capped
        for period in _periods(caps, business_date)
    ]


def earn(
    programme: EarningProgramme,
    sale: SaleFacts,
    carried: Carry = NOTHING_CARRIED,
    counters: Counters = NO_COUNTERS,
) -> Earned:
    """What a member's sale earns. Deterministic; `counters` as named by `counter_keys`.

    Raises PricingError NEGATIVE_AMOUNT: a return takes points back, it does not earn.
    """
    fens = [line.earning_fen for line in sale.lines]
    if programme.is_plain:
        return earn_plain(programme, fens, sale.business_date, carried)
    _require_no_loss(fens)
    return _Earning(programme, sale, fens, counters).earned(carried)


def earn_plain(
    programme: EarningProgramme,
    fens: Sequence[int],
    business_date: date,
    carried: Carry = NOTHING_CARRIED,
) -> Earned:
    """What `earn` gives under a programme that is plain: only what each line earns matters."""
    _require_no_loss(fens)
    fen = sum(fens)
    points, carry = _whole_points(programme, fen * WHOLE_BP, carried)
    grants = (_base_grant(programme, business_date, points, fen, fen * WHOLE_BP),)
    basis = EarningBasis(
        programme.rounding,
        programme.denominator,
        tuple([each * WHOLE_BP for each in fens]),
        points,
    )
    return Earned(grants if points else (), basis, carry, NO_COUNTERS)


def _require_no_loss(fens: Sequence[int]) -> None:
    if min(fens, default=0) < 0:
        raise PricingError("NEGATIVE_AMOUNT", "a line of a sale cannot earn less than nothing")


def _whole_points(programme: EarningProgramme, weight: int, carried: Carry) -> tuple[int, Carry]:
    if programme.rounding is Rounding.CARRY:
        return carry_in(carried, weight, programme.denominator)
    return weight // programme.denominator, carried


def _base_grant(
    programme: EarningProgramme,
    day: date,
    points: int,
    basis_fen: int,
    weight: int,
    capped: bool = False,
) -> Grant:
    ends = _expiry(programme.expiry, day, programme.pending_days)
    return Grant(
        programme.rule_version, points, programme.pending_days, ends, basis_fen, weight, capped
    )


def _expiry(policy: ExpiryPolicy, day: date, pending_days: int) -> date | None:
    return expiry_date(policy, day + timedelta(days=pending_days) if pending_days else day)


def _periods(caps: Caps, day: date) -> tuple[str, ...]:
    if caps is NO_CAPS:
        return ()
    text = day.isoformat()
    return ((text,) if caps.day_points else ()) + ((text[:7],) if caps.month_points else ())


class _Earning:
    """One sale going through the rules; lives for one call of `earn`."""

    def __init__(
        self,
        programme: EarningProgramme,
        sale: SaleFacts,
        fens: list[int],
        counters: Counters,
    ) -> None:
        self._programme = programme
        self._sale = sale
        self._fens = fens
        self._counters = counters
        self._new_counters: dict[CounterKey, Tally] = {}
        self._counted: list[Counted] = []
        self._weights = [0] * len(fens)
        self._grants: list[Grant] = []
        self._exhausted: list[str] = []

    def earned(self, carried: Carry) -> Earned:
        programme, day = self._programme, self._sale.business_date
        holding = [rule for rule in programme.rules if rule.conditions.hold(self._sale)]
        base_bp = self._reductions(holding)
        # What a reduction touches is out of reach for every other multiplier.
        open_fens = [
            fen if bp == WHOLE_BP else 0 for fen, bp in zip(self._fens, base_bp, strict=True)
        ]
        wanted = [fen * bp for fen, bp in zip(self._fens, base_bp, strict=True)]
        base = self._limited(programme.rule_id, programme.caps, wanted)
        self._multiply(holding, open_fens)
        rate_points, carry = _whole_points(programme, sum(self._weights), carried)
        base_points = rate_points - sum(grant.points for grant in self._grants)
        capped = sum(base) < sum(wanted)
        if base_points:
            earning = sum(fen for fen, bp in zip(self._fens, base_bp, strict=True) if bp)
            self._grants.insert(
                0, _base_grant(programme, day, base_points, earning, sum(base), capped)
            )
        elif capped:
            self._exhausted.insert(0, programme.rule_version)
        bonuses = self._bonuses(holding, base_bp)
        basis = EarningBasis(
            programme.rounding,
            programme.denominator,
            tuple(self._weights),
            rate_points,
            bonuses,
            tuple(self._counted),
            tuple(self._exhausted),
        )
        return Earned(tuple(self._grants), basis, carry, self._new_counters)

    def _reductions(self, holding: Sequence[ProgrammeRule]) -> list[int]:
        """The base of each line in basis points."""
        base_bp = [WHOLE_BP] * len(self._fens)
        for rule in holding:
            if isinstance(rule.effect, Multiplier) and rule.effect.multiplier_bp < WHOLE_BP:
                for number, line in enumerate(self._sale.lines):
                    if rule.scope.holds(line):
                        base_bp[number] = min(base_bp[number], rule.effect.multiplier_bp)
        return base_bp

    def _multiply(self, holding: Sequence[ProgrammeRule], open_fens: list[int]) -> None:
        """Gives the extras: the best on each line, then the stackable ones."""
        best_first: list[tuple[int, ProgrammeRule]] = []
        stackable: list[tuple[int, ProgrammeRule]] = []
        for rule in holding:
            if isinstance(rule.effect, Multiplier) and rule.effect.multiplier_bp > WHOLE_BP:
                extra_bp = rule.effect.multiplier_bp - WHOLE_BP
                (stackable if rule.effect.stackable else best_first).append((extra_bp, rule))
        best_first.sort(key=lambda each: -each[0])
        left_fens = list(open_fens)
        for extra_bp, rule in best_first:
            given = self._extra(rule, extra_bp, left_fens)
            for number, weight in enumerate(given):
                left_fens[number] += -weight // extra_bp  # rounded against a second extra
        for extra_bp, rule in stackable:
            self._extra(rule, extra_bp, open_fens)

    def _extra(self, rule: ProgrammeRule, extra_bp: int, fens: Sequence[int]) -> list[int]:
        in_scope = [
            fen if fen and rule.scope.holds(line) else 0
            for fen, line in zip(fens, self._sale.lines, strict=True)
        ]
        wanted = [fen * extra_bp for fen in in_scope]
        given = self._limited(rule.rule_id, rule.caps, wanted)
        points, capped = sum(given) // self._programme.denominator, sum(given) < sum(wanted)
        if capped and not points:
            self._exhausted.append(self._programme.version_of(rule.rule_id))
        self._grant(rule, points, sum(in_scope), sum(given), capped)
        return given

    def _bonuses(
        self, holding: Sequence[ProgrammeRule], base_bp: Sequence[int]
    ) -> tuple[Bonus, ...]:
        denominator = self._programme.denominator
        bonuses = []
        for rule in holding:
            effect = rule.effect
            if not isinstance(effect, FixedBonus):
                continue
            spend_fen = tuple(
                fen if bp and rule.scope.holds(line) else 0
                for fen, bp, line in zip(self._fens, base_bp, self._sale.lines, strict=True)
            )
            if sum(spend_fen) < max(effect.minimum_fen, 1):
                continue
            room = self._room(rule.rule_id, rule.caps)
            points = effect.points if room is None else min(effect.points, room // denominator)
            if points:
                weight = points * denominator
                periods = self._count(rule.rule_id, rule.caps, weight)
                version = self._programme.version_of(rule.rule_id)
                bonuses.append(Bonus(version, points, effect.minimum_fen, spend_fen, periods))
                self._grant(rule, points, sum(spend_fen), weight, points < effect.points)
            else:
                self._exhausted.append(self._programme.version_of(rule.rule_id))
        return tuple(bonuses)

    def _grant(
        self, rule: ProgrammeRule, points: int, basis_fen: int, weight: int, capped: bool
    ) -> None:
        programme = self._programme
        if points == 0:
            return
        pending = programme.pending_days if rule.pending_days is None else rule.pending_days
        ends = _expiry(rule.expiry or programme.expiry, self._sale.business_date, pending)
        version = programme.version_of(rule.rule_id)
        self._grants.append(Grant(version, points, pending, ends, basis_fen, weight, capped))

    def _limited(self, rule_id: str, caps: Caps, wanted: list[int]) -> list[int]:
        """What a rule's caps leave of the lines' weights; counts it and adds it to the sale's."""
        room = self._room(rule_id, caps)
        if room is not None and sum(wanted) > room:
            wanted = allocate(room, wanted)
        periods = self._count(rule_id, caps, sum(wanted))
        if periods:
            self._counted.append(Counted(rule_id, periods, tuple(wanted)))
        self._weights = [sum(pair) for pair in zip(self._weights, wanted, strict=True)]
        return wanted

    def _room(self, rule_id: str, caps: Caps) -> int | None:
        """The weight that the caps still allow; None without caps."""
        denominator = self._programme.denominator
        periods = _periods(caps, self._sale.business_date)
        limits = [cap for cap in caps if cap]
        rooms = [
            cap * denominator - self._tally(CounterKey(rule_id, period)).weight
            for cap, period in zip(limits, periods, strict=True)
        ]
        return max(0, min(rooms)) if rooms else None

    def _count(self, rule_id: str, caps: Caps, weight: int) -> tuple[str, ...]:
        periods = _periods(caps, self._sale.business_date) if weight else ()
        for period in periods:
            key = CounterKey(rule_id, period)
            tally = self._tally(key)
            self._new_counters[key] = tally._replace(weight=tally.weight + weight)
        return periods

    def _tally(self, key: CounterKey) -> Tally:
        return self._counters.get(key, Tally()).at(self._programme.denominator)
