"""Settings of the points service."""

from pydantic import Field

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the ledger can be told."""

    members_address: str = Field("127.0.0.1:7111", description="gRPC address of members.")
    inventory_address: str = Field("127.0.0.1:7113", description="gRPC address of inventory.")
    tender_kinds: list[str] = Field(
        ["cash", "bank_card", "wechat_pay", "alipay", "manufacturer_coupon"],
        description="Kinds of money that tills may take, as a JSON list.",
    )
    door_batch_max: int = Field(
        256, ge=1, le=2000, description="Most commands the door puts into one transaction."
    )
    door_writers: int = Field(
        2, ge=1, le=32, description="Transactions the door keeps open at once."
    )
    door_queue_max: int = Field(
        20_000, ge=1, description="Commands that may wait at the door before callers are refused."
    )
