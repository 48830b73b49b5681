"""Settings of the messaging service, beside those that every service has."""

from typing import Literal, Self

from pydantic import Field, model_validator

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Environment variables with the prefix YIKA_."""

    members_address: str = Field(
        "127.0.0.1:7111", description="host:port of the members service, asked for phone numbers."
    )
    sms_provider: Literal["log"] = Field(
        "log", description="Who sends SMS. `log` sends none and keeps the texts in its table."
    )
    sms_signature: str = Field(
        "一卡",
        min_length=1,
        max_length=16,
        description="Signature (签名) in front of each SMS, without the brackets.",
    )
    welcome_max_age_days: int = Field(
        7,
        ge=0,
        le=3650,
        description="A member who registered longer ago than this gets no welcome SMS.",
    )
    sms_batch_max: int = Field(50, ge=1, le=500, description="Messages sent at a time.")
    sms_poll_seconds: float = Field(
        1.0, gt=0, description="How often an idle sender looks for messages that are due."
    )
    sms_delivery_timeout_seconds: float = Field(
        30.0, gt=0, description="Longest time for one message: asking for the phone and sending."
    )
    sms_claim_seconds: float = Field(
        120.0,
        gt=0,
        description="After this time a message of a sender that died is sent by another.",
    )
    sms_retry_max_seconds: float = Field(
        300.0, ge=1, description="Longest pause before a message that had to wait is tried again."
    )

    @model_validator(mode="after")
    def _claim_outlasts_delivery(self) -> Self:
        if self.sms_claim_seconds < 2 * self.sms_delivery_timeout_seconds:
            raise ValueError(
                "sms_claim_seconds must be at least twice sms_delivery_timeout_seconds, "
                "or a message that is being sent would be taken over"
            )
        return self
