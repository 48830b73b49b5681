"""AuditService from the outside: proofs, runs, breaks, and every reason for a refusal."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from google.type.date_pb2 import Date
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.errors import Kind
from chassis.ids import new_id
from services.points.storage.directory import DirectoryRepository
from services.points.verifier import Verifier
from tests.fixtures.builders_points import BUSINESS_DATE, build_command, build_sale, post_commands
from tests.fixtures.ledger import Ledger
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import audit_service_pb2 as pb
from yika.points.v1 import audit_service_pb2_grpc as grpc_pb

STUB = grpc_pb.AuditServiceStub
PERMISSIONS = ("points.ledger.read", "points.ledger.verify")
DAY = Date(year=BUSINESS_DATE.year, month=BUSINESS_DATE.month, day=BUSINESS_DATE.day)
NEXT_DAY = Date(year=BUSINESS_DATE.year, month=BUSINESS_DATE.month, day=BUSINESS_DATE.day + 1)


@pytest.fixture(scope="module")
async def audit(ledger: Ledger) -> AsyncIterator[Any]:
    """A caller who may see and ask everything."""
    async with open_stub(STUB, ledger.address, PERMISSIONS) as stub:
        yield stub


async def buyer(ledger: Ledger, sales: int = 1) -> str:
    """A new member with some sales."""
    member_id = new_id()
    async with ledger.database.transaction() as tx:
        await DirectoryRepository(tx.connection).add_members([member_id])
    for _ in range(sales):
        message = build_sale(ledger.chain, member_id=member_id)
        await post_commands(ledger.database, build_command(message), now=utc_now())
    return member_id


async def change_points(ledger: Ledger, member_id: str, by: int) -> None:
    async with ledger.database.transaction() as tx:
        await tx.connection.execute(
            text("UPDATE wallets SET points = points + :by WHERE member_id = :m"),
            {"by": by, "m": member_id},
        )


async def finish_runs(ledger: Ledger) -> None:
    """Does what the job does at its next tick."""
    verifier = Verifier(ledger.database, interval=timedelta(hours=1), rest=0)
    while await verifier.is_wanted():
        position: str | None = ""
        while position is not None:
            position = await verifier.step(position)


class TestGetTrialBalance:
    async def test_tells_each_account_and_proves_each_asset(
        self, ledger: Ledger, audit: Any
    ) -> None:
        await buyer(ledger)
        answer = await audit.GetTrialBalance(
            pb.GetTrialBalanceRequest(
                store_id=ledger.chain.store_id, from_date=DAY, to_date=DAY, asset="ASSET_MONEY"
            )
        )
        accounts = {each.account: each for each in answer.accounts}
        cash, revenue = accounts["tender:cash"], accounts["revenue"]
        assert cash.balance_amount == cash.debit_amount - cash.credit_amount > 0
        assert revenue.balance_amount < 0
        assert sum(each.balance_amount for each in answer.accounts) == 0
        (proof,) = answer.proofs
        assert proof.balance_amount == 0
        assert proof.debit_amount == sum(each.debit_amount for each in answer.accounts)
        assert {each.store_id for each in answer.accounts} == {ledger.chain.store_id}

    async def test_is_paged(self, ledger: Ledger, audit: Any) -> None:
        await buyer(ledger)
        whole = await audit.GetTrialBalance(pb.GetTrialBalanceRequest())
        first = await audit.GetTrialBalance(pb.GetTrialBalanceRequest(page_size=1))
        second = await audit.GetTrialBalance(
            pb.GetTrialBalanceRequest(page_size=1, page_token=first.next_page_token)
        )
        assert [*first.accounts, *second.accounts] == list(whole.accounts[:2])
        assert first.proofs == second.proofs == whole.proofs
        assert whole.next_page_token == ""

    async def test_keeps_the_caller_in_his_stores(self, ledger: Ledger) -> None:
        store_id, other_id = ledger.chain.store_id, new_id()
        async with open_stub(STUB, ledger.address, PERMISSIONS, stores=[store_id]) as stub:
            await stub.GetTrialBalance(pb.GetTrialBalanceRequest(store_id=store_id))
            for request in (
                pb.GetTrialBalanceRequest(),
                pb.GetTrialBalanceRequest(store_id=other_id),
            ):
                refused = await refusal(stub.GetTrialBalance(request))
                assert (refused.kind, refused.reason) == (Kind.FORBIDDEN, "STORE_OUT_OF_SCOPE")

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"store_id": "x"}, "INVALID_ID"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"asset": 99}, "UNKNOWN_ASSET"),
            ({"from_date": NEXT_DAY, "to_date": DAY}, "INVALID_RANGE"),
            ({"from_date": Date(year=2026, month=2, day=30)}, "INVALID_DATE"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_says_why_not(self, audit: Any, changes: dict[str, Any], reason: str) -> None:
        refused = await refusal(audit.GetTrialBalance(pb.GetTrialBalanceRequest(**changes)))
        assert refused.reason == reason


class TestVerifyLedger:
    async def test_of_a_member_answers_at_once(self, ledger: Ledger, audit: Any) -> None:
        member_id = await buyer(ledger, sales=3)
        request = pb.VerifyLedgerRequest(run_id=new_id(), member_id=member_id)
        answer = await audit.VerifyLedger(request)
        assert answer.verification.bill_count == 3
        assert answer.verification.account_count == 1
        assert answer.verification.HasField("completed_time")
        assert not answer.breaks
        assert await audit.VerifyLedger(request) == answer

    async def test_shows_what_broke_and_freezes_the_wallet(
        self, ledger: Ledger, audit: Any
    ) -> None:
        member_id, other_id = await buyer(ledger), await buyer(ledger)
        await change_points(ledger, member_id, 5)
        run_id = new_id()
        answer = await audit.VerifyLedger(
            pb.VerifyLedgerRequest(run_id=run_id, member_id=member_id)
        )
        (found,) = answer.breaks
        assert found.kind == pb.BREAK_KIND_WALLET_BALANCE
        assert (found.member_id, found.subject) == (member_id, "POINTS")
        assert (found.expected, found.found) == ("24", "29")
        assert [(each.credit_account, each.amount) for each in found.proof] == [("wallet", 24)]
        assert found.first_run_id == found.last_run_id == run_id
        listed = await audit.ListBreaks(pb.ListBreaksRequest(member_id=member_id))
        assert list(listed.breaks) == [found]
        assert REGISTRY.get_sample_value("yika_points_ledger_breaks") >= 1
        async with ledger.database.read() as connection:
            rows = await connection.execute(
                text("SELECT frozen_reason FROM wallets WHERE member_id = ANY(:m) ORDER BY 1"),
                {"m": [member_id, other_id]},
            )
            assert [row[0] for row in rows] == ["LEDGER_BREAK WALLET_BALANCE", None]
        await change_points(ledger, member_id, -5)
        again = await audit.VerifyLedger(
            pb.VerifyLedgerRequest(run_id=new_id(), member_id=member_id)
        )
        assert not again.breaks
        listed = await audit.ListBreaks(
            pb.ListBreaksRequest(member_id=member_id, include_resolved=True)
        )
        assert [each.HasField("resolved_time") for each in listed.breaks] == [True]

    async def test_of_everything_is_done_by_the_job(self, ledger: Ledger, audit: Any) -> None:
        await buyer(ledger, sales=2)
        run_id = new_id()
        asked = await audit.VerifyLedger(pb.VerifyLedgerRequest(run_id=run_id))
        assert asked.verification.run_id == run_id
        assert asked.verification.requested_by != "schedule"
        await finish_runs(ledger)
        stands = (
            await audit.GetVerification(pb.GetVerificationRequest(run_id=run_id))
        ).verification
        assert stands.HasField("completed_time")
        assert stands.account_count > 0
        assert stands.bill_count > 0
        newest = (await audit.GetVerification(pb.GetVerificationRequest())).verification
        assert newest.member_id == ""
        assert newest.requested_time.ToDatetime() >= stands.requested_time.ToDatetime()
        repeated = await audit.VerifyLedger(pb.VerifyLedgerRequest(run_id=run_id))
        assert repeated.verification == stands

    async def test_the_same_id_at_once_is_one_run(self, ledger: Ledger, audit: Any) -> None:
        member_id, run_id = await buyer(ledger), new_id()
        request = pb.VerifyLedgerRequest(run_id=run_id, member_id=member_id)
        given = await asyncio.gather(*(audit.VerifyLedger(request) for _ in range(8)))
        stands = await audit.GetVerification(pb.GetVerificationRequest(run_id=run_id))
        assert {each.verification.completed_time.ToNanoseconds() for each in given} == {
            stands.verification.completed_time.ToNanoseconds()
        }

    async def test_says_why_not(self, ledger: Ledger, audit: Any) -> None:
        run_id = new_id()
        member_id = await buyer(ledger)
        await audit.VerifyLedger(pb.VerifyLedgerRequest(run_id=run_id, member_id=member_id))
        for request, kind, reason in (
            (pb.VerifyLedgerRequest(run_id=run_id), Kind.ALREADY_EXISTS, "ID_REUSED"),
            (pb.VerifyLedgerRequest(), Kind.INVALID, "INVALID_ID"),
            (pb.VerifyLedgerRequest(run_id=new_id(), member_id="1"), Kind.INVALID, "INVALID_ID"),
            (
                pb.VerifyLedgerRequest(run_id=new_id(), member_id=new_id()),
                Kind.NOT_FOUND,
                "UNKNOWN_MEMBER",
            ),
        ):
            refused = await refusal(audit.VerifyLedger(request))
            assert (refused.kind, refused.reason) == (kind, reason)

    async def test_needs_every_store_and_a_permission_of_its_own(self, ledger: Ledger) -> None:
        request = pb.VerifyLedgerRequest(run_id=new_id())
        stores = [ledger.chain.store_id]
        async with open_stub(STUB, ledger.address, PERMISSIONS, stores=stores) as stub:
            refused = [
                await refusal(stub.VerifyLedger(request)),
                await refusal(stub.ListBreaks(pb.ListBreaksRequest())),
                await refusal(stub.GetVerification(pb.GetVerificationRequest())),
            ]
            assert {each.reason for each in refused} == {"STORE_OUT_OF_SCOPE"}
        async with open_stub(STUB, ledger.address, ["points.ledger.read"]) as stub:
            assert (await refusal(stub.VerifyLedger(request))).reason == "PERMISSION_MISSING"


class TestGetVerification:
    async def test_says_why_not(self, audit: Any) -> None:
        refused = await refusal(audit.GetVerification(pb.GetVerificationRequest(run_id=new_id())))
        assert (refused.kind, refused.reason) == (Kind.NOT_FOUND, "UNKNOWN_VERIFICATION")
        refused = await refusal(audit.GetVerification(pb.GetVerificationRequest(run_id="x")))
        assert refused.reason == "INVALID_ID"


class TestListBreaks:
    async def test_is_paged_by_member_kind_and_subject(self, ledger: Ledger, audit: Any) -> None:
        members = sorted([await buyer(ledger) for _ in range(3)])
        for member_id in members:
            await change_points(ledger, member_id, 1)
            await audit.VerifyLedger(pb.VerifyLedgerRequest(run_id=new_id(), member_id=member_id))
        seen: list[str] = []
        token = ""
        while True:
            page = await audit.ListBreaks(pb.ListBreaksRequest(page_size=1, page_token=token))
            assert len(page.breaks) == 1
            seen += [each.member_id for each in page.breaks]
            token = page.next_page_token
            if not token:
                break
        assert seen == sorted(seen)
        assert set(members) <= set(seen)
        for member_id in members:
            await change_points(ledger, member_id, -1)
            await audit.VerifyLedger(pb.VerifyLedgerRequest(run_id=new_id(), member_id=member_id))
        left = (await audit.ListBreaks(pb.ListBreaksRequest(page_size=500))).breaks
        assert not set(members) & {each.member_id for each in left}

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"member_id": "x"}, "INVALID_ID"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_says_why_not(self, audit: Any, changes: dict[str, Any], reason: str) -> None:
        refused = await refusal(audit.ListBreaks(pb.ListBreaksRequest(**changes)))
        assert refused.reason == reason
