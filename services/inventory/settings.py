"""Settings of the inventory service."""

from pydantic import Field

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What inventory can be told."""

    stock_check_seconds: float = Field(
        60.0, gt=0, description="How often rows of stock below zero are counted for the metrics."
    )
