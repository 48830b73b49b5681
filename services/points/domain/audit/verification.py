"""Verifies one account: its bills, transfers, lots, wallet row and holds must tell one story. Pure.

Bills come one after the other, in any order and with their transfers, so that an account of any
length can be verified in bounded memory.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from services.points.domain.assets import (
    BONUS_COST,
    MEMBER_TRANSFER,
    PASS_LIABILITY,
    REVENUE,
    STORED_VALUE_LIABILITY,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.audit.audited import AuditedBill, BookedTransfer, ChainLink
from services.points.domain.audit.bill_rows import row_breaks
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.audit.earning_trail import EarningTrail
from services.points.domain.audit.hold_trail import AuditedHold, HoldTrail
from services.points.domain.audit.lot_origin import LotOrigins
from services.points.domain.audit.merge_trail import MergeTrail
from services.points.domain.audit.pass_trail import DefinitionOf, PassTrail
from services.points.domain.audit.sale_count import SaleCount
from services.points.domain.audit.value_trail import ValueTrail, change_of
from services.points.domain.chain import bill_hash
from services.points.domain.lot import Lot
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import NO_HASH, Wallet

# In which accounts of money a bill's total shows: what they received (1) or gave (-1). A fee on a
# pass stays, and bonus that was spent is taken off what is paid out.
_TOTAL_SHOWS: Mapping[int, tuple[tuple[str, int], ...]] = {
    BillKind.SALE: ((REVENUE, 1),),
    BillKind.SALE_RETURN: ((REVENUE, -1),),
    BillKind.TOP_UP: ((STORED_VALUE_LIABILITY, 1),),
    BillKind.TOP_UP_REVERSAL: ((STORED_VALUE_LIABILITY, -1),),
    BillKind.CARD_CASH_OUT: ((STORED_VALUE_LIABILITY, -1), (BONUS_COST, -1)),
    BillKind.PASS_SALE: ((PASS_LIABILITY, 1),),
    BillKind.PASS_USE: ((REVENUE, 1),),
    BillKind.PASS_USE_REVERSAL: ((REVENUE, -1),),
    BillKind.PASS_REFUND: ((PASS_LIABILITY, -1), (REVENUE, -1)),
    BillKind.GIFT_REDEMPTION: ((REVENUE, 1),),
    BillKind.GIFT_RETURN: ((REVENUE, -1),),
}


class _Suspect(NamedTuple):
    """A bill whose hash is not the one over what is stored."""

    bill: AuditedBill
    transfers: Sequence[BookedTransfer]
    should_be: bytes


class AccountVerification:
    """The verification of one account: `add` every bill, then `finish`.

    `chain` is every link that there is, in any order. The bills of a store's walk-in account have
    sequence 0 and stand alone.
    """

    def __init__(self, member_id: str, chain: Iterable[ChainLink] = ()) -> None:
        self._member_id = member_id
        self._chain = sorted(link for link in chain if link.sequence)
        self._links = {link.sequence: link for link in self._chain}
        self._trail = ValueTrail(member_id)
        self._passes = PassTrail()
        self.earning = EarningTrail()
        self._origins = LotOrigins()
        self._sales = SaleCount()
        self._merges = MergeTrail()
        self._holds = HoldTrail()
        self._breaks: list[Break] = []
        self._suspects: dict[str, _Suspect] = {}
        self._refs: dict[str, tuple[TransferRef, ...]] = {}  # of the bills of the chain

    def add(self, bill: AuditedBill, transfers: Sequence[BookedTransfer]) -> None:
        """Takes in a bill and its transfers, in the order of their ordinals."""
        refs = _refs(bill.bill_id, transfers)
        if bill.sequence:
            self._refs[bill.bill_id] = refs
        moves = [each.transfer for each in transfers]
        booked = list(zip(refs, moves, strict=True))
        self._trail.follow(booked, bill.sequence, bill.left)
        self._passes.follow(booked, bill.sequence)
        self._origins.follow(bill, booked)
        self._sales.follow(bill)
        self._merges.follow(bill)
        self._holds.follow(bill, booked)
        if bill.earning is not None:
            self.earning.follow(bill.bill_id, bill.sequence, bill.earning)
        self._check_hash(bill, transfers, refs)
        self._breaks += row_breaks(bill, transfers, refs)
        self._breaks += _money_breaks(bill, moves, refs)

    def add_orphans(self, bill_id: str, transfers: Sequence[BookedTransfer]) -> None:
        """Takes in transfers whose bill is not there."""
        refs = _refs(bill_id, transfers)
        moves = [each.transfer for each in transfers]
        self._trail.follow(list(zip(refs, moves, strict=True)), 0, {})
        self._breaks.append(Break(BreakKind.BILL_MISSING, bill_id, "1", "0", refs))

    def finish(
        self,
        wallet: Wallet | None,
        lots: Collection[Lot],
        definition_of: DefinitionOf = lambda lot: None,
        holds: Collection[AuditedHold] = (),
    ) -> list[Break]:
        """All breaks, given the wallet's row with its open holds and counts, all lots and holds.

        A wallet without a row is a break, but for a store's walk-in account. What follows from the
        order of bills is compared when all of them are there.
        """
        self._finish_chain(wallet)
        breaks = self._breaks + self._trail.finish(wallet, lots, has_chain=bool(self._chain))
        is_whole = [link.sequence for link in self._chain] == [*range(1, len(self._chain) + 1)]
        if not is_whole or any(each.kind is BreakKind.BILL_MISSING for each in breaks):
            return breaks
        breaks += self._passes.finish(lots, definition_of)
        breaks += self._origins.finish(lots)
        if wallet is not None and wallet.bill_count == len(self._chain):
            breaks += self.earning.finish(wallet, lots, self._refs)
            breaks += self._sales.finish(wallet, self._refs)
            breaks += self._merges.finish(wallet, self._refs)
            breaks += self._holds.finish(holds, lots)
        return breaks

    def _check_hash(
        self,
        bill: AuditedBill,
        transfers: Sequence[BookedTransfer],
        refs: tuple[TransferRef, ...],
    ) -> None:
        before = self._links.get(bill.sequence - 1)
        if bill.sequence > 1 and before is None:
            return  # the gap is a break of its own, and what stood there is not known
        should_be = self._hash(bill, transfers, before.hash if before else NO_HASH)
        if should_be == bill.hash:
            return
        if bill.sequence:
            self._suspects[bill.bill_id] = _Suspect(bill, transfers, should_be)
        else:
            self._breaks.append(_hash_break(bill, should_be, refs))

    def _hash(
        self, bill: AuditedBill, transfers: Sequence[BookedTransfer], previous: bytes
    ) -> bytes:
        return bill_hash(
            previous,
            member_id=self._member_id,
            bill_id=bill.bill_id,
            kind=bill.kind,
            sequence=bill.sequence,
            document=bill.document,
            allocation=bill.allocation,
            receipt=bill.receipt,
            transfers=(each.transfer for each in transfers),
        )

    def _finish_chain(self, wallet: Wallet | None) -> None:
        expected = 1
        for link in self._chain:
            if link.sequence != expected:
                refs = self._refs.get(link.bill_id, ())
                amounts = (str(expected), str(link.sequence))
                self._breaks.append(Break(BreakKind.CHAIN_SEQUENCE, link.bill_id, *amounts, refs))
            expected = link.sequence + 1
        for suspect in self._suspects.values():
            if not self._follows_a_forged_one(suspect):
                refs = self._refs[suspect.bill.bill_id]
                self._breaks.append(_hash_break(suspect.bill, suspect.should_be, refs))
        if wallet is not None:
            self._check_head(wallet)

    def _follows_a_forged_one(self, suspect: _Suspect) -> bool:
        """True when only the hash before was forged: over the right one this one is right."""
        before = self._links.get(suspect.bill.sequence - 1)
        forged = self._suspects.get(before.bill_id) if before else None
        if forged is None:
            return False
        right = self._hash(suspect.bill, suspect.transfers, forged.should_be)
        return right == suspect.bill.hash

    def _check_head(self, wallet: Wallet) -> None:
        newest = self._chain[-1] if self._chain else ChainLink(0, "", NO_HASH)
        right = {newest.hash}
        if (suspect := self._suspects.get(newest.bill_id)) is not None:
            right.add(suspect.should_be)
        if wallet.bill_count != newest.sequence or wallet.last_hash not in right:
            self._breaks.append(
                Break(
                    BreakKind.CHAIN_HEAD,
                    self._member_id,
                    f"{newest.sequence} {newest.hash.hex()}",
                    f"{wallet.bill_count} {wallet.last_hash.hex()}",
                    self._refs.get(newest.bill_id, ()),
                )
            )


def _refs(bill_id: str, transfers: Iterable[BookedTransfer]) -> tuple[TransferRef, ...]:
    return tuple(TransferRef(bill_id, each.ordinal) for each in transfers)


def _hash_break(bill: AuditedBill, should_be: bytes, refs: tuple[TransferRef, ...]) -> Break:
    return Break(BreakKind.CHAIN_HASH, bill.bill_id, should_be.hex(), bill.hash.hex(), refs)


def _money_breaks(
    bill: AuditedBill, transfers: Sequence[Transfer], refs: tuple[TransferRef, ...]
) -> list[Break]:
    """Where tenders, total and what was booked differ, or stored value and what is owed on it."""
    shows = _TOTAL_SHOWS.get(bill.kind, ())
    booked, liability, principal = 0, 0, 0
    money, value = [], []
    for each, ref in zip(transfers, refs, strict=True):
        if each.asset is Asset.MONEY:
            booked += sum(sign * change_of(each, account) for account, sign in shows)
            owed = change_of(each, STORED_VALUE_LIABILITY)
            liability += owed
            money.append(ref)
            value += [ref] * bool(owed)
        # Between two wallets the chain owes as much as before.
        elif each.asset is Asset.PRINCIPAL and not change_of(each, MEMBER_TRANSFER):
            change = change_of(each, WALLET)
            principal += change
            value += [ref] * bool(change)
    breaks = []
    total = bill.row.total_fen
    if bill.said is not None and bill.said.total_fen is not None:
        total = bill.said.total_fen
    tenders = total if bill.tenders_fen is None else bill.tenders_fen
    if shows and not booked == tenders == total:
        found = tenders if booked == total else booked
        amounts = (str(total), str(found))
        breaks.append(Break(BreakKind.BILL_TOTAL, bill.bill_id, *amounts, tuple(money)))
    if liability != principal:
        amounts = (str(principal), str(liability))
        breaks.append(Break(BreakKind.BILL_STORED_VALUE, bill.bill_id, *amounts, tuple(value)))
    return breaks
