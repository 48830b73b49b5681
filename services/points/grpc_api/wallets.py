"""WalletService: message -> use case -> message."""

from collections.abc import Sequence
from typing import TypeAlias

import grpc

from chassis.auth import current_principal
from chassis.clock import to_timestamp, utc_now
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.commands import Command
from services.points.domain.header import REASON_LENGTH_MAX
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.wallets.wallet_change import (
    WalletChange,
    WalletChangeKind,
    check_decision,
    check_members,
)
from services.points.ledger import Ledger
from services.points.messages.texts import check_text
from services.points.storage.wallets.wallet_changes import Record
from services.points.usecases.wallets.change_wallets import change_wallets
from services.points.usecases.wallets.merge_members import merge_members_command
from services.points.usecases.wallets.read_wallet_changes import list_wallet_changes, read_household
from services.points.usecases.wallets.transfer_card import transfer_card_command
from services.points.usecases.wallets.transfer_points import transfer_points_command
from services.points.usecases.wallets.undo_merge import undo_merge_command
from yika.points.v1 import ledger_pb2, wallet_service_pb2, wallet_service_pb2_grpc

Context: TypeAlias = grpc.aio.ServicerContext


class WalletServicer(wallet_service_pb2_grpc.WalletServiceServicer):
    """The RPCs about whole wallets. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def FreezeWallet(
        self, request: wallet_service_pb2.FreezeWalletRequest, _: Context
    ) -> wallet_service_pb2.FreezeWalletResponse:
        """Freezes a wallet."""
        replayed = await self._change(request.header, WalletChangeKind.FROZEN, [request.member_id])
        return wallet_service_pb2.FreezeWalletResponse(replayed=replayed)

    async def UnfreezeWallet(
        self, request: wallet_service_pb2.UnfreezeWalletRequest, _: Context
    ) -> wallet_service_pb2.UnfreezeWalletResponse:
        """Unfreezes a wallet."""
        replayed = await self._change(
            request.header, WalletChangeKind.UNFROZEN, [request.member_id]
        )
        return wallet_service_pb2.UnfreezeWalletResponse(replayed=replayed)

    async def LinkHousehold(
        self, request: wallet_service_pb2.LinkHouseholdRequest, _: Context
    ) -> wallet_service_pb2.LinkHouseholdResponse:
        """Adds members to a household."""
        replayed = await self._change(
            request.header, WalletChangeKind.LINKED, request.member_ids, request.household_id
        )
        return wallet_service_pb2.LinkHouseholdResponse(replayed=replayed)

    async def UnlinkHousehold(
        self, request: wallet_service_pb2.UnlinkHouseholdRequest, _: Context
    ) -> wallet_service_pb2.UnlinkHouseholdResponse:
        """Takes members out of a household."""
        replayed = await self._change(
            request.header, WalletChangeKind.UNLINKED, request.member_ids, request.household_id
        )
        return wallet_service_pb2.UnlinkHouseholdResponse(replayed=replayed)

    async def _change(
        self,
        header: wallet_service_pb2.ChangeHeader,
        kind: WalletChangeKind,
        member_ids: Sequence[str],
        household_id: str | None = None,
    ) -> bool:
        members = [canonical_id(member_id, "member_id") for member_id in member_ids]
        if household_id is not None:
            household_id = canonical_id(household_id, "household_id")
        change = WalletChange(
            change_id=canonical_id(header.change_id, "change_id"),
            kind=kind,
            member_ids=tuple(members),
            caller=current_principal().subject,
            happened_at=utc_now(),
            reason=check_text(header.reason, "reason", REASON_LENGTH_MAX),
            household_id=household_id,
            store_id=canonical_id(header.store_id, "store_id"),
            staff_id=check_text(header.staff_id, "staff_id", CODE_LENGTH_MAX),
        )
        check_members(members)
        check_decision(change.staff_id, change.reason)
        current_principal().require_store(str(change.store_id))
        await self._ledger.require_known(members, {str(change.store_id)})
        return await change_wallets(self._ledger.database, change)

    async def ListWalletChanges(
        self, request: wallet_service_pb2.ListWalletChangesRequest, _: Context
    ) -> wallet_service_pb2.ListWalletChangesResponse:
        """Lists what happened to a wallet beside bills."""
        member_id = canonical_id(request.member_id, "member_id")
        limit = page_size(request.page_size, default=50, maximum=500)
        await self._ledger.require_known({member_id})
        page = await list_wallet_changes(
            self._ledger.database, member_id, request.page_token, limit
        )
        return wallet_service_pb2.ListWalletChangesResponse(
            changes=[change_message(row) for row in page.rows],
            next_page_token=page.next_page_token,
        )

    async def GetHousehold(
        self, request: wallet_service_pb2.GetHouseholdRequest, _: Context
    ) -> wallet_service_pb2.GetHouseholdResponse:
        """Reads who belongs to a household."""
        household_id = canonical_id(request.household_id, "household_id")
        return wallet_service_pb2.GetHouseholdResponse(
            member_ids=await read_household(self._ledger.database, household_id)
        )

    async def MergeMembers(
        self, request: wallet_service_pb2.MergeMembersRequest, _: Context
    ) -> wallet_service_pb2.MergeMembersResponse:
        """Takes one member into another."""
        header = await self._ledger.read_header(request)
        request.into_member_id = await self._known_member(request.into_member_id, "into_member_id")
        receipt, other = await self._post(merge_members_command(header, request))
        return wallet_service_pb2.MergeMembersResponse(receipt=receipt, counterpart_bill_id=other)

    async def UndoMerge(
        self, request: wallet_service_pb2.UndoMergeRequest, _: Context
    ) -> wallet_service_pb2.UndoMergeResponse:
        """Undoes a merge."""
        header = await self._ledger.read_header(request)
        request.merge_bill_id = canonical_id(request.merge_bill_id, "merge_bill_id")
        receipt, other = await self._post(undo_merge_command(header, request))
        return wallet_service_pb2.UndoMergeResponse(receipt=receipt, counterpart_bill_id=other)

    async def TransferCard(
        self, request: wallet_service_pb2.TransferCardRequest, _: Context
    ) -> wallet_service_pb2.TransferCardResponse:
        """Moves what is on a card to another member's."""
        header = await self._ledger.read_header(request)
        request.to_member_id = await self._known_member(request.to_member_id, "to_member_id")
        receipt, other = await self._post(transfer_card_command(header, request))
        return wallet_service_pb2.TransferCardResponse(receipt=receipt, counterpart_bill_id=other)

    async def TransferPoints(
        self, request: wallet_service_pb2.TransferPointsRequest, _: Context
    ) -> wallet_service_pb2.TransferPointsResponse:
        """Gives points to another member of the household."""
        header = await self._ledger.read_header(request)
        request.to_member_id = await self._known_member(request.to_member_id, "to_member_id")
        request.household_id = canonical_id(request.household_id, "household_id")
        receipt, other = await self._post(transfer_points_command(header, request))
        return wallet_service_pb2.TransferPointsResponse(receipt=receipt, counterpart_bill_id=other)

    async def _known_member(self, text: str, field: str) -> str:
        member_id = canonical_id(text, field)
        await self._ledger.require_known({member_id})
        return member_id

    async def _post(self, command: Command) -> tuple[ledger_pb2.BillReceipt, str]:
        return await self._ledger.post(command), command.further_bill_ids[0]


def change_message(row: Record) -> wallet_service_pb2.WalletChange:
    """One entry of a wallet's history."""
    return wallet_service_pb2.WalletChange(
        change_id=row.change_id,
        member_id=row.member_id,
        kind=row.kind,
        household_id=row.household_id or "",
        store_id=row.store_id or "",
        staff_id=row.staff_id,
        reason=row.reason,
        happened_time=to_timestamp(row.happened_at),
    )
