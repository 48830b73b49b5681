"""Points as a tender: what they are worth at the till, and how many may be spent. Pure."""

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.programme import PointsTender


def check_points_tender(
    rule: PointsTender | None, points: int, amount_fen: int, total_fen: int
) -> None:
    """Refuses points that the programme does not take in this way.

    PreconditionFailed POINTS_NOT_TAKEN, POINTS_BELOW_MINIMUM, POINTS_NOT_IN_STEPS,
    POINTS_SHARE_TOO_LARGE; Invalid POINTS_RATE_MISMATCH when `amount_fen` is not what the points
    are worth, rounded down to a fen.
    """
    if rule is None:
        raise PreconditionFailed("POINTS_NOT_TAKEN", "points are not taken as a tender")
    if points < rule.points_min:
        raise PreconditionFailed(
            "POINTS_BELOW_MINIMUM",
            f"at least {rule.points_min} points can be spent at once",
            {"points": points, "points_min": rule.points_min},
        )
    if points % rule.points_step:
        raise PreconditionFailed(
            "POINTS_NOT_IN_STEPS",
            f"points are spent in steps of {rule.points_step}",
            {"points": points, "points_step": rule.points_step},
        )
    worth_fen = points * rule.fen // rule.points
    if amount_fen != worth_fen:
        raise Invalid(
            "POINTS_RATE_MISMATCH",
            f"{points} points are worth {worth_fen} fen",
            {"points": points, "amount_fen": amount_fen, "worth_fen": worth_fen},
        )
    most_fen = total_fen * rule.share_max_bp // 10_000
    if amount_fen > most_fen:
        raise PreconditionFailed(
            "POINTS_SHARE_TOO_LARGE",
            f"points can pay {most_fen} fen of this bill at most",
            {"amount_fen": amount_fen, "most_fen": most_fen},
        )
