"""A message that cannot be applied is put aside with its error, and nobody waits for it."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import asyncpg
import nats
import pytest

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.events import EventHeaders
from chassis.ids import new_id
from tests.fixtures.stories import ROOT, Chain, eventually
from tools.local_stack.stack import Stack
from yika.inventory.v1.catalogue_pb2 import Category, Product, Store
from yika.inventory.v1.inventory_service_pb2 import (
    UpsertCategoriesRequest,
    UpsertProductsRequest,
    UpsertStoresRequest,
)
from yika.members.v1.events_pb2 import MemberRegistered, MembersRegistered
from yika.points.v1.points_service_pb2 import PostSaleRequest
from yika.points.v1.sale_pb2 import Sale, SaleLine, Tender
from yika.reports.v1.report_service_pb2 import DIMENSION_DAY, QuerySalesRequest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SALES_SUBJECT = "yika.points.sales_posted.v1"
DAY = date(2025, 3, 8)


@pytest.fixture
async def shop(chain: Chain) -> tuple[str, str]:
    """A store and a product of this story's own: (store_id, product_id)."""
    store_id, category_id, product_id = new_id(), new_id(), new_id()
    code = store_id[-12:].upper()
    store = Store(store_id=store_id, store_code=code, name=f"故事店{code}")
    category = Category(category_id=category_id, name=f"故事类{code}")
    product = Product(
        product_id=product_id, sku=code, name="馒头", category_id=category_id, unit="个"
    )
    await chain.inventory.UpsertStores(UpsertStoresRequest(stores=[store]))
    await chain.inventory.UpsertCategories(UpsertCategoriesRequest(categories=[category]))
    await chain.inventory.UpsertProducts(UpsertProductsRequest(products=[product]))
    return store_id, product_id


async def sell(chain: Chain, shop: tuple[str, str], total_fen: int) -> None:
    store_id, product_id = shop
    sale = Sale(
        sale_id=new_id(),
        store_id=store_id,
        business_date=to_proto_date(DAY),
        sold_time=to_timestamp(datetime(2025, 3, 8, 4, tzinfo=UTC)),
        lines=[SaleLine(product_id=product_id, quantity_milli=1000, list_fen=total_fen)],
        tenders=[Tender(kind="cash", amount_fen=total_fen)],
        total_fen=total_fen,
    )
    await chain.points.PostSale(PostSaleRequest(sale=sale))


async def reported_fen(chain: Chain, store_id: str) -> int:
    request = QuerySalesRequest(
        group_by=[DIMENSION_DAY],
        from_date=to_proto_date(DAY),
        to_date=to_proto_date(DAY),
        store_ids=[store_id],
    )
    return sum(row.revenue_fen for row in (await chain.reports.QuerySales(request)).rows)


async def dead_letters(stack: Stack, service: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(stack.database_url(service))
    try:
        return list(await connection.fetch("SELECT * FROM dead_letters WHERE redriven_at IS NULL"))
    finally:
        await connection.close()


async def redrive(stack: Stack, service: str, *arguments: str) -> tuple[int, str]:
    """Runs the service's redrive command as an operator would."""
    environment = {
        **os.environ,
        "YIKA_DATABASE_URL": stack.database_url(service),
        "YIKA_NATS_URL": stack.nats_url,
    }
    command = [sys.executable, "-m", f"services.{service}", "redrive", *arguments]
    done: subprocess.CompletedProcess[str] = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


async def publish_wrong_type(stack: Stack) -> str:
    """Puts a registration where sales are expected; returns the event's id."""
    event = MembersRegistered(members=[MemberRegistered(member_id=new_id())])
    headers = EventHeaders(
        event_id=new_id(),
        event_type="yika.members.v1.MembersRegistered",
        source="/yika/story",
        occurred_at=utc_now(),
        member_id="",
        traceparent="",
    )
    client = await nats.connect(stack.nats_url)
    try:
        stream: Any = client.jetstream()
        await stream.publish(SALES_SUBJECT, event.SerializeToString(), headers=headers.encode())
    finally:
        await client.close()
    return headers.event_id


async def test_a_message_of_the_wrong_type_is_put_aside(
    stack: Stack, chain: Chain, shop: tuple[str, str]
) -> None:
    event_id = await publish_wrong_type(stack)
    await sell(chain, shop, 350)
    await eventually(lambda: reported_fen(chain, shop[0]), lambda fen: fen == 350)
    for service in ("reports", "inventory"):
        letters = await eventually(partial(dead_letters, stack, service), bool)
        (letter,) = [row for row in letters if event_id in row["headers"]]
        assert letter["subject"] == SALES_SUBJECT
        assert "yika.members.v1.MembersRegistered" in letter["error"]
        # What is wrong in itself stays wrong: the command says so, and nothing is lost.
        status, output = await redrive(stack, service, "--id", str(letter["dead_letter_id"]))
        assert (status, output) == (1, "0 applied, 1 still dead\n")
        assert any(event_id in row["headers"] for row in await dead_letters(stack, service))


async def test_redrive_applies_what_a_repaired_service_can(
    stack: Stack, chain: Chain, shop: tuple[str, str]
) -> None:
    known = {row["dead_letter_id"] for row in await dead_letters(stack, "reports")}
    connection = await asyncpg.connect(stack.database_url("reports"))
    try:
        await connection.execute("ALTER TABLE store_days RENAME TO store_days_broken")
        try:
            await sell(chain, shop, 480)
            letters = await eventually(
                lambda: dead_letters(stack, "reports"), lambda rows: len(rows) > len(known)
            )
        finally:
            await connection.execute("ALTER TABLE store_days_broken RENAME TO store_days")
    finally:
        await connection.close()
    (letter,) = [row for row in letters if row["dead_letter_id"] not in known]
    assert "store_days" in letter["error"]
    assert await reported_fen(chain, shop[0]) == 0
    status, output = await redrive(stack, "reports", "--id", str(letter["dead_letter_id"]))
    assert (status, output) == (0, "1 applied, 0 still dead\n")
    assert await reported_fen(chain, shop[0]) == 480
    # A second time there is nothing left to apply.
    assert await redrive(stack, "reports", "--id", str(letter["dead_letter_id"])) == (
        0,
        "0 applied, 0 still dead\n",
    )
