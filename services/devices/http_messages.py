"""What registers send and get, as JSON. Amounts in fen, quantities in thousandths."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.ids import canonical_id
from services.devices.domain.sale import Tender
from services.devices.usecases.price_basket import AskedBasket, AskedLine
from services.devices.usecases.sell import Sell

Code = Annotated[str, Field(max_length=64)]
_LINES_MAX = 500
# Wider than any rule, so that the rules answer with their reasons; narrow enough to store.
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]


class Request(BaseModel):
    """A body from a register: no unknown field, no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True)


class LineRequest(Request):
    """A line of a basket: a barcode or a product_id."""

    barcode: Code = ""
    product_id: Code = ""
    quantity_milli: Whole = 1000


class BasketRequest(Request):
    """A basket, with the card or the member it belongs to."""

    lines: Annotated[list[LineRequest], Field(max_length=_LINES_MAX)]
    card_number: Code = ""
    member_id: Code = ""

    def to_basket(self) -> AskedBasket:
        """The basket as use cases take it."""
        return AskedBasket(
            lines=[
                AskedLine(
                    line.barcode, _optional_id(line.product_id, "product_id"), line.quantity_milli
                )
                for line in self.lines
            ],
            card_number=self.card_number,
            member_id=_optional_id(self.member_id, "member_id"),
        )


class TenderRequest(Request):
    """Money handed over."""

    kind: Code
    amount_fen: Whole


class SaleRequest(BasketRequest):
    """A paid basket. `sale_id` is a UUIDv7 made at the first scan."""

    sale_id: str
    register_id: Code
    staff_id: Code = ""
    tenders: Annotated[list[TenderRequest], Field(max_length=100)] = []

    def to_command(self) -> Sell:
        """The sale as the use case takes it."""
        return Sell(
            sale_id=canonical_id(self.sale_id, "sale_id"),
            register_id=self.register_id,
            staff_id=self.staff_id,
            basket=self.to_basket(),
            tenders=[Tender(tender.kind, tender.amount_fen) for tender in self.tenders],
        )


class ReprintRequest(Request):
    """Asks for one more copy of a receipt. `job_id` is a UUIDv7 made by the register."""

    job_id: str


class LineAnswer(BaseModel):
    """A priced line."""

    product_id: str
    barcode: str
    name: str
    unit: str
    quantity_milli: int
    price_fen: int
    list_fen: int
    discount_fen: int
    net_fen: int


class QuoteAnswer(BaseModel):
    """A priced basket."""

    lines: list[LineAnswer]
    total_fen: int
    points_earned: int
    member_id: str
    earning_rule: str
    catalogue_revision: int
    bundle_digest: str


class TenderAnswer(BaseModel):
    """Money that stays in the till: change is taken off."""

    kind: str
    amount_fen: int


class SaleAnswer(QuoteAnswer):
    """A sale in the journal."""

    sale_id: str
    replayed: bool = False
    receipt_number: str
    register_id: str
    sequence: int
    staff_id: str
    business_date: date
    sold_time: datetime
    tenders: list[TenderAnswer]
    change_fen: int
    receipt_text: str
    entry_hash: str
    state: str
    reason: str
    reason_message: str
    reason_metadata: dict[str, str]
    headquarters_points_earned: int | None
    points_differ: bool


class PrintJobAnswer(BaseModel):
    """A text for a printer; copy 0 is the receipt, 1 and up are marked 补打."""

    job_id: str
    sale_id: str
    copy_number: int
    spooled: bool
    replayed: bool = False


class SaleDetailAnswer(SaleAnswer):
    """A sale with its print jobs."""

    print_jobs: list[PrintJobAnswer]


class SalesAnswer(BaseModel):
    """A page of sales, oldest first; `next_page_token` is empty on the last one."""

    sales: list[SaleAnswer]
    next_page_token: str


class ProductAnswer(BaseModel):
    """A product of the local catalogue; `price_fen` is null where it cannot be sold."""

    product_id: str
    sku: str
    name: str
    unit: str
    barcodes: list[str]
    price_fen: int | None


class SourceAnswer(BaseModel):
    """How far a source at headquarters was taken over."""

    revision: int
    completed_time: datetime | None
    age_seconds: float | None


class StatusAnswer(BaseModel):
    """How the gateway is."""

    store_id: str
    store_name: str
    register_ids: list[str]
    catalogue: SourceAnswer
    member_stubs: SourceAnswer
    pending_uploads: int
    oldest_pending_time: datetime | None
    parked: int
    last_headquarters_contact: datetime | None
    headquarters_failures: dict[str, str]
    disk_free_bytes: int


class RegisterProofAnswer(BaseModel):
    """One register's chain. `problem` is empty when every entry holds."""

    register_id: str
    sales: int
    last_hash: str
    problem: str
    broken_sequence: int | None


class VerificationAnswer(BaseModel):
    """The proof of the journal."""

    intact: bool
    registers: list[RegisterProofAnswer]


def _optional_id(text: str, field: str) -> str:
    return canonical_id(text, field) if text else ""
