"""The ledger as its servicers see it: one way in for every document but a sale."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from chassis.auth import current_principal
from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import DomainError
from services.points.commands import Command
from services.points.directory import Directory
from services.points.domain.header import Header
from services.points.door import Door
from services.points.messages.documents import read_header, receipt_message
from services.points.messages.sizes import REQUEST_BYTES_MAX, Sized, check_size
from services.points.programmes import ProgrammeSource
from services.points.usecases.post_bills import Posted
from yika.points.v1 import ledger_pb2


class Headed(Sized, Protocol):
    """A request with the header that every document but a sale has."""

    @property
    def header(self) -> ledger_pb2.BillHeader:
        """Who does what where."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What servicers share."""

    database: Database
    door: Door
    directory: Directory
    programmes: ProgrammeSource
    tender_kinds: Collection[str]

    async def read_header(
        self, request: Headed, *, member_required: bool = True, bytes_max: int = REQUEST_BYTES_MAX
    ) -> Header:
        """The header of a request that becomes a document, whose caller may act in its store.

        Invalid for bad form and REQUEST_TOO_LARGE, Forbidden for a store out of reach, NotFound
        UNKNOWN_STORE or UNKNOWN_MEMBER. Its member_id may be empty when none is required.
        """
        check_size(request, bytes_max)
        header = read_header(request.header, utc_now(), member_required=member_required)
        current_principal().require_store(header.store_id)
        await self.require_known({header.member_id} - {""}, {header.store_id})
        return header

    async def require_known(
        self,
        member_ids: Collection[str],
        store_ids: Collection[str] = (),
        product_ids: Collection[str] = (),
    ) -> None:
        """NotFound unless all of them exist; Unavailable when their owners cannot be asked."""
        await self.directory.require_known(member_ids, store_ids, product_ids)

    async def post(self, command: Command) -> ledger_pb2.BillReceipt:
        """Posts one command through the door; raises the DomainError of one that is refused."""
        (outcome,) = await self.door.post([command])
        if isinstance(outcome, DomainError):
            raise outcome
        return receipt_answer(command.bill_id, outcome)


def receipt_answer(bill_id: str, posted: Posted) -> ledger_pb2.BillReceipt:
    """What a caller is told of a posted bill."""
    return receipt_message(posted.receipt, bill_id, replayed=posted.replayed)
