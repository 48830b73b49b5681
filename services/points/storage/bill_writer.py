"""Writes bills with all they do: one statement for a whole batch, whatever its size."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.points.domain.assets import Asset
from services.points.domain.books import Draft
from services.points.domain.wallet import Wallet
from services.points.storage.adjustments import write_decisions
from services.points.storage.driver import Driver
from services.points.storage.holds import write_holds
from services.points.storage.lot_rows import lot_rows

# Arrays go in once; rows of transfers and lots name their bill by its place in the arrays. When a
# bill is not new, nothing else is touched: what was decided for it again would not fit the lots.
_WRITE = """
    WITH new_bills AS (
        INSERT INTO bills (member_id, bill_id, kind, store_id, register_id, staff_id,
            business_date, occurred_at, posted_at, total_fen, points_earned, programme_version,
            reason, original_bill_id, sequence, hash, document, allocation, receipt)
        SELECT member_id, bill_id, kind, store_id, register_id, staff_id, business_date,
            occurred_at, $1::timestamptz, total_fen, points_earned, programme_version, reason,
            original_bill_id, sequence, hash, document, allocation, receipt
        FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[], $6::text[], $7::text[],
                $8::date[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::integer[],
                $13::text[], $14::uuid[], $15::bigint[], $16::bytea[], $17::bytea[], $18::bytea[],
                $19::bytea[])
            AS given (member_id, bill_id, kind, store_id, register_id, staff_id, business_date,
                occurred_at, total_fen, points_earned, programme_version, reason,
                original_bill_id, sequence, hash, document, allocation, receipt)
        ORDER BY bill_id
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), all_new AS (
        SELECT count(*) = cardinality($2::uuid[]) AS yes FROM new_bills
    ), new_transfers AS (
        INSERT INTO transfers (member_id, bill_id, ordinal, asset, pass_id, debit_account,
            credit_account, amount, lot_bill_id, lot_ordinal, store_id, business_date, posted_at)
        SELECT ($2::uuid[])[bill], ($3::uuid[])[bill], ordinal, asset, pass_id, debit_account,
            credit_account, amount, lot_bill_id, lot_ordinal, ($5::uuid[])[bill],
            ($8::date[])[bill], $1::timestamptz
        FROM unnest($20::smallint[], $21::smallint[], $22::smallint[], $23::uuid[], $24::text[],
                $25::text[], $26::bigint[], $27::uuid[], $28::smallint[])
            AS given (bill, ordinal, asset, pass_id, debit_account, credit_account, amount,
                lot_bill_id, lot_ordinal)
        WHERE (SELECT yes FROM all_new)
    ), new_lots AS (
        INSERT INTO lots (member_id, bill_id, ordinal, asset, pass_id, granted, remaining,
            expired, rule_version, store_id, earned_at, available_at, expiry_date, moved_by)
        SELECT * FROM unnest($29::uuid[], $30::uuid[], $31::smallint[], $32::smallint[],
            $33::uuid[], $34::bigint[], $35::bigint[], $36::bigint[], $37::text[], $38::uuid[],
            $39::timestamptz[], $40::timestamptz[], $41::date[], $42::uuid[])
        WHERE (SELECT yes FROM all_new)
        ON CONFLICT (member_id, bill_id, ordinal) DO UPDATE
            SET granted = lots.granted + excluded.granted,
                remaining = lots.remaining + excluded.remaining,
                expired = lots.expired + excluded.expired,
                moved_by = CASE WHEN lots.remaining = 0 THEN excluded.moved_by
                                ELSE lots.moved_by END,
                expiry_date = CASE WHEN lots.remaining = 0 THEN excluded.expiry_date
                                   ELSE lots.expiry_date END
    ), changed_lots AS (
        UPDATE lots SET granted = lots.granted + given.granted,
                        remaining = lots.remaining + given.remaining,
                        expired = lots.expired + given.expired
        FROM unnest($43::uuid[], $44::uuid[], $45::smallint[], $46::bigint[], $47::bigint[],
                $48::bigint[])
            AS given (member_id, bill_id, ordinal, granted, remaining, expired)
        WHERE lots.member_id = given.member_id AND lots.bill_id = given.bill_id
          AND lots.ordinal = given.ordinal AND (SELECT yes FROM all_new)
        RETURNING 1
    ), changed_wallets AS (
        UPDATE wallets SET points = given.points, principal_fen = given.principal_fen,
            bonus_fen = given.bonus_fen, debt_points = given.debt_points,
            carry_numerator = given.carry_numerator, carry_denominator = given.carry_denominator,
            sale_count = given.sale_count, open_holds = given.open_holds,
            card_type = given.card_type, bill_count = given.bill_count, last_hash = given.last_hash,
            frozen_reason = given.frozen_reason, merged_into = given.merged_into
        FROM unnest($49::uuid[], $50::bigint[], $51::bigint[], $52::bigint[], $53::bigint[],
                $54::bigint[], $55::bigint[], $56::bigint[], $57::integer[], $58::text[],
                $59::bigint[], $60::bytea[], $61::text[], $62::uuid[])
            AS given (member_id, points, principal_fen, bonus_fen, debt_points, carry_numerator,
                carry_denominator, sale_count, open_holds, card_type, bill_count, last_hash,
                frozen_reason, merged_into)
        WHERE wallets.member_id = given.member_id AND (SELECT yes FROM all_new)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM new_bills) AS bills,
           (SELECT count(*) FROM changed_lots) AS lots,
           (SELECT count(*) FROM changed_wallets) AS wallets
    """

_SET_COUNTERS = """
    INSERT INTO earning_counters (member_id, rule_id, period, weight, denominator)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    ON CONFLICT (member_id, rule_id, period) DO UPDATE
        SET weight = excluded.weight, denominator = excluded.denominator
    """

# After the lots are in, so that one sold and used in the same batch is there.
_SET_EXPIRY_DATES = """
    UPDATE lots SET expiry_date = given.expiry_date
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::date[])
        AS given (member_id, bill_id, ordinal, expiry_date)
    WHERE lots.member_id = given.member_id AND lots.bill_id = given.bill_id
      AND lots.ordinal = given.ordinal
    """


class NewBill(NamedTuple):
    """A draft with what makes it a link of its member's chain, and its stored forms."""

    draft: Draft
    sequence: int
    hash: bytes
    document: bytes
    allocation: bytes
    receipt: bytes


class AnotherWriterCameFirst(Exception):
    """A bill of the batch appeared between looking and writing: all of it is done again."""


async def write_bills(driver: Driver, bills: Sequence[NewBill], posted_at: datetime) -> None:
    """Writes bills and brings lots, wallets and holds to what their postings made of them.

    The wallets of all of them must be locked. AnotherWriterCameFirst, and nothing may be
    committed, when one of the ids is in the books already. The bills are written in the order of
    their ids: no wallet's lock keeps two batches apart that share the ids of walk-in sales, or of
    different members, and they must not wait for each other in a circle.
    """
    wallets = {bill.draft.posting.wallet.member_id: bill.draft.posting.wallet for bill in bills}
    touched = [wallet for wallet in wallets.values() if wallet.bill_count]
    lots = lot_rows(bill.draft.posting for bill in bills)
    result = await driver.fetchrow(
        _WRITE,
        posted_at,
        *_bill_columns(bills),
        *_columns(_transfer_rows(bills), 9),
        *_columns(lots.granted, 14),
        *_columns(lots.changed, 6),
        *_wallet_columns(touched),
    )
    if result is None or result["bills"] != len(bills):
        raise AnotherWriterCameFirst
    if result["lots"] != len(lots.changed) or result["wallets"] != len(touched):
        raise RuntimeError("a locked lot or wallet was not there to be changed")
    expiry_dates = {
        (bill.draft.posting.wallet.member_id, key): expiry_date
        for bill in bills
        for key, expiry_date in bill.draft.posting.expiry_dates.items()
    }
    if expiry_dates:
        await driver.execute(
            _SET_EXPIRY_DATES,
            *_columns(((owner, *key, day) for (owner, key), day in expiry_dates.items()), 4),
        )
    counters = {
        (bill.draft.posting.wallet.member_id, key): tally
        for bill in bills
        for key, tally in bill.draft.posting.counters.items()
    }
    if counters:
        await driver.execute(
            _SET_COUNTERS,
            *_columns(((owner, *key, *tally) for (owner, key), tally in counters.items()), 5),
        )
    await write_decisions(
        driver, [each for bill in bills for each in bill.draft.posting.proposals.values()]
    )
    holds = {
        (bill.draft.posting.wallet.member_id, hold_id): hold
        for bill in bills
        for hold_id, hold in bill.draft.posting.holds.items()
    }
    if holds:
        await write_holds(driver, holds, posted_at)


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    return columns or [()] * width


def _bill_columns(bills: Sequence[NewBill]) -> list[Sequence[Any]]:
    return _columns(
        (
            (
                bill.draft.posting.wallet.member_id,
                bill.draft.posting.bill_id,
                bill.draft.posting.kind,
                bill.draft.posting.store_id,
                bill.draft.register_id,
                bill.draft.staff_id,
                bill.draft.posting.business_date,
                bill.draft.posting.occurred_at,
                bill.draft.total_fen,
                bill.draft.points_earned,
                bill.draft.programme_version,
                bill.draft.reason,
                bill.draft.original_bill_id,
                bill.sequence,
                bill.hash,
                bill.document,
                bill.allocation,
                bill.receipt,
            )
            for bill in bills
        ),
        18,
    )


def _transfer_rows(bills: Sequence[NewBill]) -> Iterable[tuple[Any, ...]]:
    for number, bill in enumerate(bills, start=1):
        for ordinal, each in enumerate(bill.draft.posting.transfers):
            lot = each.lot or (None, None)
            yield (
                number,
                ordinal,
                each.asset,
                each.pass_id,
                each.debit_account,
                each.credit_account,
                each.amount,
                *lot,
            )


def _wallet_columns(wallets: Sequence[Wallet]) -> list[Sequence[Any]]:
    return _columns(
        (
            (
                wallet.member_id,
                wallet.balance(Asset.POINTS),
                wallet.balance(Asset.PRINCIPAL),
                wallet.balance(Asset.BONUS),
                wallet.debt_points,
                wallet.carry.numerator,
                wallet.carry.denominator,
                wallet.sale_count,
                wallet.open_holds,
                wallet.card_type,
                wallet.bill_count,
                wallet.last_hash,
                wallet.frozen_reason,
                wallet.merged_into,
            )
            for wallet in wallets
        ),
        14,
    )
