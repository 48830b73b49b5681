"""A quote promises nothing: it waits for no lock, takes none, and makes no wallet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from tests.fixtures.branch import Branch, Branches
from tests.fixtures.good_coupon_requests import issued
from tests.fixtures.good_questions import QUESTIONS
from tests.fixtures.ledger import one
from yika.points.v1 import return_service_pb2, wallet_service_pb2

_AT_ONCE = 20  # more than there are lines


@asynccontextmanager
async def everything_locked(branch: Branch) -> AsyncIterator[None]:
    """Somebody works on all that the ledger has, and takes long."""
    async with branch.ledger.database.transaction() as tx:
        for table in ("wallets", "lots", "bills", "coupons"):
            await tx.connection.execute(text(f"SELECT 1 FROM {table} FOR UPDATE"))  # noqa: S608
        yield


async def coupon_return_quote(branch: Branch) -> Any:
    """What it would do if goods came back whose sale used up a coupon."""
    sold = branch.sale(coupon_ids=[await issued(branch)])
    await branch.clerk.PostSale(one(sold))
    return return_service_pb2.QuoteReturnRequest(
        sale_return=return_service_pb2.ReturnSaleRequest(
            header=branch.header(), original_sale_id=sold.sale_id, whole=True
        )
    )


@pytest.mark.parametrize(
    ("rpc", "make"),
    [
        *((rpc, QUESTIONS[rpc]) for rpc in ("QuoteReturn", "QuoteGiftReturn")),
        *((rpc, QUESTIONS[rpc]) for rpc in ("QuoteTopUp", "QuoteCashOut")),
        ("QuoteReturn", coupon_return_quote),
    ],
)
async def test_waits_for_nobody(branches: Branches, rpc: str, make: Any) -> None:
    branch = await branches.open()
    request = await make(branch)
    ask = getattr(branch.clerk, rpc)
    alone = await ask(request)
    async with everything_locked(branch), asyncio.timeout(10):
        answers = await asyncio.gather(*(ask(request) for _ in range(_AT_ONCE)))
        await branch.ledger.database.ping()
    assert answers == [alone] * _AT_ONCE


async def test_makes_no_wallet(branches: Branches) -> None:
    branch = await branches.open()
    answer = await branch.clerk.QuoteTopUp(await QUESTIONS["QuoteTopUp"](branch))
    assert answer.balance_fen == 0
    async with branch.ledger.database.read() as connection:
        wallet = text("SELECT 1 FROM wallets WHERE member_id = :member_id")
        given = {"member_id": branch.chain.member_id}
        assert (await connection.execute(wallet, given)).first() is None


async def test_of_a_merged_member_is_about_who_answers_for_it(branches: Branches) -> None:
    branch = await branches.open()
    request = await QUESTIONS["QuoteCashOut"](branch)
    alone = await branch.clerk.QuoteCashOut(request)
    await branch.finance.MergeMembers(
        wallet_service_pb2.MergeMembersRequest(
            header=branch.header(), into_member_id=branch.chain.other_member_id
        )
    )
    assert await branch.clerk.QuoteCashOut(request) == alone
