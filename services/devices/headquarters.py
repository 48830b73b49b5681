"""Headquarters as the gateway sees it: the RPCs of inventory, members and points."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import grpc
from google.rpc import code_pb2

from chassis.clock import to_proto_date, to_timestamp
from chassis.error_mapping import from_grpc
from chassis.errors import DomainError, Forbidden, Invalid, Unavailable
from chassis.grpc_client import open_channel
from services.devices.domain.sale import Sale
from services.devices.settings import Settings
from services.devices.storage.catalogue_repository import MemberStub, Product
from services.devices.storage.journal_repository import Settlement, State
from yika.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc
from yika.points.v1 import points_service_pb2, points_service_pb2_grpc, sale_pb2

# Said of one sale, of which nothing is wrong: rules have just changed, or who knows its member is
# away.
_LATER = {code_pb2.UNAVAILABLE, code_pb2.RESOURCE_EXHAUSTED}
# The called service was reached and broke: the request may be the cause, so it is not the same
# as a service that is away.
_BROKEN = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INVALID_ARGUMENT}


class Headquarters:
    """Channels to the three services, opened when first used; every failure is a DomainError."""

    def __init__(self, settings: Settings, token: Callable[[], str]) -> None:
        self._store_id = settings.store_id
        self._sync_timeout_seconds = settings.sync_timeout_seconds
        self._upload_timeout_seconds = settings.upload_timeout_seconds
        self._channels = [
            open_channel(address, token=token)
            for address in (
                settings.inventory_address,
                settings.members_address,
                settings.points_address,
            )
        ]
        inventory, members, points = self._channels
        self._inventory = inventory_service_pb2_grpc.InventoryServiceStub(inventory)
        self._members = member_service_pb2_grpc.MemberServiceStub(members)
        self._points = points_service_pb2_grpc.PointsServiceStub(points)

    async def catalogue(self, after_revision: int) -> AsyncIterator[list[Product]]:
        """The store's catalogue entries that changed after a revision, in order of revision."""
        request = inventory_service_pb2.StreamCatalogueRequest(
            store_id=self._store_id, after_revision=after_revision
        )
        call = self._inventory.StreamCatalogue(request, timeout=self._sync_timeout_seconds)
        async for answer in _answers(call):
            yield [
                Product(
                    product_id=entry.product.product_id,
                    sku=entry.product.sku,
                    name=entry.product.name,
                    unit=entry.product.unit,
                    barcodes=tuple(entry.product.barcodes),
                    price_fen=entry.price_fen if entry.HasField("price_fen") else None,
                    revision=entry.revision,
                )
                for entry in answer.entries
            ]

    async def member_stubs(self, after_revision: int) -> AsyncIterator[list[MemberStub]]:
        """The stubs that changed after a revision, in order of revision."""
        request = member_service_pb2.StreamMemberStubsRequest(after_revision=after_revision)
        call = self._members.StreamMemberStubs(request, timeout=self._sync_timeout_seconds)
        async for answer in _answers(call):
            yield [
                MemberStub(stub.member_id, tuple(stub.card_numbers), stub.revision)
                for stub in answer.stubs
            ]

    async def post_sales(self, sales: Sequence[Sale]) -> list[Settlement]:
        """What headquarters did with each sale: POSTED or PARKED with its reason.

        Those that it could not decide about are left out, and wait. A DomainError when that is all
        of them, and whenever nothing is known to have arrived.
        """
        request = points_service_pb2.PostSalesRequest(sales=[_message(sale) for sale in sales])
        try:
            answer = await self._points.PostSales(request, timeout=self._upload_timeout_seconds)
        except grpc.aio.AioRpcError as error:
            raise _failure(error) from error
        asked = {sale.sale_id for sale in sales}
        if {outcome.sale_id for outcome in answer.outcomes} != asked:
            raise Invalid("ANSWER_INCOMPLETE", "headquarters did not answer for every sale")
        if all(each.refused.code == code_pb2.PERMISSION_DENIED for each in answer.outcomes):
            # Said of each sale, yet it is this gateway's token that is wrong, and no sale.
            refused = answer.outcomes[0].refused
            raise Forbidden(refused.reason, refused.message)
        decided = [each for each in answer.outcomes if each.refused.code not in _LATER]
        if sales and not decided:
            refused = answer.outcomes[0].refused
            raise Unavailable(refused.reason, refused.message)
        return [_settlement(outcome) for outcome in decided]

    async def close(self) -> None:
        """Closes the channels."""
        for channel in self._channels:
            await channel.close()


async def _answers(call: Any) -> AsyncIterator[Any]:
    try:
        async for answer in call:
            yield answer
    except grpc.aio.AioRpcError as error:
        raise _failure(error) from error
    finally:
        # A round that ends early must not leave the stream open behind it.
        call.cancel()


def _failure(error: grpc.aio.AioRpcError) -> DomainError:
    refusal = from_grpc(error)
    if refusal.reason == "PEER_UNAVAILABLE" and error.code() in _BROKEN:
        return Invalid("HEADQUARTERS_FAILED", refusal.message, {"code": error.code().name})
    return refusal


def _message(sale: Sale) -> sale_pb2.Sale:
    return sale_pb2.Sale(
        sale_id=sale.sale_id,
        member_id=sale.basket.member_id,
        store_id=sale.store_id,
        register_id=sale.register_id,
        staff_id=sale.staff_id,
        business_date=to_proto_date(sale.business_date),
        sold_time=to_timestamp(sale.sold_at),
        lines=[
            sale_pb2.SaleLine(
                product_id=line.product_id,
                quantity_milli=line.quantity_milli,
                list_fen=line.list_fen,
                discount_fen=line.discount_fen,
            )
            for line in sale.basket.lines
        ],
        tenders=[
            sale_pb2.Tender(kind=tender.kind, amount_fen=tender.amount_fen)
            for tender in sale.tenders
        ],
        total_fen=sale.basket.total_fen,
    )


def _settlement(outcome: points_service_pb2.SaleOutcome) -> Settlement:
    if outcome.WhichOneof("outcome") == "posted":
        return Settlement(
            outcome.sale_id, State.POSTED, headquarters_points=outcome.posted.points_earned
        )
    return Settlement(
        outcome.sale_id,
        State.PARKED,
        reason=outcome.refused.reason or "REFUSED",
        message=outcome.refused.message,
        metadata=dict(outcome.refused.metadata),
    )
