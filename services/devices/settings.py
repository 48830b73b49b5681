"""Settings of the gateway: which store it serves, where its file lives, where headquarters is."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from chassis.errors import DomainError
from chassis.ids import canonical_id
from chassis.settings import ServiceSettings

Codes = Annotated[tuple[str, ...], NoDecode]


class Settings(ServiceSettings):
    """What a store's gateway can be told. It has no PostgreSQL and needs no NATS."""

    store_id: str = Field(description="UUID of the store, as inventory knows it. Required.")
    store_name: str = Field("", max_length=64, description="Name on receipts; optional.")
    data_dir: Path = Field(
        Path(".yika/devices"),
        description="Directory of gateway.sqlite3 and spool/; one gateway at a time may use it.",
    )
    register_ids: Codes = Field(
        ("01",), description="Registers (收银机) of the store, separated by commas; 1 to 32 each."
    )
    tender_kinds: Codes = Field(
        ("cash", "bank_card", "wechat_pay", "alipay", "manufacturer_coupon"),
        description="Kinds of money the tills take, separated by commas; points must know them.",
    )
    register_token_file: Path | None = Field(
        None,
        validate_default=True,
        description="File with the token that registers send; required off loopback.",
    )
    inventory_address: str = Field("127.0.0.1:7113", description="gRPC address of inventory.")
    members_address: str = Field("127.0.0.1:7111", description="gRPC address of members.")
    points_address: str = Field("127.0.0.1:7112", description="gRPC address of points.")
    day_ends_at_hour: int = Field(
        0, ge=0, le=11, description="Hour (China time) at which the store's business day ends."
    )
    sync_interval_seconds: float = Field(
        10.0, gt=0, description="How often catalogue and member stubs are asked for changes."
    )
    sync_timeout_seconds: float = Field(
        600.0, gt=0, description="Longest time one round of the catalogue or the stubs may take."
    )
    retry_seconds_max: float = Field(
        30.0, gt=0, description="Longest pause between two tries while headquarters is away."
    )
    # 200 of the longest sales that a till can make are 6 MiB; PostSales takes 8.
    upload_batch_size: int = Field(200, ge=1, le=200, description="Sales per upload.")
    upload_timeout_seconds: float = Field(30.0, gt=0, description="Deadline of one upload.")
    receipt_columns: int = Field(32, description="Width of receipts: 32 (58 mm) or 48 (80 mm).")

    @field_validator("register_ids", "tender_kinds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("register_ids")
    @classmethod
    def _check_registers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or len(set(value)) != len(value):
            raise ValueError("at least one register, each once")
        for register_id in value:
            if not (len(register_id) <= 32 and register_id.isascii() and register_id.isalnum()):
                raise ValueError(f"{register_id!r} must be 1 to 32 letters and digits")
        return value

    @field_validator("store_id")
    @classmethod
    def _check_store(cls, value: str) -> str:
        try:
            return canonical_id(value, "store_id")
        except DomainError as error:
            raise ValueError("must be a UUID") from error

    @field_validator("receipt_columns")
    @classmethod
    def _check_columns(cls, value: int) -> int:
        if value not in (32, 48):
            raise ValueError("must be 32 or 48")
        return value

    @field_validator("register_token_file")
    @classmethod
    def _check_exposure(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None and not _is_loopback(info.data.get("listen_host", "")):
            raise ValueError("required when YIKA_LISTEN_HOST is not loopback")
        return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
