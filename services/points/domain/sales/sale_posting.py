"""How a sale becomes bookings. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from pricing.allocation import allocate
from pricing.earning import (
    Earned,
    EarningLine,
    EarningProgramme,
    Rounding,
    SaleFacts,
    earn,
    earn_plain,
)
from services.points.domain.assets import (
    POINTS_TENDER,
    REVENUE,
    STORED_VALUE_TENDER,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books
from services.points.domain.draft import Draft, SaleAllocation, Source, receipt_of
from services.points.domain.limits import STORE_TIME_OFFSET
from services.points.domain.posting import Posting
from services.points.domain.sales.member_facts import NO_FACTS, MemberFacts
from services.points.domain.sales.points_tender import check_points_tenders
from services.points.domain.sales.sale import Sale
from services.points.domain.sales.sale_coupons import redeem_coupons
from services.points.domain.sales.wallet_tenders import pay_points, pay_stored_value, release_rest
from services.points.domain.wallet import Wallet


def decide_sale(
    books: Books, sale: Sale, facts: MemberFacts = NO_FACTS, caller: str = ""
) -> list[Draft]:
    """Money from the tills and value from the wallet to revenue, earned points to the wallet.

    PreconditionFailed when the wallet cannot pay its part or is frozen, or a hold or a coupon is
    gone; a sale that spends no such thing is always booked, because it has happened. `caller`
    stands with the coupons that it uses.
    """
    coupons = redeem_coupons(books, sale, caller)
    programme = books.programmes.at(sale.sold_at)
    wallet = (
        Wallet(sale.store_id, is_member=False)
        if sale.member_id is None
        else books.wallet(sale.member_id)
    )
    posting = Posting(
        wallet,
        bill_id=sale.sale_id,
        kind=BillKind.SALE,
        store_id=sale.store_id,
        business_date=sale.business_date,
        occurred_at=sale.sold_at,
        now=books.now,
    )
    check_points_tenders(programme.points_tender, sale.tenders, sale.total_fen)
    sources: list[Source] = []
    for number, tender in enumerate(sale.tenders, start=1):
        if tender.kind == POINTS_TENDER:
            sources += pay_points(posting, tender)
        elif tender.kind == STORED_VALUE_TENDER:
            sources += pay_stored_value(posting, books.programmes, tender)
        else:
            posting.money(tender_account(tender.kind), REVENUE, tender.amount_fen)
            sources.append(Source(tender.kind, tender.amount_fen, Asset.MONEY))
        release_rest(posting, sale.tenders, number)
    nets = [line.list_fen - line.discount_fen for line in sale.lines]
    amounts_fen = share_sources(nets, sources)
    earned = None
    if wallet.is_member:
        posting.sale_count_change = 1
        earned = _earn(posting, programme.earning, sale, facts, sources, nets, amounts_fen)
    points = earned.points if earned else 0
    return [
        Draft(
            posting,
            receipt_of(posting, points_earned=points),
            total_fen=sale.total_fen,
            points_earned=points,
            programme_version=programme.version,
            register_id=sale.register_id,
            staff_id=sale.staff_id,
            allocation=SaleAllocation(tuple(sources), amounts_fen, earned),
            coupons=coupons,
        )
    ]


def _earn(
    posting: Posting,
    rules: EarningProgramme,
    sale: Sale,
    facts: MemberFacts,
    sources: Sequence[Source],
    nets: list[int],
    amounts_fen: tuple[tuple[int, ...], ...],
) -> Earned:
    """Grants what the rules give for the part of each line that earns."""
    wallet = posting.wallet
    earning = nets
    barren = [
        n for n, source in enumerate(sources) if source.tender_kind in rules.non_earning_tenders
    ]
    if barren:
        earning = (
            [
                net - sum([paid[n] for n in barren])
                for net, paid in zip(nets, amounts_fen, strict=True)
            ]
            if amounts_fen
            else [0] * len(nets)
        )
    if rules.is_plain:
        earned = earn_plain(rules, earning, sale.business_date, wallet.carry)
    else:
        facts_of_sale = _sale_facts(sale, earning, facts, wallet)
        earned = earn(rules, facts_of_sale, wallet.carry, wallet.counters)
    if rules.rounding is Rounding.CARRY:
        posting.carry = earned.carry
    posting.counters.update(earned.counters)
    for grant in earned.grants:
        posting.earn_points(
            grant.points,
            rule_version=grant.rule_version,
            available_at=pending_until(sale.business_date, grant.pending_days),
            expiry_date=grant.expiry_date,
        )
    return earned


def _sale_facts(sale: Sale, earning: list[int], facts: MemberFacts, wallet: Wallet) -> SaleFacts:
    local = sale.sold_at + STORE_TIME_OFFSET
    day = sale.business_date
    return SaleFacts(
        tuple(
            EarningLine(line.product_id, line.category_id, line.brand, fen)
            for line, fen in zip(sale.lines, earning, strict=True)
        ),
        day,
        store_id=sale.store_id,
        tier=facts.tier,
        local_minute=local.hour * 60 + local.minute,
        is_birthday=facts.has_birthday(day),
        is_birthday_month=facts.birth_month == day.month,
        is_first_purchase=wallet.sale_count == 0,
    )


def pending_until(business_date: date, pending_days: int) -> datetime | None:
    """When the pending days end: midnight of the store. None when points need not wait."""
    if pending_days == 0:
        return None
    first_day = business_date + timedelta(days=pending_days)
    return datetime.combine(first_day, time(), UTC) - STORE_TIME_OFFSET


def share_sources(nets: list[int], sources: list[Source]) -> tuple[tuple[int, ...], ...]:
    """amounts_fen[line][source]: what each source paid of each line.

    Source after source, each over what the lines still need, so that every line is paid whole.
    Empty when there is nothing to share.
    """
    if len(sources) < 2:
        return ()
    unpaid = nets
    columns = []
    for source in sources[:-1]:
        column = allocate(source.amount_fen, unpaid)
        unpaid = [need - part for need, part in zip(unpaid, column, strict=True)]
        columns.append(column)
    return tuple(zip(*columns, unpaid, strict=True))
