"""Rows and values of the ledger as messages of the contract."""

from chassis.clock import fill_proto_date, fill_timestamp, to_proto_date, to_timestamp
from chassis.errors import DomainError
from services.points.domain.assets import BillKind
from services.points.domain.lot import Lot
from services.points.messages.stored_documents import packed_document
from services.points.storage.queries.ledger_queries import Record
from services.points.usecases.post_bills import Outcome, Posted
from services.points.usecases.queries.read_bill import BillView
from services.points.usecases.queries.read_statement import StatementLine
from services.points.usecases.queries.read_wallet import WalletView
from yika.points.v1 import ledger_pb2, points_service_pb2, sale_pb2


def posted_result(posted: Posted) -> points_service_pb2.PostedSaleResult:
    """What a sale did."""
    return points_service_pb2.PostedSaleResult(
        points_earned=posted.receipt.points_earned,
        balance_points=posted.receipt.points,
        replayed=posted.replayed,
        principal_fen=posted.receipt.principal_fen,
        bonus_fen=posted.receipt.bonus_fen,
        debt_points=posted.receipt.debt_points,
    )


def sale_outcome(sale_id: str, outcome: Outcome) -> points_service_pb2.SaleOutcome:
    """One line of the answer to a batch."""
    if isinstance(outcome, DomainError):
        refusal = points_service_pb2.SaleRefusal(
            reason=outcome.reason,
            message=outcome.message,
            metadata=outcome.metadata,
            code=outcome.kind.grpc_code,
        )
        return points_service_pb2.SaleOutcome(sale_id=sale_id, refused=refusal)
    return points_service_pb2.SaleOutcome(sale_id=sale_id, posted=posted_result(outcome))


def wallet_answer(view: WalletView) -> points_service_pb2.GetWalletResponse:
    """What a member owns."""
    answer = points_service_pb2.GetWalletResponse()
    message = answer.wallet
    message.member_id = view.member_id
    message.points = view.points
    message.principal_fen = view.principal_fen
    message.bonus_fen = view.bonus_fen
    message.pending_points = view.pending_points
    message.held_points = view.held_points
    message.held_fen = view.held_fen
    message.debt_points = view.debt_points
    message.frozen_reason = view.frozen_reason
    message.merged_into = view.merged_into
    message.card_type = view.card_type
    held = view.held
    for lot in view.lots:
        _fill_lot(message.lots.add(), lot, held.get(lot.key, 0) if held else 0)
    return answer


def _fill_lot(message: ledger_pb2.Lot, lot: Lot, held: int) -> None:
    """Fills an empty message in its place: a wallet's lots would be copied twice otherwise."""
    message.bill_id = lot.bill_id
    message.asset = lot.asset  # type: ignore[assignment]  # the numbers are the proto's
    message.granted_amount = lot.granted
    message.remaining_amount = lot.remaining
    message.rule_version = lot.rule_version
    message.store_id = lot.store_id
    fill_timestamp(message.earned_time, lot.earned_at)
    if lot.expiry_date:
        fill_proto_date(message.expiry_date, lot.expiry_date)
    if lot.pass_id:
        message.pass_id = lot.pass_id
    fill_timestamp(message.available_time, lot.available_at)
    message.held_amount = held
    message.ordinal = lot.ordinal
    message.expired_amount = lot.expired


def bill_message(row: Record) -> ledger_pb2.Bill:
    """A bill; on a walk-in sale the account is the store's and no member is named."""
    walk_in = row.member_id == row.store_id
    return ledger_pb2.Bill(
        bill_id=row.bill_id,
        kind=row.kind,
        member_id="" if walk_in else row.member_id,
        store_id=row.store_id,
        business_date=to_proto_date(row.business_date),
        occurred_time=to_timestamp(row.occurred_at),
        posted_time=to_timestamp(row.posted_at),
        total_fen=row.total_fen,
        points_earned=row.points_earned,
        sale=sale_pb2.Sale.FromString(row.document) if row.kind == BillKind.SALE else None,
        register_id=row.register_id,
        staff_id=row.staff_id,
        reason=row.reason,
        original_bill_id=row.original_bill_id or "",
        programme_version=row.programme_version,
        sequence=row.sequence,
        hash=row.hash,
        receipt=ledger_pb2.BillReceipt.FromString(row.receipt),
        allocation=ledger_pb2.Allocation.FromString(row.allocation) if row.allocation else None,
    )


def transfer_message(row: Record) -> ledger_pb2.Transfer:
    """A transfer."""
    return ledger_pb2.Transfer(
        bill_id=row.bill_id,
        asset=row.asset,
        debit_account=row.debit_account,
        credit_account=row.credit_account,
        amount=row.amount,
        business_date=to_proto_date(row.business_date),
        posted_time=to_timestamp(row.posted_at),
        store_id=row.store_id,
        pass_id=row.pass_id or "",
        lot_bill_id=row.lot_bill_id or "",
        lot_ordinal=row.lot_ordinal or 0,
    )


def bill_answer(view: BillView) -> points_service_pb2.GetBillResponse:
    """A bill with all it did."""
    bill = bill_message(view.bill)
    bill.document.CopyFrom(packed_document(BillKind(view.bill.kind), view.bill.document))
    answer = points_service_pb2.GetBillResponse(
        bill=bill,
        transfers=[transfer_message(row) for row in view.transfers],
        later_bills=[
            points_service_pb2.LaterBill(
                bill_id=row.bill_id,
                kind=row.kind,
                store_id=row.store_id,
                business_date=to_proto_date(row.business_date),
                posted_time=to_timestamp(row.posted_at),
                total_fen=row.total_fen,
            )
            for row in view.later
        ],
        more_later_bill_count=view.more_later,
    )
    for lot in view.lots:
        _fill_lot(answer.lots.add(), lot, view.held.get(lot.key, 0))
    return answer


def statement_line_message(line: StatementLine) -> points_service_pb2.StatementLine:
    """A transfer with the balance after it."""
    return points_service_pb2.StatementLine(
        transfer=transfer_message(line.row),
        kind=line.row.kind,
        occurred_time=to_timestamp(line.row.occurred_at),
        change=line.row.change,
        balance=line.balance,
    )


def summary_message(row: Record) -> points_service_pb2.BillSummary:
    """Count and sums of one store's bills of one kind."""
    return points_service_pb2.BillSummary(
        store_id=row.store_id,
        kind=row.kind,
        bill_count=row.bill_count,
        total_fen=int(row.total_fen),
        points_earned=int(row.points_earned),
    )
