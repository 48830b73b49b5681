"""Settings of the members service, beside those that every service has."""

from pydantic import Field

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Environment variables with the prefix YIKA_."""

    phone_region: str = Field(
        "CN",
        pattern=r"^[A-Z]{2}$",
        description="Country (ISO 3166) of a phone number that is written without a country code.",
    )
    card_number_prefix: str = Field(
        "88",
        pattern=r"^[0-9]{1,12}$",
        description="First digits of the card numbers that the service makes itself.",
    )
