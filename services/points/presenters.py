"""Rows and values of the ledger as messages of the contract."""

from chassis.clock import to_proto_date, to_timestamp
from chassis.errors import DomainError
from services.points.domain.ledger import Lot
from services.points.door import Outcome
from services.points.storage.queries import Record
from services.points.usecases.post_sales import PostedSale
from yika.points.v1 import ledger_pb2, points_service_pb2, sale_pb2


def posted_result(posted: PostedSale) -> points_service_pb2.PostedSaleResult:
    """What a sale did."""
    return points_service_pb2.PostedSaleResult(
        points_earned=posted.points_earned,
        balance_points=posted.balance_points,
        replayed=posted.replayed,
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


def lot_message(lot: Lot) -> ledger_pb2.Lot:
    """A lot."""
    return ledger_pb2.Lot(
        bill_id=lot.bill_id,
        asset=ledger_pb2.Asset.Name(lot.asset),
        granted_amount=lot.granted,
        remaining_amount=lot.remaining,
        rule_version=lot.rule_version,
        store_id=lot.store_id,
        earned_time=to_timestamp(lot.earned_at),
        expiry_date=to_proto_date(lot.expiry_date) if lot.expiry_date else None,
    )


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
        sale=sale_pb2.Sale.FromString(row.document),
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
