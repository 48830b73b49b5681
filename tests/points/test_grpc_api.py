"""The ledger from the outside: real server, real token, real owners of members and goods."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import text

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database
from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.inventory.bootstrap import build as build_inventory
from services.inventory.settings import Settings as InventorySettings
from services.members.bootstrap import build as build_members
from services.members.settings import Settings as MembersSettings
from services.points.bootstrap import build as build_points
from services.points.settings import Settings as PointsSettings
from tests.fixtures.builders_points import BUSINESS_DATE, SOLD_AT, Chain, build_line, build_sale
from tests.fixtures.running import all_permissions, open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.services import running_service
from tests.fixtures.tokens import sign_token
from yika.inventory.v1 import catalogue_pb2, inventory_service_pb2, inventory_service_pb2_grpc
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc
from yika.points.v1 import ledger_pb2, points_service_pb2, points_service_pb2_grpc, sale_pb2

Stub = points_service_pb2_grpc.PointsServiceStub


@dataclass(frozen=True, slots=True)
class Ledger:
    """A running points service beside real owners that know one chain."""

    address: str
    stub: Any
    database: Database
    chain: Chain


@pytest.fixture(scope="module")
async def ledger(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ledger]:
    """Members, inventory and points; the ledger has heard no event and must ask."""
    async with AsyncExitStack() as stack:
        owner_token = tmp_path_factory.mktemp("tokens") / "points.jwt"
        owner_token.write_text(sign_token(["members.stubs.read", "inventory.catalogue.read"]))
        members = await stack.enter_async_context(
            running_service(servers, "members", MembersSettings(), build_members)
        )
        inventory = await stack.enter_async_context(
            running_service(servers, "inventory", InventorySettings(), build_inventory)
        )
        settings = PointsSettings(
            members_address=members.address,
            inventory_address=inventory.address,
            token_file=Path(owner_token),
        )
        points = await stack.enter_async_context(
            running_service(servers, "points", settings, build_points)
        )
        chain = Chain()
        members_stub = await stack.enter_async_context(
            open_stub(
                member_service_pb2_grpc.MemberServiceStub,
                members.address,
                all_permissions(members.parts),
            )
        )
        inventory_stub = await stack.enter_async_context(
            open_stub(
                inventory_service_pb2_grpc.InventoryServiceStub,
                inventory.address,
                all_permissions(inventory.parts),
            )
        )
        for member_id in (chain.member_id, chain.other_member_id):
            await members_stub.RegisterMember(
                member_service_pb2.RegisterMemberRequest(member_id=member_id, name="王芳")
            )
        await stock_the_shelves(inventory_stub, chain)
        stub = await stack.enter_async_context(
            open_stub(Stub, points.address, all_permissions(points.parts))
        )
        yield Ledger(points.address, stub, points.database, chain)


async def stock_the_shelves(stub: Any, chain: Chain) -> None:
    """Makes the chain's store, category and products known to inventory."""
    await stub.UpsertStores(
        inventory_service_pb2.UpsertStoresRequest(
            stores=[catalogue_pb2.Store(store_id=chain.store_id, store_code="S001", name="一店")]
        )
    )
    await stub.UpsertCategories(
        inventory_service_pb2.UpsertCategoriesRequest(
            categories=[catalogue_pb2.Category(category_id=chain.category_id, name="粮油")]
        )
    )
    await stub.UpsertProducts(
        inventory_service_pb2.UpsertProductsRequest(
            products=[
                catalogue_pb2.Product(
                    product_id=product_id,
                    sku=f"SKU{number}",
                    name="东北大米 5kg",
                    category_id=chain.category_id,
                    unit="袋",
                )
                for number, product_id in enumerate(chain.product_ids)
            ]
        )
    )


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    """Code and reason of a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        await call
    return caught.value.code(), from_grpc(caught.value).reason


async def count_rows(database: Database) -> dict[str, int]:
    """Rows of every table that a post writes."""
    tables = ("bills", "transfers", "lots", "outbox")
    async with database.read() as connection:
        return {
            table: int(
                (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
            )
            for table in tables
        }


def one(sale: sale_pb2.Sale) -> points_service_pb2.PostSaleRequest:
    """The request for one sale."""
    return points_service_pb2.PostSaleRequest(sale=sale)


class TestPostSale:
    async def test_posts_and_stamps_the_category(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        answer = await ledger.stub.PostSale(one(sale))
        assert answer.result.points_earned == 24
        bill = await ledger.stub.GetBill(points_service_pb2.GetBillRequest(bill_id=sale.sale_id))
        assert {line.category_id for line in bill.bill.sale.lines} == {ledger.chain.category_id}
        assert [(t.debit_account, t.credit_account, t.amount) for t in bill.transfers] == [
            ("tender:cash", "revenue", 2400),
            ("points_issued", "wallet", 24),
        ]

    async def test_upper_case_ids_are_the_same_ids(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        await ledger.stub.PostSale(one(sale))
        sale.sale_id = sale.sale_id.upper()
        sale.member_id = sale.member_id.upper()
        assert (await ledger.stub.PostSale(one(sale))).result.replayed

    @pytest.mark.parametrize(
        ("changes", "code", "reason"),
        [
            ({"lines": []}, "INVALID_ARGUMENT", "EMPTY_BASKET"),
            ({"member_id": new_id()}, "NOT_FOUND", "UNKNOWN_MEMBER"),
            ({"store_id": new_id()}, "NOT_FOUND", "UNKNOWN_STORE"),
            ({"lines": [build_line(new_id())]}, "NOT_FOUND", "UNKNOWN_PRODUCT"),
            ({"lines": [build_line("rice")]}, "NOT_FOUND", "UNKNOWN_PRODUCT"),
            ({"sale_id": "17"}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"sale_id": ""}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"member_id": "王芳"}, "INVALID_ARGUMENT", "INVALID_ID"),
            ({"tenders": [("cash", 2300)]}, "INVALID_ARGUMENT", "TENDERS_DO_NOT_ADD_UP"),
            ({"tenders": [("cash", 1)] * 21}, "INVALID_ARGUMENT", "TOO_MANY_TENDERS"),
            (
                {"tenders": [("cash", 2500), ("cash", -100)]},
                "INVALID_ARGUMENT",
                "INVALID_AMOUNT",
            ),
            ({"tenders": [("seashells", 2400)]}, "INVALID_ARGUMENT", "UNKNOWN_TENDER"),
            ({"total_fen": -2400, "tenders": []}, "INVALID_ARGUMENT", "INVALID_AMOUNT"),
            ({"total_fen": 2500}, "INVALID_ARGUMENT", "TOTAL_DOES_NOT_ADD_UP"),
            ({"register_id": "R" * 65}, "INVALID_ARGUMENT", "CODE_TOO_LONG"),
        ],
    )
    async def test_refuses_with_a_reason_and_writes_nothing(
        self, ledger: Ledger, changes: dict[str, Any], code: str, reason: str
    ) -> None:
        before = await count_rows(ledger.database)
        found = await refusal(ledger.stub.PostSale(one(build_sale(ledger.chain, **changes))))
        assert (found[0].name, found[1]) == (code, reason)
        assert await count_rows(ledger.database) == before

    async def test_refuses_a_sale_without_time_or_date(self, ledger: Ledger) -> None:
        timeless = build_sale(ledger.chain)
        timeless.ClearField("sold_time")
        assert (await refusal(ledger.stub.PostSale(one(timeless))))[1] == "INVALID_TIME"
        dateless = build_sale(ledger.chain)
        dateless.business_date.month = 13
        assert (await refusal(ledger.stub.PostSale(one(dateless))))[1] == "INVALID_DATE"

    async def test_refuses_a_reused_id(self, ledger: Ledger) -> None:
        sale = build_sale(ledger.chain)
        await ledger.stub.PostSale(one(sale))
        sale.staff_id = "8002"
        found = await refusal(ledger.stub.PostSale(one(sale)))
        assert (found[0].name, found[1]) == ("ALREADY_EXISTS", "ID_REUSED")


class TestPermission:
    @pytest.mark.parametrize(
        ("claims", "code", "reason"),
        [
            ({"permissions": []}, "PERMISSION_DENIED", "PERMISSION_MISSING"),
            ({"stores": [new_id()]}, "PERMISSION_DENIED", "STORE_OUT_OF_SCOPE"),
            ({"lifetime_seconds": -1}, "UNAUTHENTICATED", "TOKEN_EXPIRED"),
            ({"issuer": "somebody"}, "UNAUTHENTICATED", "TOKEN_INVALID"),
        ],
    )
    async def test_refuses(
        self, ledger: Ledger, claims: dict[str, Any], code: str, reason: str
    ) -> None:
        permissions = claims.pop("permissions", ["points.sales.post"])
        before = await count_rows(ledger.database)
        async with open_stub(Stub, ledger.address, permissions, **claims) as stub:
            found = await refusal(stub.PostSale(one(build_sale(ledger.chain))))
        assert (found[0].name, found[1]) == (code, reason)
        assert await count_rows(ledger.database) == before

    async def test_a_till_reaches_its_own_store(self, ledger: Ledger) -> None:
        async with open_stub(
            Stub, ledger.address, ["points.sales.post"], stores=[ledger.chain.store_id]
        ) as stub:
            await stub.PostSale(one(build_sale(ledger.chain)))


class TestPostSales:
    async def test_one_bad_sale_fails_alone(self, ledger: Ledger) -> None:
        sales = [build_sale(ledger.chain) for _ in range(6)]
        sales[1].ClearField("lines")
        sales[2].member_id = new_id()
        sales[4].store_id = "nowhere"
        answer = await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        told = [
            outcome.refused.reason if outcome.HasField("refused") else "posted"
            for outcome in answer.outcomes
        ]
        assert told == [
            "posted",
            "EMPTY_BASKET",
            "UNKNOWN_MEMBER",
            "posted",
            "INVALID_ID",
            "posted",
        ]
        assert [outcome.sale_id for outcome in answer.outcomes] == [s.sale_id for s in sales]
        for position in (1, 2, 4):
            found = await refusal(
                ledger.stub.GetBill(
                    points_service_pb2.GetBillRequest(bill_id=sales[position].sale_id)
                )
            )
            assert found[1] == "UNKNOWN_BILL"

    @pytest.mark.parametrize("size", [0, 501])
    async def test_refuses_an_empty_or_too_large_batch(self, ledger: Ledger, size: int) -> None:
        request = points_service_pb2.PostSalesRequest(sales=[build_sale(ledger.chain)] * size)
        found = await refusal(ledger.stub.PostSales(request))
        assert (found[0].name, found[1]) == ("INVALID_ARGUMENT", "INVALID_BATCH_SIZE")


class TestReads:
    async def test_wallet_shows_lots_in_spending_order(self, ledger: Ledger) -> None:
        member_id = ledger.chain.other_member_id
        sales = [build_sale(ledger.chain, member_id=member_id) for _ in range(3)]
        await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        request = points_service_pb2.GetWalletRequest(member_id=member_id)
        wallet = (await ledger.stub.GetWallet(request)).wallet
        assert wallet.points == 72
        assert [lot.bill_id for lot in wallet.lots] == [sale.sale_id for sale in sales]
        assert {lot.rule_version for lot in wallet.lots} == {"base@1"}

    async def test_wallet_of_a_stranger_is_refused(self, ledger: Ledger) -> None:
        request = points_service_pb2.GetWalletRequest(member_id=new_id())
        assert (await refusal(ledger.stub.GetWallet(request)))[1] == "UNKNOWN_MEMBER"

    async def test_lists_are_paged_without_gap_or_repeat(self, ledger: Ledger) -> None:
        member_id = ledger.chain.member_id
        sales = [build_sale(ledger.chain) for _ in range(7)]
        await ledger.stub.PostSales(points_service_pb2.PostSalesRequest(sales=sales))
        bills: list[str] = []
        token = ""
        for _ in range(100):
            page = await ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(
                    member_id=member_id, page_size=3, page_token=token
                )
            )
            bills += [bill.bill_id for bill in page.bills]
            token = page.next_page_token
            if not token:
                break
        assert bills == sorted(set(bills), reverse=True)
        assert {sale.sale_id for sale in sales} <= set(bills)
        transfers: list[tuple[str, int]] = []
        for _ in range(100):
            statement = await ledger.stub.GetStatement(
                points_service_pb2.GetStatementRequest(
                    member_id=member_id,
                    asset=ledger_pb2.ASSET_POINTS,
                    page_size=2,
                    page_token=token,
                )
            )
            transfers += [(t.bill_id, t.amount) for t in statement.transfers]
            token = statement.next_page_token
            if not token:
                break
        assert len({bill_id for bill_id, _ in transfers}) == len(transfers)
        wallet = await ledger.stub.GetWallet(
            points_service_pb2.GetWalletRequest(member_id=member_id)
        )
        assert sum(amount for _, amount in transfers) == wallet.wallet.points
        balances = await ledger.stub.ListBalances(points_service_pb2.ListBalancesRequest())
        assert {b.member_id: b.points for b in balances.balances}[member_id] == wallet.wallet.points

    async def test_store_day_and_summary_agree(self, ledger: Ledger) -> None:
        await ledger.stub.PostSale(one(build_sale(ledger.chain, member_id="")))
        bills = (
            await ledger.stub.ListBills(
                points_service_pb2.ListBillsRequest(
                    store_id=ledger.chain.store_id,
                    business_date=to_proto_date(BUSINESS_DATE),
                    page_size=500,
                )
            )
        ).bills
        (row,) = (
            await ledger.stub.SummarizeBills(
                points_service_pb2.SummarizeBillsRequest(
                    store_ids=[ledger.chain.store_id],
                    from_date=to_proto_date(BUSINESS_DATE),
                    to_date=to_proto_date(BUSINESS_DATE),
                )
            )
        ).rows
        assert row.bill_count == len(bills)
        assert row.total_fen == sum(bill.total_fen for bill in bills)
        assert row.points_earned == sum(bill.points_earned for bill in bills)
        assert any(bill.member_id == "" for bill in bills)

    @pytest.mark.parametrize(
        ("method", "request_message", "reason"),
        [
            ("GetBill", points_service_pb2.GetBillRequest(bill_id="x"), "INVALID_ID"),
            ("ListBills", points_service_pb2.ListBillsRequest(), "INVALID_FILTER"),
            (
                "ListBills",
                points_service_pb2.ListBillsRequest(store_id=new_id(), member_id=new_id()),
                "INVALID_FILTER",
            ),
            ("ListBills", points_service_pb2.ListBillsRequest(store_id=new_id()), "INVALID_DATE"),
            (
                "ListBalances",
                points_service_pb2.ListBalancesRequest(page_token="zzz"),
                "INVALID_PAGE_TOKEN",
            ),
            (
                "ListBalances",
                points_service_pb2.ListBalancesRequest(page_size=-1),
                "INVALID_PAGE_SIZE",
            ),
            (
                "GetStatement",
                points_service_pb2.GetStatementRequest(member_id=new_id()),
                "UNKNOWN_ASSET",
            ),
        ],
    )
    async def test_refuses_a_malformed_query(
        self, ledger: Ledger, method: str, request_message: Any, reason: str
    ) -> None:
        assert (await refusal(getattr(ledger.stub, method)(request_message)))[1] == reason


class TestMalformedRequests:
    async def test_never_give_internal(self, ledger: Ledger) -> None:
        chance = random.Random(7)
        edges = [0, 1, -1, 99, 2**31 - 1, 2**63 - 1, -(2**63)]
        texts = [
            "",
            "x",
            new_id(),
            ledger.chain.member_id,
            ledger.chain.store_id,
            "\u0000",
            "é" * 99,
        ]
        for _ in range(1000):
            lines = [
                sale_pb2.SaleLine(
                    product_id=chance.choice([*texts, *ledger.chain.product_ids]),
                    quantity_milli=chance.choice(edges),
                    list_fen=chance.choice(edges),
                    discount_fen=chance.choice(edges),
                    category_id=chance.choice(texts),
                )
                for _ in range(chance.randint(0, 3))
            ]
            sale = sale_pb2.Sale(
                sale_id=chance.choice([new_id(), *texts]),
                member_id=chance.choice(texts),
                store_id=chance.choice(texts),
                register_id=chance.choice(texts),
                lines=lines,
                tenders=[
                    sale_pb2.Tender(
                        kind=chance.choice(["cash", *texts]), amount_fen=chance.choice(edges)
                    )
                    for _ in range(chance.randint(0, 2))
                ],
                total_fen=chance.choice(edges),
            )
            if chance.random() < 0.8:
                sale.sold_time.CopyFrom(to_timestamp(SOLD_AT))
                sale.business_date.CopyFrom(to_proto_date(BUSINESS_DATE))
            if chance.random() < 0.1:
                sale.sold_time.seconds = chance.choice(edges)
                sale.business_date.year = chance.choice([-5, 0, 9999, 2**31 - 1])
            code = grpc.StatusCode.OK
            reason = ""
            try:
                await ledger.stub.PostSale(one(sale))
            except grpc.RpcError as error:
                code, reason = error.code(), from_grpc(error).reason
            assert code not in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)
            assert reason != "PEER_UNAVAILABLE"
