"""ReturnService: message -> command -> use case -> message."""

from collections.abc import Collection
from dataclasses import replace

import grpc

from chassis.auth import current_principal
from chassis.clock import utc_now
from services.points.commands import Command
from services.points.ledger import Ledger
from services.points.messages.documents import receipt_message
from services.points.messages.returns.return_documents import read_return, returned_sale_message
from services.points.messages.sizes import SALE_BYTES_MAX
from services.points.usecases.returns.return_sale import quote_return, return_command
from yika.points.v1 import return_service_pb2, return_service_pb2_grpc


class ReturnServicer(return_service_pb2_grpc.ReturnServiceServicer):
    """The RPCs of goods coming back. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger, kept_kinds: Collection[str]) -> None:
        self._ledger = ledger
        self._kept_kinds = frozenset(kept_kinds)

    async def ReturnSale(
        self, request: return_service_pb2.ReturnSaleRequest, _: grpc.aio.ServicerContext
    ) -> return_service_pb2.ReturnSaleResponse:
        """Posts a return or refuses it."""
        receipt = await self._ledger.post(await self._command(request))
        return return_service_pb2.ReturnSaleResponse(receipt=receipt)

    async def QuoteReturn(
        self, request: return_service_pb2.QuoteReturnRequest, _: grpc.aio.ServicerContext
    ) -> return_service_pb2.QuoteReturnResponse:
        """Tells what a return would do."""
        draft = await quote_return(
            self._ledger.database,
            await self._command(request.sale_return),
            programmes=await self._ledger.programmes.current(),
            now=utc_now(),
        )
        return return_service_pb2.QuoteReturnResponse(
            receipt=receipt_message(draft.receipt, draft.posting.bill_id),
            returned_sale=returned_sale_message(draft),
        )

    async def _command(self, message: return_service_pb2.ReturnSaleRequest) -> Command:
        header = await self._ledger.read_header(
            message, member_required=False, bytes_max=SALE_BYTES_MAX
        )
        request = replace(read_return(message, header), kept_kinds=self._kept_kinds)
        return await return_command(
            self._ledger.database,
            request,
            message,
            self._ledger.tender_kinds,
            caller=current_principal().subject,
        )
