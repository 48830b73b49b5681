"""The only SQL of the trial balance: sums of all transfers per store, asset and account."""

from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.storage.driver import fetch
from services.points.storage.queries.ledger_queries import FIRST_ID


class Scope(NamedTuple):
    """What a trial balance is about; None for everything."""

    store_id: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    asset: int | None = None


class AccountKey(NamedTuple):
    """Which account of which store; `pass_id` is empty for assets that are no passes."""

    store_id: str
    asset: int
    pass_id: str
    account: str


class AccountLine(NamedTuple):
    """What an account gave and received."""

    key: AccountKey
    debit: int
    credit: int


class ProofLine(NamedTuple):
    """What all accounts gave and received of one asset, or of one pass."""

    asset: int
    pass_id: str
    debit: int
    credit: int


def _source(scope: Scope) -> str:
    """The index of bills by store and day finds what a narrow question is about.

    Only the widest one reads every transfer.
    """
    narrow = any(part is not None for part in scope[:3])
    bills = "bills AS b JOIN transfers AS t USING (member_id, bill_id)"
    conditions = (
        (scope.store_id, "b.store_id = $1::uuid"),
        (scope.from_date, "b.business_date >= $2::date"),
        (scope.to_date, "b.business_date <= $3::date"),
        (scope.asset, "t.asset = $4::smallint"),
    )
    wanted = [condition for part, condition in conditions if part is not None]
    # Named, though always true, so that every statement has the same parameters.
    unused = "($1::uuid, $2::date, $3::date, $4::smallint) IS NOT DISTINCT FROM ($1, $2, $3, $4)"
    return f"{bills if narrow else 'transfers AS t'} WHERE {' AND '.join([*wanted, unused])}"


def _statement(source: str) -> str:
    return f"""
        WITH moved AS (
            SELECT t.store_id, t.asset, coalesce(t.pass_id::text, '') AS pass_id, t.debit_account,
                   t.credit_account, sum(t.amount) AS amount
            FROM {source}
            GROUP BY t.store_id, t.asset, t.pass_id, t.debit_account, t.credit_account
        ), accounts AS (
            SELECT store_id, asset, pass_id, account, sum(debit) AS debit, sum(credit) AS credit
            FROM moved CROSS JOIN LATERAL (
                VALUES (debit_account, amount, 0), (credit_account, 0, amount)
            ) AS sides (account, debit, credit)
            GROUP BY store_id, asset, pass_id, account
        ), page AS (
            SELECT * FROM accounts
            WHERE (store_id, asset, pass_id, account COLLATE "C")
                  > ($5::uuid, $6::smallint, $7::text, $8::text)
            ORDER BY store_id, asset, pass_id, account COLLATE "C" LIMIT $9
        )
        SELECT store_id, asset, pass_id, account, debit, credit FROM page
        UNION ALL
        SELECT NULL, asset, pass_id, NULL, sum(debit), sum(credit) FROM accounts
        GROUP BY asset, pass_id
        """  # noqa: S608 - constants of this file


_START = AccountKey(FIRST_ID, -1, "", "")


async def trial_balance(
    connection: AsyncConnection, scope: Scope, after: AccountKey | None, limit: int
) -> tuple[list[AccountLine], list[ProofLine]]:
    """Accounts in order of their keys after one of them, and the proof over all of them."""
    statement = _statement(_source(scope))
    rows = await fetch(connection, statement, *scope, *(after or _START), limit)
    accounts = [
        AccountLine(
            AccountKey(str(row["store_id"]), row["asset"], row["pass_id"], row["account"]),
            int(row["debit"]),
            int(row["credit"]),
        )
        for row in rows
        if row["store_id"] is not None
    ]
    proofs = [
        ProofLine(row["asset"], row["pass_id"], int(row["debit"]), int(row["credit"]))
        for row in rows
        if row["store_id"] is None
    ]
    return sorted(accounts), sorted(proofs)
