"""PassService: message -> command -> use case -> message."""

import grpc

from chassis.auth import current_principal
from chassis.clock import utc_now
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.ledger import Ledger
from services.points.messages.dates import asked_day
from services.points.messages.passes import pass_messages
from services.points.usecases.passes.read_passes import list_pass_shares, read_passes
from services.points.usecases.passes.refund_pass import refund_pass_command
from services.points.usecases.passes.reverse_pass_use import reverse_pass_use_command
from services.points.usecases.passes.sell_pass import sell_pass_command
from services.points.usecases.passes.share_pass import share_pass
from services.points.usecases.passes.unshare_pass import unshare_pass
from services.points.usecases.passes.use_pass import use_pass_command
from yika.points.v1 import pass_service_pb2, pass_service_pb2_grpc

# What the receipt of a shared pass does not tell the member who uses it.
_OWNERS_BALANCES = ("points", "principal_fen", "bonus_fen", "debt_points")


class PassServicer(pass_service_pb2_grpc.PassServiceServicer):
    """The RPCs of passes. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def SellPass(
        self, request: pass_service_pb2.SellPassRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.SellPassResponse:
        """Sells a pass."""
        header = await self._ledger.read_header(request)
        sale = pass_messages.read_pass_sale(request)
        command = sell_pass_command(header, sale, request, self._ledger.tender_kinds)
        return pass_service_pb2.SellPassResponse(receipt=await self._ledger.post(command))

    async def UsePass(
        self, request: pass_service_pb2.UsePassRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.UsePassResponse:
        """Uses units of a pass."""
        header = await self._ledger.read_header(request)
        use = pass_messages.read_pass_use(request, header)
        await self._ledger.require_known({use.owner_member_id}, (), {use.product_id} - {""})
        receipt = await self._ledger.post(use_pass_command(header, use, request))
        if use.user_member_id != use.owner_member_id:
            for field in _OWNERS_BALANCES:
                receipt.ClearField(field)
        return pass_service_pb2.UsePassResponse(receipt=receipt)

    async def ReversePassUse(
        self, request: pass_service_pb2.ReversePassUseRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.ReversePassUseResponse:
        """Undoes a use."""
        header = await self._ledger.read_header(request)
        request.use_bill_id = canonical_id(request.use_bill_id, "use_bill_id")
        command = await reverse_pass_use_command(self._ledger.database, header, request)
        return pass_service_pb2.ReversePassUseResponse(receipt=await self._ledger.post(command))

    async def RefundPass(
        self, request: pass_service_pb2.RefundPassRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.RefundPassResponse:
        """Pays back what is left of a pass."""
        header = await self._ledger.read_header(request)
        request.sale_bill_id = canonical_id(request.sale_bill_id, "sale_bill_id")
        command = refund_pass_command(header, request)
        return pass_service_pb2.RefundPassResponse(receipt=await self._ledger.post(command))

    async def SharePass(
        self, request: pass_service_pb2.SharePassRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.SharePassResponse:
        """Shares a pass."""
        pass_messages.check_share_request(request)
        current_principal().require_store(request.store_id)
        await self._ledger.require_known(
            {request.owner_member_id, request.user_member_id}, {request.store_id}
        )
        share, replayed = await share_pass(
            self._ledger.database,
            request,
            programmes=await self._ledger.programmes.current(),
            now=utc_now(),
        )
        return pass_service_pb2.SharePassResponse(
            share=pass_messages.share_message(share), replayed=replayed
        )

    async def UnsharePass(
        self, request: pass_service_pb2.UnsharePassRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.UnsharePassResponse:
        """Ends a share."""
        pass_messages.check_unshare_request(request)
        current_principal().require_store(request.store_id)
        await self._ledger.require_known({request.owner_member_id}, {request.store_id})
        share, replayed = await unshare_pass(self._ledger.database, request, now=utc_now())
        return pass_service_pb2.UnsharePassResponse(
            share=pass_messages.share_message(share), replayed=replayed
        )

    async def GetPasses(
        self, request: pass_service_pb2.GetPassesRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.GetPassesResponse:
        """Reads the passes that a member can use."""
        member_id = canonical_id(request.member_id, "member_id")
        now = utc_now()
        day = asked_day(request, now)
        await self._ledger.require_known({member_id})
        views = await read_passes(
            self._ledger.database,
            member_id,
            programmes=await self._ledger.programmes.current(),
            business_date=day,
            now=now,
        )
        return pass_service_pb2.GetPassesResponse(
            passes=[pass_messages.pass_message(view) for view in views]
        )

    async def ListPassShares(
        self, request: pass_service_pb2.ListPassSharesRequest, _: grpc.aio.ServicerContext
    ) -> pass_service_pb2.ListPassSharesResponse:
        """Lists with whom a member's passes are and were shared."""
        owner = canonical_id(request.owner_member_id, "owner_member_id")
        limit = page_size(request.page_size, default=50, maximum=500)
        await self._ledger.require_known({owner})
        shares, next_page_token = await list_pass_shares(
            self._ledger.database, owner, request.page_token, limit
        )
        return pass_service_pb2.ListPassSharesResponse(
            shares=[pass_messages.share_message(share) for share in shares],
            next_page_token=next_page_token,
        )
