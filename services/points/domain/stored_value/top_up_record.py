"""What the books say of a top-up, wherever its lots are now. Pure.

Bonus is owed back by the top-up that gave it, also when a merge or a card transfer has moved its
lots to another member under the same key. So cash-outs and reversals count from the bill of the
top-up and from all transfers that name its lots, whoever's they are. Bonus that came back after it
had expired is in lots of the returns, with days of grace: these count as lots of the top-up.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import date

from chassis.errors import PreconditionFailed
from services.points.domain.assets import (
    BONUS_EXPIRED,
    PRINCIPAL_CASHED_OUT,
    PRINCIPAL_ISSUED,
    STORED_VALUE_LIABILITY,
    WALLET,
    Asset,
    BillKind,
    tender_kind,
)
from services.points.domain.lot import Lot, LotKey, spending_order
from services.points.domain.named_bill import unknown_bill, wrong_bill_kind
from services.points.domain.posting import Posting
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet

# The places of a top-up's lots among those of its bill.
PRINCIPAL_ORDINAL, BONUS_ORDINAL = 0, 1

# Credit account of a transfer out of a lot -> the field of the record that counts it.
GONE: Mapping[str, str] = {
    PRINCIPAL_CASHED_OUT: "principal_cashed_out_fen",
    PRINCIPAL_ISSUED: "principal_reversed_fen",
    BONUS_EXPIRED: "bonus_expired_fen",
}


@dataclass(frozen=True, slots=True)
class TopUpRecord:
    """One bill that was looked for as a top-up; all amounts are 0 for one of another kind.

    `paid` is the money by kind of tender. `principal_cashed_out_fen`, `principal_reversed_fen` and
    `bonus_expired_fen` are what left its lots that way, over all members that ever had them.
    `grace` are the lots of returns that its bonus went back to.
    """

    bill_id: str
    member_id: str
    kind: BillKind
    business_date: date
    paid: tuple[tuple[str, int], ...] = ()
    principal_granted_fen: int = 0
    bonus_granted_fen: int = 0
    principal_cashed_out_fen: int = 0
    principal_reversed_fen: int = 0
    bonus_expired_fen: int = 0
    grace: tuple[LotKey, ...] = ()

    @property
    def principal(self) -> LotKey:
        """Its lot of principal."""
        return LotKey(self.bill_id, PRINCIPAL_ORDINAL)

    @property
    def bonus(self) -> LotKey:
        """Its lot of bonus; none has this key when nothing was given."""
        return LotKey(self.bill_id, BONUS_ORDINAL)

    def has_bonus_in(self, key: LotKey) -> bool:
        """Whether a lot holds, or held, its bonus."""
        return key == self.bonus or key in self.grace

    def bonus_lots(self, wallet: Wallet) -> list[Lot]:
        """The lots of a wallet that hold its bonus, in the order of spending."""
        keys = (self.bonus, *self.grace)
        return spending_order(wallet.lots[key] for key in keys if key in wallet.lots)

    def granted(self, transfers: Iterable[Transfer]) -> "TopUpRecord":
        """With what the transfers of its own bill paid and granted."""
        paid = [*self.paid]
        principal_fen, bonus_fen = self.principal_granted_fen, self.bonus_granted_fen
        for each in transfers:
            if each.asset is Asset.MONEY and each.credit_account == STORED_VALUE_LIABILITY:
                paid.append((tender_kind(each.debit_account), each.amount))
            elif each.credit_account == WALLET and each.lot == self.principal:
                principal_fen += each.amount
            elif each.credit_account == WALLET and each.lot == self.bonus:
                bonus_fen += each.amount
        return replace(
            self,
            paid=tuple(paid),
            principal_granted_fen=principal_fen,
            bonus_granted_fen=bonus_fen,
        )

    def less(self, credit_account: str, amount_fen: int) -> "TopUpRecord":
        """With an amount that left one of its lots to an account of GONE."""
        field = GONE[credit_account]
        return replace(self, **{field: getattr(self, field) + amount_fen})


def note(records: MutableMapping[str, TopUpRecord], posting: Posting) -> None:
    """Adds what a posting did, for the commands that follow in the same transaction."""
    if posting.kind is BillKind.TOP_UP:
        records[posting.bill_id] = TopUpRecord(
            posting.bill_id,
            posting.wallet.member_id,
            posting.kind,
            posting.business_date,
        ).granted(posting.transfers)
    for key, source in posting.grace.items():
        if record := _record_of(records, source):
            records[record.bill_id] = replace(record, grace=(*record.grace, key))
    for each in posting.transfers:
        if each.lot is None or each.credit_account not in GONE:
            continue
        if record := _record_of(records, each.lot):
            records[record.bill_id] = record.less(each.credit_account, each.amount)


def _record_of(records: Mapping[str, TopUpRecord], key: LotKey) -> TopUpRecord | None:
    """The top-up that a lot holds value of, if it is among the records."""
    for each in records.values():
        if each.kind is BillKind.TOP_UP and (key == each.principal or each.has_bonus_in(key)):
            return each
    return None


def top_up_of(
    records: Mapping[str, TopUpRecord], wallet: Wallet, member_id: str, bill_id: str
) -> TopUpRecord:
    """The record of a top-up whose value is, or was, this wallet's.

    `member_id` is who was asked for: the wallet's member, or one who was merged into it.

    NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND for a bill of another kind,
    MEMBER_MISMATCH for a top-up of which this wallet has nothing and never had.
    """
    record = records.get(bill_id)
    if record is None:
        raise unknown_bill(bill_id)
    if record.kind is not BillKind.TOP_UP:
        raise wrong_bill_kind(bill_id, record.kind)
    has_lots = record.principal in wallet.lots or record.bonus in wallet.lots
    if not has_lots and record.member_id not in (wallet.member_id, member_id):
        raise PreconditionFailed(
            "MEMBER_MISMATCH",
            "the top-up is not that member's",
            {"member_id": member_id, "bill_id": bill_id},
        )
    return record
