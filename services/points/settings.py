"""Settings of the points service."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from chassis.settings import ServiceSettings
from services.points.domain.coupons.coupon import GiveBackPolicy
from services.points.domain.limits import FUTURE_MAX


class Settings(ServiceSettings):
    """What the ledger can be told."""

    # The relay and the jobs of verification, booking and telling keep a connection each for their
    # locks, and slow questions take a quarter. What is left is for what jobs do, which may be to
    # read while they write, and for everybody else.
    database_pool_size: int = Field(
        8,
        ge=7,
        le=200,
        description="Most connections per process, of which the relay and three jobs keep four and "
        "slow questions take a quarter; its hottest paths keep up to as many again.",
    )
    members_address: str = Field("127.0.0.1:7111", description="gRPC address of members.")
    inventory_address: str = Field("127.0.0.1:7113", description="gRPC address of inventory.")
    tender_kinds: list[str] = Field(
        ["cash", "bank_card", "wechat_pay", "alipay", "manufacturer_coupon"],
        description="Kinds of money that tills may take, as a JSON list.",
    )
    refund_as_paid_kinds: list[str] = Field(
        ["manufacturer_coupon"],
        description="Kinds of money that a return gives back as such, whatever kind of money is "
        "asked for, as a JSON list.",
    )
    late_days_max: int = Field(
        60,
        ge=1,
        le=36_600,
        description="Days after it happened until which a document is taken: longer than a till "
        "may be offline. The moment that a document states chooses the rules it is booked by.",
    )
    programme_refresh_seconds: float = Field(
        5.0, ge=0, description="Age at which the programme's versions are read again."
    )
    programme_notice_seconds: int = Field(
        360,
        ge=0,
        validate_default=True,
        description="How long before it takes effect a version of the programme must be stored: "
        f"at least the {FUTURE_MAX.seconds} seconds that a document may be dated ahead and "
        "programme_refresh_seconds, so that every replica knows the rules of any moment in time.",
    )
    hold_seconds: int = Field(
        90, ge=1, description="How long a hold lasts that names no time itself."
    )
    hold_seconds_max: int = Field(
        7 * 86_400,
        ge=1,
        description="How long a hold may last at most: for tills that sell offline.",
    )
    hold_gauge_seconds: float = Field(
        30.0, gt=0, description="How often the open holds are counted for the metrics."
    )
    door_batch_max: int = Field(
        256, ge=1, le=2000, description="Most commands the door puts into one transaction."
    )
    door_writers: int = Field(
        2,
        ge=1,
        le=32,
        description="Transactions the door keeps open at once; fewer than database_pool_size, so "
        "that they never have every connection of the hottest paths.",
    )
    door_queue_max: int = Field(
        20_000,
        ge=1_000,
        description="Commands that may wait at the door before callers are refused: no fewer than "
        "one call of PostSales or one step of expiry hands in at most.",
    )
    expiry_interval_seconds: int = Field(
        21_600,
        ge=0,
        description="How often expired lots are booked and expiring ones told; 0 turns both off.",
    )
    expiry_booking_days: int = Field(
        2,
        ge=0,
        le=60,
        description="Whole days that pass after a lot's last day before it is booked as expired "
        "(0: on the next day); longer than a till may be offline, because a sale of that day may "
        "still spend it.",
    )
    expiry_notice_days: list[Annotated[int, Field(ge=0, le=366)]] = Field(
        [30, 7],
        description="Days before a lot's last day on which others are told, as a JSON list.",
    )
    expiry_batch_max: int = Field(
        200, ge=1, le=1_000, description="Most members whose lots one step of expiry is about."
    )
    coupon_key_file: Path | None = Field(
        None,
        description="File with the keys of coupon codes, one `number:secret` a line; the first "
        "makes new codes, all find them. Without it no code can be made or read.",
    )
    coupon_batch_max: int = Field(
        10_000, ge=1, le=50_000, description="Most coupon codes that are made in one transaction."
    )
    coupon_poll_seconds: float = Field(
        1.0, gt=0, description="How often a replica looks for orders of coupon codes."
    )
    coupon_reservation_seconds: int = Field(
        90, ge=1, le=3_600, description="How long a sale holds a coupon that names no time itself."
    )
    coupon_tries_per_minute: int = Field(
        20, ge=1, description="Wrong coupon codes that a caller may try in one store in a minute."
    )
    coupon_give_back: GiveBackPolicy = Field(
        GiveBackPolicy.IF_VALID,
        description="What a return does with the coupon of its sale: if_valid or never.",
    )
    verify_interval_seconds: int = Field(
        3_600,
        ge=0,
        description="From the start of one verification of the whole ledger to that of the next; "
        "0: this process verifies nothing by itself, and tells the open breaks all the same.",
    )
    verify_rest: float = Field(
        3.0,
        ge=0,
        description="How many times as long as a step of the verification took it rests after it, "
        "so that posting keeps most of the machine.",
    )

    @field_validator("door_writers")
    @classmethod
    def _leave_a_line(cls, writers: int, info: ValidationInfo) -> int:
        """Each keeps a line while it waits for a wallet; rules and readiness need one too."""
        lines = info.data.get("database_pool_size", writers + 1)
        if writers >= lines:
            raise ValueError(f"must be less than database_pool_size, which is {lines}")
        return writers

    @field_validator("programme_notice_seconds")
    @classmethod
    def _outlasts_clocks_ahead(cls, notice_seconds: int, info: ValidationInfo) -> int:
        """Nothing may be booked by other rules than those that its moment gets afterwards."""
        least = FUTURE_MAX.total_seconds() + info.data.get("programme_refresh_seconds", 0)
        if notice_seconds < least:
            raise ValueError(
                f"must be at least {least:g}: documents may be dated {FUTURE_MAX.seconds} seconds "
                "ahead, and replicas read the programme every programme_refresh_seconds"
            )
        return notice_seconds
