"""Writes bills with all they do: one statement for a whole batch, whatever its size."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from chassis.database import DriverTransaction, insert_events
from services.points.domain.assets import Asset
from services.points.domain.draft import Draft
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver
from services.points.storage.holds import write_holds
from services.points.storage.lot_rows import lot_rows
from services.points.storage.rewards.adjustments import write_decisions, write_direct

# One array of rows for each table, of the types that migration 0013 makes: a parameter for each
# column would cost twice as much at both ends. The wallets come first, as they do for those who
# lock them; then the bills. Unless all wallets are as they were read and all bills are new, nothing
# else is touched (what was decided would not fit the lots), and the statement ends in an error.
_WRITE = f"""
    WITH changed_wallets AS (
        UPDATE wallets SET points = given.points, principal_fen = given.principal_fen,
            bonus_fen = given.bonus_fen, debt_points = given.debt_points,
            carry_numerator = given.carry_numerator, carry_denominator = given.carry_denominator,
            sale_count = given.sale_count, open_holds = given.open_holds,
            card_type = given.card_type, bill_count = given.bill_count, last_hash = given.last_hash,
            frozen_reason = given.frozen_reason, merged_into = given.merged_into
        FROM unnest($6::wallet_state[]) AS given
        WHERE wallets.member_id = given.member_id
          AND wallets.bill_count = given.bill_count_before
          AND wallets.change_count = given.change_count
        RETURNING 1
    ), as_read AS (
        SELECT count(*) = cardinality($6::wallet_state[]) AS yes FROM changed_wallets
    ), new_bills AS (
        INSERT INTO bills (member_id, bill_id, kind, store_id, register_id, staff_id,
            business_date, occurred_at, total_fen, points_earned, programme_version, reason,
            original_bill_id, sequence, hash, document, allocation, receipt, posted_at)
        SELECT given.*, $1::timestamptz FROM unnest($2::new_bill[]) AS given
        WHERE (SELECT yes FROM as_read) ORDER BY bill_id
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), all_new AS (
        SELECT count(*) = cardinality($2::new_bill[]) AS yes FROM new_bills
    ), new_transfers AS (
        INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account,
            amount, lot_bill_id, lot_ordinal, pass_id, store_id, business_date, posted_at)
        SELECT given.*, $1::timestamptz FROM unnest($3::new_transfer[]) AS given
        WHERE (SELECT yes FROM all_new)
    ), new_lots AS (
        INSERT INTO lots (member_id, bill_id, ordinal, asset, pass_id, granted, remaining,
            expired, rule_version, store_id, earned_at, available_at, expiry_date, moved_by)
        SELECT * FROM unnest($4::new_lot[])
        WHERE (SELECT yes FROM all_new)
        ON CONFLICT (member_id, bill_id, ordinal) DO UPDATE
            SET granted = greatest(lots.granted, lots.expired + excluded.granted),
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
        FROM unnest($5::lot_change[]) AS given
        WHERE lots.member_id = given.member_id AND lots.bill_id = given.bill_id
          AND lots.ordinal = given.ordinal AND (SELECT yes FROM all_new)
        RETURNING 1
    ), new_events AS ({insert_events(first=7)})
    SELECT CASE WHEN (SELECT yes FROM all_new) THEN (SELECT count(*) FROM changed_lots)
                WHEN another_writer_came_first() THEN 0 END AS lots
    """  # noqa: S608
_ANOTHER_WRITER_CAME_FIRST = "YK001"

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
    """A bill appeared or a wallet changed between looking and writing: all of it is done again."""


def fits_one_statement(bills: Iterable[NewBill]) -> bool:
    """Whether `write_bills` needs one statement for them, and so no transaction around it."""
    postings = (bill.draft.posting for bill in bills)
    return not any(
        posting.expiry_dates
        or posting.counters
        or posting.proposals
        or posting.direct_adjustment
        or posting.holds
        for posting in postings
    )


async def write_bills(tx: DriverTransaction, bills: Sequence[NewBill], posted_at: datetime) -> None:
    """Writes bills, what their postings made of lots, wallets and holds, and the events so far.

    AnotherWriterCameFirst, and nothing is written, when one of the ids is in the books already or
    a wallet is not as it was read. The bills are written in the order of their ids: no wallet's
    lock keeps two batches apart that share the ids of walk-in sales, or of different members, and
    they must not wait for each other in a circle.
    """
    driver = tx.driver
    wallets = {bill.draft.posting.wallet.member_id: bill.draft.posting.wallet for bill in bills}
    written = Counter([bill.draft.posting.wallet.member_id for bill in bills])
    lots = lot_rows(bill.draft.posting for bill in bills)
    try:
        changed = await driver.fetchval(
            _WRITE,
            posted_at,
            [_bill_row(bill) for bill in bills],
            _transfer_rows(bills),
            lots.granted,
            lots.changed,
            [
                _wallet_row(wallet, written[member_id])
                for member_id, wallet in sorted(wallets.items())
                if wallet.is_member
            ],
            *tx.take_events(),
        )
    except asyncpg.PostgresError as error:
        if error.sqlstate == _ANOTHER_WRITER_CAME_FIRST:
            raise AnotherWriterCameFirst from error
        raise
    if changed != len(lots.changed):
        raise RuntimeError("a locked lot was not there to be changed")
    await _write_rest(driver, bills, posted_at)


async def _write_rest(driver: Driver, bills: Sequence[NewBill], posted_at: datetime) -> None:
    """What most bills have nothing of: see fits_one_statement."""
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
    await write_direct(driver, (bill.draft.posting for bill in bills))
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


def _bill_row(bill: NewBill) -> tuple[Any, ...]:
    draft, posting = bill.draft, bill.draft.posting
    return (
        posting.wallet.member_id,
        posting.bill_id,
        posting.kind,
        posting.store_id,
        draft.register_id,
        draft.staff_id,
        posting.business_date,
        posting.occurred_at,
        draft.total_fen,
        draft.points_earned,
        draft.programme_version,
        draft.reason,
        draft.original_bill_id,
        bill.sequence,
        bill.hash,
        bill.document,
        bill.allocation,
        bill.receipt,
    )


def _transfer_rows(bills: Sequence[NewBill]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for bill in bills:
        posting = bill.draft.posting
        member_id, bill_id = posting.wallet.member_id, posting.bill_id
        store_id, day = posting.store_id, posting.business_date
        rows += [
            (
                *(member_id, bill_id, ordinal, asset, debit, credit, amount),
                *(lot or (None, None)),
                *(pass_id, store_id, day),
            )
            for ordinal, (asset, debit, credit, amount, lot, pass_id) in enumerate(
                posting.transfers
            )
        ]
    return rows


def _wallet_row(wallet: Wallet, bills: int) -> tuple[Any, ...]:
    return (
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
        wallet.bill_count - bills,
        wallet.change_count,
    )
