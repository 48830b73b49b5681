"""Holds from the outside: real server, real token, every reason that a caller can be told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import from_timestamp, to_proto_date, utc_now
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset
from tests.fixtures.builders_holds import PASS, Value, build_hold, grant
from tests.fixtures.builders_points import build_chain, build_line, build_sale
from tests.fixtures.ledger import Ledger, one, refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import hold_pb2, hold_service_pb2, hold_service_pb2_grpc, points_service_pb2

Stub = hold_service_pb2_grpc.HoldServiceStub
PERMISSIONS = ("points.holds.create", "points.holds.void", "points.holds.read")


@pytest.fixture
async def ledger(ledger: Ledger) -> Ledger:
    """The running ledger with a chain of this test's own: others count the bills of theirs."""
    return replace(ledger, chain=(await build_chain(ledger.database))[0])


@pytest.fixture
async def stub(ledger: Ledger) -> AsyncIterator[Any]:
    """Calls of somebody who may do everything with holds, in every store."""
    async with open_stub(Stub, ledger.address, PERMISSIONS) as calls:
        yield calls


def request(ledger: Ledger, amount: int = 10, **changes: Any) -> Any:
    """A hold of today."""
    today = to_proto_date(utc_now().date())
    return build_hold(ledger.chain, amount, **{"business_date": today, **changes})


async def reason(call: Any) -> tuple[str, str]:
    """Code and reason of a call that must be refused."""
    code, why = await refusal(call)
    return code.name, why


async def make(ledger: Ledger, stub: Any, amount: int = 10, **changes: Any) -> Any:
    """Gives the member what is to be held, and holds it."""
    await grant(ledger.database, ledger.chain, Value(Asset.POINTS, amount))
    return (await stub.CreateHold(request(ledger, amount, **changes))).hold


class TestCreateHold:
    async def test_answers_with_the_hold_and_again_with_the_same(
        self, ledger: Ledger, stub: Any
    ) -> None:
        await grant(ledger.database, ledger.chain, Value(Asset.POINTS, 10))
        asked = request(ledger, 10, hold_seconds=60)
        first = await stub.CreateHold(asked)
        made = first.hold
        assert (made.state, made.amount, made.held_amount) == (hold_pb2.HOLD_STATE_OPEN, 10, 10)
        assert (made.register_id, made.staff_id) == ("R1", "8001")
        lasts = from_timestamp(made.expires_time, "") - from_timestamp(made.created_time, "")
        assert lasts.total_seconds() == 60
        assert sum(lot.amount for lot in made.lots) == 10
        asked.hold_id = asked.hold_id.upper()
        await stub.VoidHold(hold_service_pb2.VoidHoldRequest(hold_id=made.hold_id))
        again = await stub.CreateHold(asked)
        assert (again.hold, again.replayed, first.replayed) == (made, True, False)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"hold_id": "17"}, ("INVALID_ARGUMENT", "INVALID_ID")),
            ({"member_id": ""}, ("INVALID_ARGUMENT", "INVALID_ID")),
            ({"member_id": new_id()}, ("NOT_FOUND", "UNKNOWN_MEMBER")),
            ({"store_id": new_id()}, ("NOT_FOUND", "UNKNOWN_STORE")),
            ({"asset": 0}, ("INVALID_ARGUMENT", "UNKNOWN_ASSET")),
            ({"asset": 99}, ("INVALID_ARGUMENT", "UNKNOWN_ASSET")),
            ({"asset": PASS}, ("INVALID_ARGUMENT", "INVALID_ID")),
            ({"pass_id": new_id()}, ("INVALID_ARGUMENT", "WRONG_ASSET")),
            ({"amount": 0}, ("INVALID_ARGUMENT", "INVALID_AMOUNT")),
            ({"amount": -5}, ("INVALID_ARGUMENT", "INVALID_AMOUNT")),
            ({"amount": 2**63 - 1}, ("INVALID_ARGUMENT", "INVALID_AMOUNT")),
            ({"amount": 10**9}, ("FAILED_PRECONDITION", "INSUFFICIENT_POINTS")),
            (
                {"asset": hold_pb2.HOLD_ASSET_STORED_VALUE, "amount": 10**9},
                ("FAILED_PRECONDITION", "INSUFFICIENT_STORED_VALUE"),
            ),
            (
                {"asset": PASS, "pass_id": new_id()},
                ("FAILED_PRECONDITION", "INSUFFICIENT_PASS"),
            ),
            ({"hold_seconds": -1}, ("INVALID_ARGUMENT", "INVALID_HOLD_SECONDS")),
            ({"hold_seconds": 7 * 86_400 + 1}, ("INVALID_ARGUMENT", "INVALID_HOLD_SECONDS")),
            ({"business_date": None}, ("INVALID_ARGUMENT", "INVALID_DATE")),
            (
                {"business_date": to_proto_date(utc_now().date() - timedelta(days=2000))},
                ("INVALID_ARGUMENT", "INVALID_BUSINESS_DATE"),
            ),
            ({"register_id": "R" * 33}, ("INVALID_ARGUMENT", "CODE_TOO_LONG")),
            ({"staff_id": "8" * 65}, ("INVALID_ARGUMENT", "CODE_TOO_LONG")),
        ],
    )
    async def test_refuses_with_a_reason(
        self, ledger: Ledger, stub: Any, changes: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        asked = request(ledger, **changes)
        assert await reason(stub.CreateHold(asked)) == expected
        if asked.hold_id != "17":
            get = hold_service_pb2.GetHoldRequest(hold_id=asked.hold_id)
            assert await reason(stub.GetHold(get)) == ("NOT_FOUND", "UNKNOWN_HOLD")

    async def test_refuses_a_reused_id(self, ledger: Ledger, stub: Any) -> None:
        made = await make(ledger, stub)
        other = request(ledger, 9, hold_id=made.hold_id)
        assert await reason(stub.CreateHold(other)) == ("ALREADY_EXISTS", "ID_REUSED")


class TestPostSale:
    async def test_a_sale_is_paid_from_the_hold(self, ledger: Ledger, stub: Any) -> None:
        made = await make(ledger, stub, 300)
        line = build_line(ledger.chain.product_ids[0], list_fen=100, discount_fen=0)
        sale = build_sale(ledger.chain, lines=[line], tenders=[], sold_at=utc_now())
        sale.business_date.CopyFrom(to_proto_date(utc_now().date()))
        sale.tenders.add(
            kind="points", amount_fen=100, points=100, hold_id=made.hold_id, keep_rest=True
        )
        await ledger.stub.PostSale(one(sale))
        get = hold_service_pb2.GetHoldRequest(hold_id=made.hold_id)
        now = (await stub.GetHold(get)).hold
        assert (now.posted_amount, now.held_amount) == (100, 200)
        bill = await ledger.stub.GetBill(points_service_pb2.GetBillRequest(bill_id=sale.sale_id))
        assert bill.bill.sale.tenders[0].keep_rest

    @pytest.mark.parametrize(
        ("tender", "expected"),
        [
            ({"kind": "points", "points": 24, "keep_rest": True}, "HOLD_REQUIRED"),
            ({"kind": "cash", "keep_rest": True}, "WRONG_ASSET"),
            ({"kind": "cash", "hold_id": new_id()}, "WRONG_ASSET"),
            ({"kind": "points", "points": 2400, "hold_id": new_id()}, "UNKNOWN_HOLD"),
            ({"kind": "points", "points": 2400, "hold_id": "mine"}, "INVALID_ID"),
        ],
    )
    async def test_refuses_a_tender_that_makes_no_sense(
        self, ledger: Ledger, tender: dict[str, Any], expected: str
    ) -> None:
        sale = build_sale(ledger.chain, tenders=[])
        sale.tenders.add(amount_fen=2400, **tender)
        assert (await reason(ledger.stub.PostSale(one(sale))))[1] == expected


class TestVoidHold:
    async def test_answers_with_the_voided_hold(self, ledger: Ledger, stub: Any) -> None:
        made = await make(ledger, stub)
        void = hold_service_pb2.VoidHoldRequest(
            hold_id=made.hold_id, staff_id="9001", reason="changed her mind"
        )
        first = await stub.VoidHold(void)
        assert (first.hold.state, first.hold.held_amount) == (hold_pb2.HOLD_STATE_VOIDED, 0)
        assert (first.hold.voided_by, first.hold.reason) == ("9001", "changed her mind")
        again = await stub.VoidHold(void)
        assert (again.hold, again.replayed, first.replayed) == (first.hold, True, False)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"hold_id": "x"}, "INVALID_ID"),
            ({"hold_id": new_id()}, "UNKNOWN_HOLD"),
            ({"staff_id": "9" * 65}, "CODE_TOO_LONG"),
            ({"reason": "?" * 257}, "CODE_TOO_LONG"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, stub: Any, changes: dict[str, Any], expected: str
    ) -> None:
        void = hold_service_pb2.VoidHoldRequest(**{"hold_id": new_id(), **changes})
        assert (await reason(stub.VoidHold(void)))[1] == expected


class TestListHolds:
    async def test_pages_through_a_members_holds(self, ledger: Ledger, stub: Any) -> None:
        made = {(await make(ledger, stub)).hold_id for _ in range(5)}
        found: list[str] = []
        token = ""
        for _ in range(100):
            asked = hold_service_pb2.ListHoldsRequest(
                member_id=ledger.chain.member_id, page_size=2, page_token=token
            )
            page = await stub.ListHolds(asked)
            found += [each.hold_id for each in page.holds]
            token = page.next_page_token
            if not token:
                break
        assert found == sorted(set(found), reverse=True)
        assert made <= set(found)

    async def test_shows_the_open_ones_of_a_store(self, ledger: Ledger, stub: Any) -> None:
        open_one, voided = [await make(ledger, stub) for _ in range(2)]
        await stub.VoidHold(hold_service_pb2.VoidHoldRequest(hold_id=voided.hold_id))
        for changes in ({}, {"member_id": ledger.chain.member_id, "open_only": True}):
            asked = hold_service_pb2.ListHoldsRequest(
                store_id=ledger.chain.store_id, page_size=500, **changes
            )
            found = {each.hold_id for each in (await stub.ListHolds(asked)).holds}
            assert open_one.hold_id in found
            assert voided.hold_id not in found

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "INVALID_FILTER"),
            ({"member_id": "x"}, "INVALID_ID"),
            ({"member_id": new_id()}, "UNKNOWN_MEMBER"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"member": True, "page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"member": True, "page_token": "?"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, ledger: Ledger, stub: Any, changes: dict[str, Any], expected: str
    ) -> None:
        given = dict(changes)
        if given.pop("member", False):
            given["member_id"] = ledger.chain.member_id
        asked = hold_service_pb2.ListHoldsRequest(**given)
        assert (await reason(stub.ListHolds(asked)))[1] == expected

    async def test_refuses_a_token_that_was_made_up(self, ledger: Ledger, stub: Any) -> None:
        member_id = ledger.chain.member_id
        token = encode_page_token("x", question=("holds", member_id, None, False))
        asked = hold_service_pb2.ListHoldsRequest(member_id=member_id, page_token=token)
        assert (await reason(stub.ListHolds(asked)))[1] == "INVALID_PAGE_TOKEN"


class TestPermission:
    async def test_a_till_reaches_the_holds_of_its_own_store(
        self, ledger: Ledger, stub: Any
    ) -> None:
        made = await make(ledger, stub)
        get = hold_service_pb2.GetHoldRequest(hold_id=made.hold_id)
        void = hold_service_pb2.VoidHoldRequest(hold_id=made.hold_id)
        of_member = hold_service_pb2.ListHoldsRequest(member_id=ledger.chain.member_id)
        of_store = hold_service_pb2.ListHoldsRequest(store_id=ledger.chain.store_id)
        foreign = {"stores": [new_id()]}
        async with open_stub(Stub, ledger.address, PERMISSIONS, **foreign) as other:
            for call in (
                other.CreateHold(request(ledger)),
                other.GetHold(get),
                other.VoidHold(void),
                other.ListHolds(of_member),
                other.ListHolds(of_store),
            ):
                assert await reason(call) == ("PERMISSION_DENIED", "STORE_OUT_OF_SCOPE")
        home = {"stores": [ledger.chain.store_id]}
        async with open_stub(Stub, ledger.address, PERMISSIONS, **home) as own:
            assert (await own.GetHold(get)).hold.state == hold_pb2.HOLD_STATE_OPEN
            await own.ListHolds(of_store)
            assert (await reason(own.ListHolds(of_member)))[1] == "STORE_OUT_OF_SCOPE"
            assert (await own.VoidHold(void)).hold.state == hold_pb2.HOLD_STATE_VOIDED

    async def test_each_call_needs_its_own(self, ledger: Ledger) -> None:
        async with open_stub(Stub, ledger.address, ["points.wallets.read"]) as nobody:
            for call in (
                nobody.CreateHold(request(ledger)),
                nobody.GetHold(hold_service_pb2.GetHoldRequest(hold_id=new_id())),
                nobody.VoidHold(hold_service_pb2.VoidHoldRequest(hold_id=new_id())),
                nobody.ListHolds(hold_service_pb2.ListHoldsRequest()),
            ):
                assert await reason(call) == ("PERMISSION_DENIED", "PERMISSION_MISSING")
