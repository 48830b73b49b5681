"""AuditService: message -> use case -> message."""

from typing import Any, cast

import grpc

from chassis.auth import current_principal
from chassis.clock import to_timestamp, utc_now
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.domain.audit.breaks import WHOLE_BOOKS
from services.points.ledger import Ledger
from services.points.messages import presenters
from services.points.messages.dates import optional_date
from services.points.storage.audit.breaks import Run
from services.points.usecases.audit.list_breaks import BreakView, list_breaks
from services.points.usecases.audit.read_trial_balance import read_trial_balance
from services.points.usecases.audit.verify_ledger import read_run, request_run
from yika.points.v1 import audit_service_pb2, audit_service_pb2_grpc

# Of one member's breaks; ListBreaks has all of them.
_BREAKS_MAX = 100


class AuditServicer(audit_service_pb2_grpc.AuditServiceServicer):
    """The RPCs that prove that the books balance."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database = ledger.database

    async def GetTrialBalance(
        self, request: audit_service_pb2.GetTrialBalanceRequest, _: grpc.aio.ServicerContext
    ) -> audit_service_pb2.GetTrialBalanceResponse:
        """Reads debits, credits and balances with their proof."""
        store_id = canonical_id(request.store_id, "store_id") if request.store_id else None
        current_principal().require_store(store_id or "*")
        if store_id is not None:
            await self._ledger.require_known((), {store_id})
        balance = await read_trial_balance(
            self._database,
            store_id=store_id,
            from_date=optional_date(request, "from_date"),
            to_date=optional_date(request, "to_date"),
            asset=request.asset,
            token=request.page_token,
            limit=page_size(request.page_size, default=10_000, maximum=10_000),
        )
        return audit_service_pb2.GetTrialBalanceResponse(
            accounts=[
                audit_service_pb2.AccountBalance(
                    store_id=line.key.store_id,
                    asset=cast(Any, line.key.asset),
                    pass_id=line.key.pass_id,
                    account=line.key.account,
                    debit_amount=line.debit,
                    credit_amount=line.credit,
                    balance_amount=line.debit - line.credit,
                )
                for line in balance.accounts
            ],
            proofs=[
                audit_service_pb2.BalanceProof(
                    asset=cast(Any, line.asset),
                    pass_id=line.pass_id,
                    debit_amount=line.debit,
                    credit_amount=line.credit,
                    balance_amount=line.debit - line.credit,
                )
                for line in balance.proofs
            ],
            next_page_token=balance.next_page_token,
        )

    async def VerifyLedger(
        self, request: audit_service_pb2.VerifyLedgerRequest, _: grpc.aio.ServicerContext
    ) -> audit_service_pb2.VerifyLedgerResponse:
        """Verifies a member, or asks for a run over everything."""
        principal = current_principal()
        principal.require_store("*")  # a member's bills lie in many stores
        run_id = canonical_id(request.run_id, "run_id")
        member_id = canonical_id(request.member_id, "member_id") if request.member_id else None
        if member_id is not None:
            await self._ledger.require_known({member_id})
        run = await request_run(
            self._database, run_id, member_id, requested_by=principal.subject, now=utc_now()
        )
        answer = audit_service_pb2.VerifyLedgerResponse(verification=_verification(run))
        if member_id is not None:
            page = await list_breaks(
                self._database, member_id, include_resolved=False, token="", limit=_BREAKS_MAX
            )
            answer.breaks.extend(map(_break, page.breaks))
        return answer

    async def GetVerification(
        self, request: audit_service_pb2.GetVerificationRequest, _: grpc.aio.ServicerContext
    ) -> audit_service_pb2.GetVerificationResponse:
        """Reads how a run stands."""
        current_principal().require_store("*")
        run_id = canonical_id(request.run_id, "run_id") if request.run_id else None
        run = await read_run(self._database, run_id)
        return audit_service_pb2.GetVerificationResponse(verification=_verification(run))

    async def ListBreaks(
        self, request: audit_service_pb2.ListBreaksRequest, _: grpc.aio.ServicerContext
    ) -> audit_service_pb2.ListBreaksResponse:
        """Lists breaks with their proofs."""
        current_principal().require_store("*")
        page = await list_breaks(
            self._database,
            canonical_id(request.member_id, "member_id") if request.member_id else None,
            include_resolved=request.include_resolved,
            token=request.page_token,
            limit=page_size(request.page_size, default=50, maximum=500),
        )
        return audit_service_pb2.ListBreaksResponse(
            breaks=map(_break, page.breaks), next_page_token=page.next_page_token
        )


def _verification(run: Run) -> audit_service_pb2.Verification:
    return audit_service_pb2.Verification(
        run_id=run.run_id,
        member_id=run.member_id or "",
        requested_by=run.requested_by,
        requested_time=to_timestamp(run.requested_at),
        completed_time=to_timestamp(run.completed_at) if run.completed_at else None,
        account_count=run.account_count,
        bill_count=run.bill_count,
        break_count=run.break_count,
    )


def _break(view: BreakView) -> audit_service_pb2.LedgerBreak:
    row = view.row
    return audit_service_pb2.LedgerBreak(
        member_id="" if row.member_id == WHOLE_BOOKS else row.member_id,
        kind=row.kind,
        subject=row.subject,
        expected=row.expected,
        found=row.found,
        proof=map(presenters.transfer_message, view.proof),
        proof_count=row.proof_count,
        first_run_id=row.first_run_id,
        last_run_id=row.last_run_id,
        found_time=to_timestamp(row.found_at),
        seen_time=to_timestamp(row.seen_at),
        resolved_time=to_timestamp(row.resolved_at) if row.resolved_at else None,
    )
