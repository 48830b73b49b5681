"""The programme between the contract and the domain: one place that checks a version."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from chassis.clock import from_timestamp, to_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.assets import POINTS_TENDER, STORED_VALUE_TENDER
from services.points.domain.limits import AMOUNT_FEN_MAX, ledger_day
from services.points.domain.programme import (
    ADJUSTMENT_LIMIT_POINTS,
    ClawbackPolicy,
    HouseholdTransfer,
    PointsTender,
    Programme,
)
from services.points.domain.stored_value.stored_value import BASIS_POINTS, FIRST_STORED_VALUE
from services.points.messages.programmes.earning_messages import programme_message
from services.points.messages.programmes.earning_programme import read_programme
from services.points.messages.programmes.gift_programme import read_gifts
from services.points.messages.programmes.pass_programme import read_pass_definitions
from services.points.messages.programmes.programme_checks import check_range
from services.points.messages.programmes.stored_value_messages import stored_value_message
from services.points.messages.programmes.stored_value_programme import read_stored_value_programme
from yika.points.v1 import programme_pb2

GRACE_DAYS_MAX = 366
_RATE_MAX = 1_000_000

_POLICIES: Mapping[int, ClawbackPolicy] = {
    programme_pb2.CLAWBACK_POLICY_UNSPECIFIED: ClawbackPolicy.DEBT,
    **{int(policy): policy for policy in ClawbackPolicy},
}


def read_programme_message(
    message: programme_pb2.Programme, tender_kinds: Collection[str]
) -> Programme:
    """The programme of a message; Invalid with a reason and the field for what is wrong in it."""
    programme_id = canonical_id(message.programme_id, "programme_id")
    if not message.HasField("effective_time"):
        raise Invalid("INVALID_TIME", "effective_time is required", {"field": "effective_time"})
    effective_at = from_timestamp(message.effective_time, "effective_time")
    if not message.HasField("earning"):
        raise Invalid("INVALID_RATE", "earning is required", {"field": "earning"})
    if message.earning.version != message.version:
        raise Invalid(
            "INVALID_VERSION",
            "earning.version must be the programme's version",
            {"version": message.version, "earning_version": message.earning.version},
        )
    policy = _POLICIES.get(message.clawback_policy)
    if policy is None:
        raise Invalid(
            "UNKNOWN_CLAWBACK_POLICY",
            "no such clawback policy",
            {"clawback_policy": message.clawback_policy},
        )
    _check_range("return_grace_days", message.return_grace_days, 0, GRACE_DAYS_MAX)
    earning_kinds = frozenset((*tender_kinds, POINTS_TENDER, STORED_VALUE_TENDER))
    return Programme(
        version=message.version,
        programme_id=programme_id,
        effective_at=effective_at,
        earning=read_programme(message.earning, earning_kinds),
        points_tender=(
            _read_points_tender(message.points_tender)
            if message.HasField("points_tender")
            else None
        ),
        clawback_policy=policy,
        return_grace_days=message.return_grace_days,
        household_transfer=(
            _read_household_transfer(message.household_transfer)
            if message.HasField("household_transfer")
            else None
        ),
        stored_value=(
            read_stored_value_programme(
                message.stored_value,
                version=message.version,
                effective_on=_effective_on(effective_at),
                tender_kinds=tender_kinds,
            )
            if message.HasField("stored_value")
            else FIRST_STORED_VALUE
        ),
        passes=read_pass_definitions(message.passes, version=message.version),
        adjustment_limit_points=_read_adjustment_limit(message),
        adjustment_day_limit_points=_read_adjustment_day_limit(message),
        gifts=read_gifts(message.gifts),
    )


def read_programme_document(document: bytes, tender_kinds: Collection[str]) -> Programme:
    """A stored version. A kind of tender that is no longer taken stays valid in it."""
    message = programme_pb2.Programme.FromString(document)
    kinds = {
        *tender_kinds,
        *message.earning.non_earning_tenders,
        *message.stored_value.top_up_tender_kinds,
        *message.stored_value.transfer_tender_kinds,
    }
    return read_programme_message(message, kinds)


def card_types_of(document: bytes) -> dict[str, bool]:
    """Which of a stored version's kinds of card are named, by code and in order.

    Also of a version that cannot be read whole; of one without any, those of the built-in version.
    """
    kinds = programme_pb2.Programme.FromString(document).stored_value.card_types
    return {each.code: each.named for each in kinds or FIRST_STORED_VALUE.card_types}


def built_in_message(programme: Programme) -> programme_pb2.Programme:
    """The built-in version, for people who ask what holds before anything was published."""
    tender = programme.points_tender
    return programme_pb2.Programme(
        version=programme.version,
        effective_time=to_timestamp(programme.effective_at),
        earning=programme_message(programme.earning),
        points_tender=(
            programme_pb2.PointsTender(
                points=tender.points,
                fen=tender.fen,
                points_min=tender.points_min,
                points_step=tender.points_step,
                share_max_bp=tender.share_max_bp,
            )
            if tender
            else None
        ),
        clawback_policy=programme_pb2.ClawbackPolicy.Name(programme.clawback_policy),
        return_grace_days=programme.return_grace_days,
        stored_value=stored_value_message(programme.stored_value),
        adjustment_limit_points=programme.adjustment_limit_points,
        adjustment_day_limit_points=programme.adjustment_day_limit_points,
    )


def _effective_on(effective_at: datetime) -> date:
    """The day in China, which the last hours of the calendar's last day do not have."""
    try:
        return ledger_day(effective_at)
    except OverflowError as error:
        raise Invalid(
            "INVALID_TIME",
            "effective_time lies beyond the calendar",
            {"field": "effective_time", "value": effective_at.isoformat()},
        ) from error


def _read_adjustment_limit(message: programme_pb2.Programme) -> int:
    if not message.HasField("adjustment_limit_points"):
        return ADJUSTMENT_LIMIT_POINTS
    limit = message.adjustment_limit_points
    _check_range("adjustment_limit_points", limit, 0, AMOUNT_FEN_MAX)
    return limit


def _read_adjustment_day_limit(message: programme_pb2.Programme) -> int:
    limit = message.adjustment_day_limit_points
    _check_range("adjustment_day_limit_points", limit, 0, AMOUNT_FEN_MAX)
    return limit


def _read_points_tender(message: programme_pb2.PointsTender) -> PointsTender:
    _check_range("points_tender.points", message.points, 1, _RATE_MAX)
    _check_range("points_tender.fen", message.fen, 1, _RATE_MAX)
    _check_range("points_tender.points_min", message.points_min, 1, _RATE_MAX)
    _check_range("points_tender.points_step", message.points_step, 1, _RATE_MAX)
    _check_range("points_tender.share_max_bp", message.share_max_bp, 1, BASIS_POINTS)
    if message.points_step * message.fen // message.points == 0:
        raise Invalid(
            "INVALID_RATE",
            "one step of points must be worth a fen at least",
            {"field": "points_tender.points_step", "value": message.points_step},
        )
    return PointsTender(
        points=message.points,
        fen=message.fen,
        points_min=message.points_min,
        points_step=message.points_step,
        share_max_bp=message.share_max_bp,
    )


def _read_household_transfer(message: programme_pb2.HouseholdTransfer) -> HouseholdTransfer:
    _check_range("household_transfer.points_min", message.points_min, 1, AMOUNT_FEN_MAX)
    _check_range(
        "household_transfer.day_points_max",
        message.day_points_max,
        message.points_min,
        AMOUNT_FEN_MAX,
    )
    return HouseholdTransfer(message.points_min, message.day_points_max)


def _check_range(field: str, value: int, least: int, most: int) -> None:
    check_range("OUT_OF_RANGE", field, value, least, most)
