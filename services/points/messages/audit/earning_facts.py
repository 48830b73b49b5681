"""What stored bills say of caps and of fractions of a point, for the verification."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from chassis.errors import Invalid
from pricing.earning import Carry, CounterKey
from services.points.domain.assets import BillKind
from services.points.domain.limits import ledger_day
from services.points.domain.returns.return_request import ReturnLine
from services.points.domain.sales.earning_facts import (
    EarningFact,
    GiftFact,
    GivenFact,
    MovedFact,
    ReturnedFact,
    SoldFact,
    UnknownFact,
)
from services.points.domain.wallets.points_transfer import GIVEN
from services.points.messages.programmes.earning_messages import read_basis, read_grants
from yika.points.v1 import (
    audit_pb2,
    ledger_pb2,
    return_service_pb2,
    reward_service_pb2,
    sale_pb2,
)

Record = Any  # a row with the columns of `bills` by name


def earning_fact(row: Record, receipt: ledger_pb2.BillReceipt) -> EarningFact | None:
    """What a bill of a member's chain counted; any bytes may stand in it."""
    read = _READERS.get(row["kind"])
    if read is None:
        return None
    try:
        return read(row, receipt)
    except (DecodeError, Invalid):
        return UnknownFact()


def returned_elsewhere(row: Record) -> EarningFact:
    """What a return says to the account that sold, of which it is not."""
    try:
        return _returned(row, ledger_pb2.BillReceipt())._replace(elsewhere=True)
    except DecodeError:
        return UnknownFact()


def _sold(row: Record, _: ledger_pb2.BillReceipt) -> EarningFact:
    allocation = ledger_pb2.Allocation.FromString(row["allocation"])
    if not allocation.HasField("earning"):
        return UnknownFact()
    sale = sale_pb2.Sale.FromString(row["document"])
    return SoldFact(
        read_basis(allocation.earning.basis),
        read_grants(allocation.earning.grants),
        tuple(line.quantity_milli for line in sale.lines),
    )


def _returned(row: Record, _: ledger_pb2.BillReceipt) -> ReturnedFact:
    message = return_service_pb2.ReturnSaleRequest.FromString(row["document"])
    lines = tuple(ReturnLine(line.line_number, line.quantity_milli) for line in message.lines)
    return ReturnedFact(message.original_sale_id, lines)


def _redeemed(row: Record, _: ledger_pb2.BillReceipt) -> EarningFact:
    message = reward_service_pb2.RedeemGiftRequest.FromString(row["document"])
    pieces = tuple((line.gift_id, line.pieces) for line in message.lines)
    return GiftFact(str(row["bill_id"]), pieces, comes_back=False)


def _handed_back(row: Record, _: ledger_pb2.BillReceipt) -> EarningFact:
    message = reward_service_pb2.ReturnGiftRequest.FromString(row["document"])
    pieces = tuple((line.gift_id, line.pieces) for line in message.lines)
    return GiftFact(message.redemption_bill_id, pieces, comes_back=True)


def _given(row: Record, receipt: ledger_pb2.BillReceipt) -> EarningFact | None:
    header = audit_pb2.HeadedDocument.FromString(row["document"]).header
    if header.bill_id != str(row["bill_id"]):
        return None  # of the one who received
    day = ledger_day(row["posted_at"]).isoformat()
    return GivenFact(CounterKey(GIVEN, day), receipt.moved.points)


def _moved(row: Record, receipt: ledger_pb2.BillReceipt) -> EarningFact:
    header = audit_pb2.HeadedDocument.FromString(row["document"]).header
    moved = receipt.moved
    return MovedFact(
        Carry(moved.carry_numerator, max(1, moved.carry_denominator)),
        moved.tallies,
        undoes=row["kind"] == BillKind.MERGE_REVERSAL,
        of_merged=header.bill_id == str(row["bill_id"]),
    )


_READERS: Mapping[int, Callable[[Record, ledger_pb2.BillReceipt], EarningFact | None]] = {
    BillKind.SALE: _sold,
    BillKind.SALE_RETURN: _returned,
    BillKind.GIFT_REDEMPTION: _redeemed,
    BillKind.GIFT_RETURN: _handed_back,
    BillKind.POINTS_TRANSFER: _given,
    BillKind.MERGE: _moved,
    BillKind.MERGE_REVERSAL: _moved,
}
