"""Points as a tender: what they are worth at the till, and how many may be spent. Pure."""

from collections.abc import Iterable

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.assets import POINTS_TENDER
from services.points.domain.programme import PointsTender
from services.points.domain.sales.sale import SaleTender
from services.points.domain.stored_value.stored_value import BASIS_POINTS


def check_points_tenders(
    rule: PointsTender | None, tenders: Iterable[SaleTender], total_fen: int
) -> None:
    """Refuses a bill's tenders of points when the programme does not take them in this way.

    The minimum and the share are of a bill: they bind all its points together, and each tender
    alone its rate and steps. PreconditionFailed POINTS_NOT_TAKEN, POINTS_BELOW_MINIMUM,
    POINTS_NOT_IN_STEPS, POINTS_SHARE_TOO_LARGE; Invalid POINTS_RATE_MISMATCH when a tender's
    amount is not what its points are worth, rounded down to a fen.
    """
    of_points = [tender for tender in tenders if tender.kind == POINTS_TENDER]
    if not of_points:
        return
    if rule is None:
        raise PreconditionFailed("POINTS_NOT_TAKEN", "points are not taken as a tender")
    points = sum(tender.points for tender in of_points)
    if points < rule.points_min:
        raise PreconditionFailed(
            "POINTS_BELOW_MINIMUM",
            f"at least {rule.points_min} points can be spent on a bill",
            {"points": points, "points_min": rule.points_min},
        )
    for tender in of_points:
        _check_worth(rule, tender)
    amount_fen = sum(tender.amount_fen for tender in of_points)
    most_fen = total_fen * rule.share_max_bp // BASIS_POINTS
    if amount_fen > most_fen:
        raise PreconditionFailed(
            "POINTS_SHARE_TOO_LARGE",
            f"points can pay {most_fen} fen of this bill at most",
            {"amount_fen": amount_fen, "most_fen": most_fen},
        )


def _check_worth(rule: PointsTender, tender: SaleTender) -> None:
    if tender.points % rule.points_step:
        raise PreconditionFailed(
            "POINTS_NOT_IN_STEPS",
            f"points are spent in steps of {rule.points_step}",
            {"points": tender.points, "points_step": rule.points_step},
        )
    worth_fen = tender.points * rule.fen // rule.points
    if tender.amount_fen != worth_fen:
        raise Invalid(
            "POINTS_RATE_MISMATCH",
            f"{tender.points} points are worth {worth_fen} fen",
            {"points": tender.points, "amount_fen": tender.amount_fen, "worth_fen": worth_fen},
        )
