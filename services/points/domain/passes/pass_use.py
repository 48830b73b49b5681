"""Using a pass and undoing a use: units leave, and their part of the price is turnover. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from chassis.errors import PreconditionFailed
from services.points.domain.assets import PASS_LIABILITY, PASS_REDEEMED, REVENUE, Asset, BillKind
from services.points.domain.books import Books, Original
from services.points.domain.draft import Draft, Source, receipt_of
from services.points.domain.header import Header
from services.points.domain.limits import ledger_day
from services.points.domain.lot import Lot, LotKey, has_expired
from services.points.domain.passes.pass_lots import definition_of, units_left
from services.points.domain.passes.passes import PassDefinition, PassQuestion, PassValidity
from services.points.domain.posting import Posting
from services.points.domain.transfer import Taken
from services.points.domain.wallet import Wallet


@dataclass(frozen=True, slots=True)
class PassUse:
    """What is asked for. `product_id` and `hold_id` are empty when none is named.

    What a use leaves of its hold is freed unless `keep_rest`.
    """

    owner_member_id: str
    user_member_id: str
    pass_id: str
    units: int
    product_id: str = ""
    hold_id: str = ""
    keep_rest: bool = False

    @property
    def is_by_another(self) -> bool:
        """True when it is not the owner who uses it."""
        return self.user_member_id != self.owner_member_id

    def question(self, business_date: date) -> PassQuestion:
        """What deciding on it asks beside the owner's lots."""
        return PassQuestion(self.owner_member_id, self.pass_id, business_date, self.user_member_id)


def decide_pass_use(books: Books, header: Header, use: PassUse) -> list[Draft]:
    """Units from the owner's passes to the store, their part of the price to its turnover.

    From the hold when one is named, else from the pass that expires first on. A pass whose days
    begin with its first use gets its last day. PreconditionFailed WALLET_FROZEN, PASS_NOT_SHARED,
    INSUFFICIENT_PASS, TOO_MANY_LOTS, HOLD_EXPIRED, HOLD_CLOSED, HOLD_TOO_SMALL, and what
    `_obstacle` tells; NotFound UNKNOWN_HOLD; Invalid WRONG_ASSET for a hold on something else.
    """
    posting = header.posting(books, BillKind.PASS_USE, member_id=use.owner_member_id)
    wallet = posting.wallet
    wallet.require_usable()
    # Whoever was merged into the owner is the owner.
    use = replace(
        use,
        owner_member_id=wallet.member_id,
        user_member_id=books.answering(use.user_member_id),
    )
    if use.is_by_another and not books.is_shared(
        use.owner_member_id, use.pass_id, use.user_member_id
    ):
        raise PreconditionFailed(
            "PASS_NOT_SHARED",
            "the pass is not shared with this member",
            {"pass_id": use.pass_id, "owner_member_id": use.owner_member_id},
        )
    taken = _take_held(books, posting, use) if use.hold_id else _take_free(books, posting, use)
    sources = []
    for lot, units in taken:
        definition = definition_of(books.programmes, lot)
        part_fen = definition.owed_fen(lot.remaining) - definition.owed_fen(lot.remaining - units)
        posting.money(PASS_LIABILITY, REVENUE, part_fen)
        sources.append(_worth(lot.key, units, part_fen))
        _start_days(posting, lot, definition)
    receipt = receipt_of(posting, pass_units_left=units_left(posting, use.pass_id))
    return [
        header.draft(
            posting, books, total_fen=_total_fen(sources), receipt=receipt, sources=sources
        )
    ]


def _worth(key: LotKey, units: int, amount_fen: int) -> Source:
    """What a bill says of one sold pass: those of one use may have had different prices."""
    return Source("", amount_fen, Asset.PASS, units, key)


def _total_fen(sources: Iterable[Source]) -> int:
    return sum(source.amount_fen for source in sources)


def _start_days(posting: Posting, lot: Lot, definition: PassDefinition) -> None:
    # A till that was offline may hand in an earlier use than the one that set the last day, and
    # one of before the pass was sold: its days begin with the sale, or it could be over by then.
    last = definition.expiry_from_use(max(posting.business_date, ledger_day(lot.earned_at)))
    if last is not None and (lot.expiry_date is None or last < lot.expiry_date):
        posting.set_expiry(lot, last)


def _take_free(books: Books, posting: Posting, use: PassUse) -> list[Taken]:
    usable: list[Taken] = []
    obstacles: list[PreconditionFailed] = []
    for part in posting.available(Asset.PASS, use.pass_id):
        obstacle = _obstacle(books, posting, definition_of(books.programmes, part.lot), use)
        if obstacle is None:
            usable.append(part)
        else:
            obstacles.append(obstacle)
    there = sum(part.amount for part in usable)
    if there < use.units:
        raise _too_few(posting, use, there, obstacles)
    return posting.take(Asset.PASS, use.units, available=usable)


def _take_held(books: Books, posting: Posting, use: PassUse) -> list[Taken]:
    hold = posting.wallet.hold(use.hold_id, Asset.PASS, use.pass_id)
    taken = posting.take_held(hold, use.units)
    if not use.keep_rest:
        posting.release_hold(use.hold_id)
    for lot, _ in taken:
        obstacle = _obstacle(books, posting, definition_of(books.programmes, lot), use)
        if obstacle is not None:
            raise obstacle
    return taken


def _obstacle(
    books: Books, posting: Posting, definition: PassDefinition, use: PassUse
) -> PreconditionFailed | None:
    """Why a sold pass cannot be used in this way: PASS_NOT_SHAREABLE, PASS_NOT_VALID_HERE,
    PASS_NOT_FOR_PRODUCT, PASS_TOO_MANY_UNITS, PASS_DAILY_LIMIT; None when it can.
    """
    details: dict[str, object] = {"pass_id": definition.pass_id, "version": definition.version}
    if use.is_by_another and not definition.shareable:
        return PreconditionFailed("PASS_NOT_SHAREABLE", "the pass is for its owner only", details)
    if definition.store_ids and posting.store_id not in definition.store_ids:
        return PreconditionFailed(
            "PASS_NOT_VALID_HERE",
            "the pass is not valid in this store",
            {**details, "store_id": posting.store_id},
        )
    if definition.product_ids and use.product_id not in definition.product_ids:
        return PreconditionFailed(
            "PASS_NOT_FOR_PRODUCT",
            "the pass is not for this product",
            {**details, "product_id": use.product_id},
        )
    most = definition.units_per_use_max
    if most and use.units > most:
        return PreconditionFailed(
            "PASS_TOO_MANY_UNITS",
            f"at most {most} units can be used at once",
            {**details, "units": use.units, "units_per_use_max": most},
        )
    most = definition.uses_per_day_max
    used = _uses_of_day(books, posting, use.pass_id) if most else 0
    if most and used >= most:
        return PreconditionFailed(
            "PASS_DAILY_LIMIT",
            f"the pass can be used {most} times a day",
            {**details, "uses": used, "uses_per_day_max": most},
        )
    return None


def _uses_of_day(books: Books, posting: Posting, pass_id: str) -> int:
    """How often the owner's passes of a sort were used on the day, by whomever.

    A use counts on the account that it is booked on and for whoever has what is left of a pass
    that it took from: so a pass that goes to another account brings no new uses of the day.
    """
    owner = posting.wallet
    own = {key for key, lot in owner.lots.items() if lot.pass_id == pass_id and lot.remaining}
    return sum(
        (use.pass_id, use.business_date) == (pass_id, posting.business_date)
        and (books.answering(use.member_id) == owner.member_id or not own.isdisjoint(use.lots))
        for use in books.pass_uses.values()
    )


def _too_few(
    posting: Posting, use: PassUse, there: int, obstacles: list[PreconditionFailed]
) -> PreconditionFailed:
    """The refusal that says most: an obstacle before expiry, both before a lack of units."""
    if obstacles:
        return obstacles[0]
    lots = [
        lot
        for lot in posting.wallet.lots.values()
        if lot.asset is Asset.PASS and lot.pass_id == use.pass_id and lot.remaining
    ]
    expired = [lot for lot in lots if has_expired(lot, posting.business_date)]
    if not there and expired and len(expired) == len(lots):
        return PreconditionFailed("PASS_EXPIRED", "the pass has expired", {"pass_id": use.pass_id})
    return PreconditionFailed(
        "INSUFFICIENT_PASS",
        f"{use.units} units are asked for and {there} can be used",
        {"pass_id": use.pass_id, "asked": use.units, "available": there},
    )


def decide_pass_use_reversal(books: Books, header: Header, use_bill_id: str) -> list[Draft]:
    """Everything back that a use took, for its account or for whoever has the passes by now.

    A pass that is whole again has no first use any more. While another use stands, the last day
    stays as it is. Invalid REASON_REQUIRED; NotFound
    UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND, BILL_OF_ANOTHER_MEMBER, BEFORE_ORIGINAL,
    ALREADY_REVERSED, and PASS_REFUNDED, PASS_EXPIRED or, when it is in another wallet by now,
    PASS_OF_ANOTHER_MEMBER for a pass that there is nothing to be put back to.
    """
    header.require_reason()
    use = books.original(use_bill_id, BillKind.PASS_USE)
    posting = header.posting(books, BillKind.PASS_USE_REVERSAL)
    taken: dict[LotKey, int] = {}
    for each in use.transfers:
        if each.asset is Asset.PASS and each.lot is not None:
            taken[each.lot] = taken.get(each.lot, 0) + each.amount
    on_account = use.bill.member_id in (header.member_id, posting.wallet.member_id)
    # Since a merge was undone the bill is the other member's, and the pass its owner's again. One
    # that was used up is nobody else's: so the owner of another must not get it.
    if not on_account and not all(_units_of(posting.wallet, key) for key in taken):
        raise PreconditionFailed(
            "BILL_OF_ANOTHER_MEMBER",
            "the use is not on this member's account, and what is left of the pass not here",
            {"bill_id": use_bill_id},
        )
    header.require_not_before(use.bill.business_date)
    if any(bill.kind is BillKind.PASS_USE_REVERSAL for bill in use.later):
        raise PreconditionFailed(
            "ALREADY_REVERSED", "the use was undone before", {"bill_id": use_bill_id}
        )
    sources = []
    pass_id = ""
    for key, units in taken.items():
        lot = _lot_to_refill(books, posting, use, key)
        pass_id = lot.pass_id or ""
        definition = definition_of(books.programmes, lot)
        remaining = _units_of(posting.wallet, key)
        part_fen = definition.owed_fen(remaining + units) - definition.owed_fen(remaining)
        posting.put_into(lot, units, PASS_REDEEMED)
        posting.money(REVENUE, PASS_LIABILITY, part_fen)
        sources.append(_worth(key, units, part_fen))
        never_used = remaining + units == definition.units
        if never_used and definition.validity is PassValidity.FROM_FIRST_USE:
            posting.set_expiry(lot, None)
    return [
        header.draft(
            posting,
            books,
            total_fen=_total_fen(sources),
            receipt=receipt_of(posting, pass_units_left=units_left(posting, pass_id)),
            original_bill_id=use_bill_id,
            sources=sources,
        )
    ]


def _units_of(wallet: Wallet, key: LotKey) -> int:
    """What is left of a sold pass in a wallet."""
    return wallet.lots[key].remaining if key in wallet.lots else 0


def _lot_to_refill(books: Books, posting: Posting, use: Original, key: LotKey) -> Lot:
    lot = posting.wallet.lots.get(key) or use.lots[key]
    sale = books.original(key.bill_id, BillKind.PASS_SALE)
    if any(bill.kind is BillKind.PASS_REFUND for bill in sale.later):
        raise PreconditionFailed(
            "PASS_REFUNDED", "the rest of the pass was paid back", {"sale_bill_id": key.bill_id}
        )
    if books.holds_elsewhere(key, posting.wallet):
        # The price is shared over the units in one wallet: in two, a fen could be owed twice.
        raise PreconditionFailed(
            "PASS_OF_ANOTHER_MEMBER",
            "the pass is another member's by now",
            {"sale_bill_id": key.bill_id},
        )
    if lot.expired or has_expired(lot, posting.business_date):
        raise PreconditionFailed(
            "PASS_EXPIRED", "the pass has expired", {"sale_bill_id": key.bill_id}
        )
    return lot
