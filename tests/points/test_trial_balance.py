"""The trial balance over random postings: zero for every asset, and what a plain sum gives."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset
from services.points.storage.audit.trial_balance import AccountLine
from services.points.usecases.audit.read_trial_balance import TrialBalance, read_trial_balance
from tests.fixtures.builders_audit import build_history, post_at_random
from tests.fixtures.builders_points import BUSINESS_DATE
from tests.fixtures.servers import Servers, migrated_database

STORES = tuple(new_id() for _ in range(3))
DAYS = tuple(BUSINESS_DATE + timedelta(days=n) for n in range(4))


@dataclass(frozen=True, slots=True)
class Booked:
    """One transfer as the table has it."""

    store_id: str
    day: date
    asset: int
    pass_id: str
    debit_account: str
    credit_account: str
    amount: int


@pytest.fixture(scope="module")
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A random history, its bills dealt out over stores and days."""
    async with migrated_database(servers, "points") as database:
        history = await build_history(database)
        assert await post_at_random(database, history, 80, seed=5) > 40
        chance = random.Random(6)
        async with database.transaction() as tx:
            rows = await tx.connection.execute(text("SELECT bill_id FROM bills ORDER BY 1"))
            for bill_id in rows.scalars().all():
                values = {"b": bill_id, "s": chance.choice(STORES), "d": chance.choice(DAYS)}
                for table in ("bills", "transfers"):
                    changed = f"UPDATE {table} SET store_id = :s, business_date = :d"  # noqa: S608
                    await tx.connection.execute(text(f"{changed} WHERE bill_id = :b"), values)
        yield database


async def booked(database: Database) -> list[Booked]:
    async with database.read() as connection:
        rows = await connection.execute(
            text(
                "SELECT store_id::text, business_date, asset, coalesce(pass_id::text, ''), "
                "debit_account, credit_account, amount FROM transfers"
            )
        )
        return [Booked(*row) for row in rows]


def naive(transfers: list[Booked]) -> dict[tuple[str, int, str, str], tuple[int, int]]:
    """Debits and credits per store, asset, pass and account."""
    debits: dict[tuple[str, int, str, str], int] = defaultdict(int)
    credits_: dict[tuple[str, int, str, str], int] = defaultdict(int)
    for each in transfers:
        debits[each.store_id, each.asset, each.pass_id, each.debit_account] += each.amount
        credits_[each.store_id, each.asset, each.pass_id, each.credit_account] += each.amount
    return {key: (debits[key], credits_[key]) for key in {*debits, *credits_}}


async def read(
    database: Database,
    store_id: str | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
    asset: int = 0,
    token: str = "",
    limit: int = 10_000,
) -> TrialBalance:
    return await read_trial_balance(
        database,
        store_id=store_id,
        from_date=from_date,
        to_date=to_date,
        asset=asset,
        token=token,
        limit=limit,
    )


def as_plain(lines: list[AccountLine]) -> dict[tuple[str, int, str, str], tuple[int, int]]:
    assert len({line.key for line in lines}) == len(lines)
    return {tuple(line.key): (line.debit, line.credit) for line in lines}


def forged(*key: str | int) -> str:
    """A token of the whole trial balance with a key that was made up."""
    return encode_page_token(*key, question=("trial balance", None, None, None, 0))


class TestReadTrialBalance:
    async def test_equals_a_plain_sum_and_is_zero_for_every_asset(self, database: Database) -> None:
        transfers = await booked(database)
        chance = random.Random(7)
        for number in range(40):
            store_id = chance.choice([None, *STORES]) if number else None
            first = chance.choice([None, *DAYS]) if number else None
            last = chance.choice([None, *(day for day in DAYS if first is None or day >= first)])
            asset = chance.choice([0, *Asset]) if number else 0
            balance = await read(database, store_id, first, last if number else None, asset)
            wanted = [
                each
                for each in transfers
                if store_id in (None, each.store_id)
                and (first is None or each.day >= first)
                and (last is None or not number or each.day <= last)
                and asset in (0, each.asset)
            ]
            assert as_plain(balance.accounts) == naive(wanted)
            for proof in balance.proofs:
                assert proof.debit == proof.credit > 0
                assert proof.debit == sum(
                    each.amount
                    for each in wanted
                    if (each.asset, each.pass_id) == (proof.asset, proof.pass_id)
                )
            assert {(each.asset, each.pass_id) for each in balance.proofs} == {
                (each.asset, each.pass_id) for each in wanted
            }

    async def test_pages_show_each_account_once_and_the_proof_of_all(
        self, database: Database
    ) -> None:
        whole = await read(database)
        lines: list[AccountLine] = []
        token, pages = "", 0
        while token or not pages:
            page = await read(database, token=token, limit=7)
            assert page.proofs == whole.proofs
            assert len(page.accounts) <= 7
            lines += page.accounts
            token, pages = page.next_page_token, pages + 1
        assert lines == whole.accounts
        assert pages == -(-len(lines) // 7)

    async def test_liability_is_the_principal_in_the_wallets(self, database: Database) -> None:
        sums: dict[tuple[int, str], int] = defaultdict(int)
        for line in (await read(database)).accounts:
            sums[line.key.asset, line.key.account] += line.debit - line.credit
        async with database.read() as connection:
            held = (
                await connection.execute(text("SELECT sum(principal_fen) FROM wallets"))
            ).scalar()
        assert sums[Asset.MONEY, "stored_value_liability"] == -int(held) < 0
        assert sums[Asset.PRINCIPAL, "wallet"] == -int(held)

    async def test_of_nothing_is_empty(self, database: Database) -> None:
        balance = await read(database, store_id=new_id())
        assert balance == TrialBalance([], [], "")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"asset": 6}, "UNKNOWN_ASSET"),
            ({"asset": -1}, "UNKNOWN_ASSET"),
            ({"from_date": DAYS[1], "to_date": DAYS[0]}, "INVALID_RANGE"),
            ({"token": "nonsense"}, "INVALID_PAGE_TOKEN"),
            ({"token": forged("x", 1, "", "")}, "INVALID_PAGE_TOKEN"),
            ({"token": forged(STORES[0], 2**15, "", "")}, "INVALID_PAGE_TOKEN"),
            ({"token": forged(STORES[0], 1, "", ""), "asset": 1}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_what_cannot_be_meant(
        self, database: Database, change: dict[str, object], reason: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await read(database, **change)  # type: ignore[arg-type]
        assert refused.value.reason == reason
