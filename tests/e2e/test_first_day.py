"""A member's first day: registered, greeted, served at the till, seen at headquarters.

The scenes follow each other; each stands on what the ones before it brought about.
"""

import asyncio
import html
import re
import xmlrpc.client
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from chassis.clock import CHINA_TIME, to_proto_date, to_timestamp, utc_now
from chassis.ids import new_id
from tests.fixtures.first_day import (
    PRICE_FEN,
    STORE_ID,
    FirstDay,
    reported,
    sold_and_on_hand,
    wallet_points,
)
from tests.fixtures.stories import Chain, eventually
from tools.dev_issuer.people import PEOPLE
from tools.local_stack.stack import Stack
from yika.inventory.v1.catalogue_pb2 import Category, Price, Product
from yika.inventory.v1.inventory_service_pb2 import (
    ListStoresRequest,
    RecordMovementsRequest,
    SetPricesRequest,
    UpsertCategoriesRequest,
    UpsertProductsRequest,
)
from yika.inventory.v1.stock_pb2 import MOVEMENT_KIND_PURCHASE, MovementLine
from yika.members.v1.member_pb2 import CHANNEL_STORE
from yika.members.v1.member_service_pb2 import FindMemberRequest, RegisterMemberRequest
from yika.messaging.v1.messaging_service_pb2 import MESSAGE_STATE_SENT, ListMessagesRequest
from yika.points.v1.ledger_pb2 import BillHeader
from yika.points.v1.points_service_pb2 import GetBillRequest
from yika.points.v1.return_service_pb2 import ReturnLine, ReturnSaleRequest
from yika.reports.v1.report_service_pb2 import (
    DIMENSION_MEMBER,
    DIMENSION_PRODUCT,
    DIMENSION_STORE,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

# Twice the gateway's interval of synchronisation, and some room.
SYNC_SECONDS = 40.0


@pytest.fixture(scope="module")
def day() -> FirstDay:
    return FirstDay()


@pytest.fixture
async def till(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway of the first demo store, as a register sees it."""
    async with httpx.AsyncClient(base_url=stack.url("devices"), timeout=10) as client:
        yield client


async def sell(till: httpx.AsyncClient, day: FirstDay, sale_id: str, pieces: int) -> httpx.Response:
    """Sells some pieces for cash, with the member's card."""
    return await till.post(
        "/sales",
        json={
            "sale_id": sale_id,
            "register_id": "01",
            "card_number": day.card_number,
            "lines": [{"barcode": day.barcode, "quantity_milli": pieces * 1000}],
            "tenders": [{"kind": "cash", "amount_fen": 10_000}],
        },
    )


async def upload_state(till: httpx.AsyncClient, sale_id: str) -> str:
    return str((await till.get(f"/sales/{sale_id}")).json()["state"])


async def sign_in(stack: Stack, browser: httpx.AsyncClient) -> httpx.Response:
    """Opens the console, signs in at the development issuer, and returns the home page."""
    form = await browser.get(stack.url("portal"))
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.text))
    given = {name: html.unescape(value) for name, value in fields.items()}
    given |= {"login": PEOPLE[0].login, "password": PEOPLE[0].password}
    return await browser.post(urljoin(str(form.url), "authorize"), data=given)


def supervisor(stack: Stack) -> xmlrpc.client.ServerProxy:
    return xmlrpc.client.ServerProxy(f"{stack.supervisor_url}/RPC2")


async def test_a_member_registers_and_is_greeted(chain: Chain, day: FirstDay) -> None:
    registered = await chain.members.RegisterMember(
        RegisterMemberRequest(
            member_id=day.member_id,
            name="林晓",
            phone=day.phone,
            card_number=day.card_number,
            store_id=STORE_ID,
            channel=CHANNEL_STORE,
        )
    )
    assert registered.member.phone == f"+86{day.phone}"
    for key in ({"card_number": day.card_number}, {"phone": day.phone}):
        found = await chain.members.FindMember(FindMemberRequest(**key))
        assert found.member.member_id == day.member_id

    async def messages() -> list[tuple[str, int]]:
        answer = await chain.messaging.ListMessages(ListMessagesRequest(member_id=day.member_id))
        return [(message.template, message.state) for message in answer.messages]

    await eventually(messages, lambda found: found == [("welcome", MESSAGE_STATE_SENT)])


async def test_goods_come_in(chain: Chain, till: httpx.AsyncClient, day: FirstDay) -> None:
    category = Category(category_id=day.category_id, name=f"糕点{day.barcode}")
    product = Product(
        product_id=day.product_id,
        sku=day.barcode,
        name="桂花糕",
        category_id=day.category_id,
        barcodes=[day.barcode],
        unit="盒",
    )
    price = Price(product_id=day.product_id, price_fen=PRICE_FEN)
    await chain.inventory.UpsertCategories(UpsertCategoriesRequest(categories=[category]))
    await chain.inventory.UpsertProducts(UpsertProductsRequest(products=[product]))
    await chain.inventory.SetPrices(SetPricesRequest(prices=[price]))
    await chain.inventory.RecordMovements(
        RecordMovementsRequest(
            document_id=new_id(),
            store_id=STORE_ID,
            kind=MOVEMENT_KIND_PURCHASE,
            business_date=to_proto_date(utc_now().astimezone(CHINA_TIME).date()),
            occurred_time=to_timestamp(utc_now()),
            lines=[MovementLine(product_id=day.product_id, quantity_milli=40_000)],
        )
    )
    assert await sold_and_on_hand(chain, day) == (0, 40_000)

    async def price_at_the_till() -> object:
        answer = await till.get("/products", params={"barcode": day.barcode})
        return answer.json().get("price_fen")

    await eventually(price_at_the_till, lambda fen: fen == PRICE_FEN, timeout_seconds=SYNC_SECONDS)

    async def member_at_the_till() -> object:
        basket = {"lines": [{"barcode": day.barcode}], "card_number": day.card_number}
        return (await till.post("/quotes", json=basket)).json().get("member_id")

    await eventually(
        member_at_the_till, lambda found: found == day.member_id, timeout_seconds=SYNC_SECONDS
    )


async def test_the_till_sells_and_everybody_knows(
    stack: Stack, chain: Chain, till: httpx.AsyncClient, day: FirstDay
) -> None:
    store_before = await reported(chain, DIMENSION_STORE, STORE_ID)
    answer = await sell(till, day, day.sale_id, pieces=3)
    assert answer.status_code == 201, answer.text
    sale = answer.json()
    assert (sale["total_fen"], sale["change_fen"], sale["points_earned"]) == (3750, 6250, 37)

    receipt = Path(stack.state) / "devices" / "spool" / f"{day.sale_id}.txt"

    async def printed() -> str:
        return receipt.read_text() if receipt.exists() else ""

    text = await eventually(printed, bool)
    assert "桂花糕" in text
    assert "37.50" in text

    assert await eventually(lambda: wallet_points(chain, day), bool) == 37
    bill = (await chain.points.GetBill(GetBillRequest(bill_id=day.sale_id))).bill
    assert (bill.member_id, bill.total_fen) == (day.member_id, 3750)
    assert bill.sale.lines[0].category_id == day.category_id
    await eventually(lambda: sold_and_on_hand(chain, day), lambda levels: levels == (3000, 37_000))
    row = await eventually(
        lambda: reported(chain, DIMENSION_PRODUCT, day.product_id), lambda row: row.sale_count > 0
    )
    assert (row.label, row.revenue_fen, row.quantity_milli) == ("桂花糕", 3750, 3000)
    assert (await reported(chain, DIMENSION_MEMBER, day.member_id)).revenue_fen == 3750
    store_after = await reported(chain, DIMENSION_STORE, STORE_ID)
    assert store_after.revenue_fen == store_before.revenue_fen + 3750


async def test_a_register_may_ask_twice(
    chain: Chain, till: httpx.AsyncClient, day: FirstDay
) -> None:
    again = await sell(till, day, day.sale_id, pieces=3)
    assert (again.status_code, again.json()["replayed"]) == (200, True)
    other = await sell(till, day, day.sale_id, pieces=4)
    assert other.status_code == 409
    assert other.json()["reason"] == "ID_REUSED"
    assert await wallet_points(chain, day) == 37


async def test_headquarters_sees_the_day_on_its_home_page(stack: Stack, chain: Chain) -> None:
    async with httpx.AsyncClient(follow_redirects=True, timeout=20) as browser:
        page = await sign_in(stack, browser)
        assert page.status_code == 200, page.text
        assert str(page.url).startswith(stack.url("portal"))
        row = await reported(chain, DIMENSION_STORE, STORE_ID)
        (cells,) = re.findall(rf'<tr id="store-{STORE_ID}">(.*?)</tr>', page.text, re.DOTALL)
        assert row.label in cells
        assert f"¥{row.revenue_fen // 100:,}.{row.revenue_fen % 100:02d}" in cells
    async with httpx.AsyncClient(timeout=20) as stranger:
        answer = await stranger.get(stack.url("portal"))
        assert answer.is_redirect
        assert "/sign-in" in answer.headers["location"]


async def test_with_headquarters_away_the_till_goes_on(
    stack: Stack, chain: Chain, till: httpx.AsyncClient, day: FirstDay
) -> None:
    await asyncio.to_thread(supervisor(stack).supervisor.stopProcess, "services:points")
    try:
        answer = await sell(till, day, day.offline_sale_id, pieces=2)
        assert answer.status_code == 201, answer.text
        receipt = Path(stack.state) / "devices" / "spool" / f"{day.offline_sale_id}.txt"

        async def printed() -> bool:
            return receipt.exists()

        await eventually(printed, bool)
        assert await upload_state(till, day.offline_sale_id) == "PENDING"
    finally:
        await asyncio.to_thread(supervisor(stack).supervisor.startProcess, "services:points")
    await asyncio.to_thread(stack.wait_ready, ["points"])
    await eventually(
        lambda: upload_state(till, day.offline_sale_id),
        lambda state: state == "POSTED",
        timeout_seconds=60,
    )
    assert await wallet_points(chain, day) == 37 + 25
    await eventually(lambda: sold_and_on_hand(chain, day), lambda levels: levels == (5000, 35_000))
    proof = (await till.get("/journal/verification")).json()
    assert proof["intact"] is True


async def test_another_store_takes_goods_back_and_the_figures_go_down(
    chain: Chain, day: FirstDay
) -> None:
    stores = (await chain.inventory.ListStores(ListStoresRequest())).stores
    other_id = next(store.store_id for store in stores if store.store_id != STORE_ID)
    before = [await reported(chain, DIMENSION_STORE, store) for store in (STORE_ID, other_id)]
    request = ReturnSaleRequest(
        header=BillHeader(
            bill_id=new_id(),
            store_id=other_id,
            business_date=to_proto_date(utc_now().astimezone(CHINA_TIME).date()),
            occurred_time=to_timestamp(utc_now()),
        ),
        original_sale_id=day.sale_id,
        lines=[ReturnLine(line_number=1, quantity_milli=1000)],
    )
    receipt = (await chain.returns.ReturnSale(request)).receipt
    assert [(tender.kind, tender.amount_fen) for tender in receipt.refunds] == [("cash", PRICE_FEN)]
    row = await eventually(
        lambda: reported(chain, DIMENSION_PRODUCT, day.product_id), lambda row: row.return_count > 0
    )
    assert (row.sold_fen, row.returned_fen, row.revenue_fen) == (5 * PRICE_FEN, 1250, 4 * PRICE_FEN)
    assert row.quantity_milli == 4000
    member = await reported(chain, DIMENSION_MEMBER, day.member_id)
    assert member.clawed_back_points == -receipt.points_change > 0
    # off the figures of the store that took the goods, not of the one that sold them
    after = [await reported(chain, DIMENSION_STORE, store) for store in (STORE_ID, other_id)]
    taken = [now.returned_fen - then.returned_fen for now, then in zip(after, before, strict=True)]
    assert taken == [0, PRICE_FEN]
    assert after[1].revenue_fen == after[1].sold_fen - after[1].returned_fen
