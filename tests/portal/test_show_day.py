"""Every figure of the home page is the one that reports answers."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chassis.clock import to_proto_date
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from services.portal.domain.formats import format_count, format_fen, format_milli
from services.portal.http_api.home import STORES_SHOWN
from tests.fixtures.builders_reports import (
    build_line,
    build_return,
    build_sale,
    build_sales_posted,
    build_sales_returned,
    build_stores_upserted,
    build_whole_return,
)
from tests.fixtures.portal_pages import DAY, STORE_NAMES, ShownPage, show
from tests.fixtures.portal_site import Site, running_site
from tests.fixtures.servers import Servers
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc


async def ask(site: Site, *dimensions: int, first: date = DAY, **fields: Any) -> list[Any]:
    """What reports answers to somebody of headquarters."""
    token = site.key.sign("hq", ["reports.sales.read"])
    async with open_channel(
        f"127.0.0.1:{site.reports_server.port}", token=lambda: token
    ) as channel:
        answer = await report_service_pb2_grpc.ReportServiceStub(channel).QuerySales(
            report_service_pb2.QuerySalesRequest(
                group_by=dimensions,
                from_date=to_proto_date(first),
                to_date=to_proto_date(DAY),
                **fields,
            )
        )
    return list(answer.rows)


class TestFigures:
    async def test_totals_are_those_of_reports(self, chain: Site) -> None:
        rows = await ask(chain, report_service_pb2.DIMENSION_DAY)
        assert len(rows) == 1
        async with chain.browser() as browser:
            page = await show(browser)
        assert page.figure("revenue") == format_fen(rows[0].revenue_fen)
        assert page.figure("sales") == format_count(rows[0].sale_count) == "6"
        assert page.figure("average") == format_fen(round(rows[0].revenue_fen / 6))

    async def test_stores_are_those_of_reports(self, chain: Site) -> None:
        today = await ask(chain, report_service_pb2.DIMENSION_STORE)
        before = await ask(
            chain,
            report_service_pb2.DIMENSION_STORE,
            report_service_pb2.DIMENSION_DAY,
            first=DAY - timedelta(days=1),
        )
        yesterday = {row.key: row.revenue_fen for row in before if row.date.day == DAY.day - 1}
        async with chain.browser() as browser:
            stores = (await show(browser)).stores()
        assert set(stores) == set(STORE_NAMES)
        for row in today:
            name, revenue, sales, _, returned, revenue_before, _ = stores[row.key]
            assert name == STORE_NAMES[row.key]
            assert revenue == format_fen(row.revenue_fen)
            assert sales == format_count(row.sale_count)
            assert returned == "—"
            assert revenue_before == format_fen(yesterday[row.key])
        amounts = [row[1] for row in stores.values()]
        assert amounts == [
            format_fen(fen) for fen in sorted((r.revenue_fen for r in today), reverse=True)
        ]

    async def test_chart_is_that_of_reports(self, chain: Site) -> None:
        rows = await ask(
            chain,
            report_service_pb2.DIMENSION_STORE,
            report_service_pb2.DIMENSION_DAY,
            first=DAY - timedelta(days=13),
        )
        expected = {
            (row.label, date(row.date.year, row.date.month, row.date.day).isoformat()): (
                row.revenue_fen
            )
            for row in rows
        }
        async with chain.browser() as browser:
            chart = (await show(browser)).chart()
        assert chart["days"][0] == (DAY - timedelta(days=13)).isoformat()
        assert chart["days"][-1] == DAY.isoformat()
        shown = {
            (series["name"], day): fen
            for series in chart["series"]
            for day, fen in zip(chart["days"], series["revenue_fen"], strict=True)
            if fen
        }
        assert shown == expected
        assert len(shown) == 9

    async def test_rankings_are_those_of_reports(self, chain: Site) -> None:
        categories = await ask(
            chain,
            report_service_pb2.DIMENSION_CATEGORY,
            category_depth=1,
            order=report_service_pb2.ORDER_REVENUE_DESCENDING,
        )
        products = await ask(
            chain,
            report_service_pb2.DIMENSION_PRODUCT,
            order=report_service_pb2.ORDER_REVENUE_DESCENDING,
        )
        async with chain.browser() as browser:
            page = await show(browser)
        for name, rows in (("categories", categories), ("products", products)):
            expected = [(row.label, format_fen(row.revenue_fen)) for row in rows]
            assert page.ranking(name) == expected
        assert [row.label for row in categories] == ["食品"]
        assert f"销量 {format_milli(products[-1].quantity_milli)}" in page.text

    async def test_refresh_brings_new_sales(self, servers: Servers, tmp_path: Path) -> None:
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await browser.sign_in()
            path = f"/figures?day={DAY}"
            assert ShownPage((await browser.get(path)).text).figure("sales") == "0"
            sale = build_sale([build_line(list_fen=1234)], day=DAY)
            await site.publish(build_sales_posted(sale))
            page = ShownPage((await browser.get(path)).text)
        assert page.figure("revenue") == "¥12.34"
        assert page.figure("sales") == "1"
        assert "<html" not in page.text

    async def test_returns_come_off_and_are_shown_beside(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        sold_here, taken_there = new_id(), new_id()
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await site.publish(build_stores_upserted({sold_here: "甲店", taken_there: "乙店"}))
            line = build_line(list_fen=1234)
            kept = build_sale([build_line(list_fen=3000)], store_id=sold_here, day=DAY)
            brought_back = build_sale([line], store_id=sold_here, day=DAY - timedelta(days=40))
            back = build_whole_return(brought_back, store_id=taken_there, day=DAY)
            await site.publish(build_sales_posted(kept, brought_back), build_sales_returned(back))
            page = await show(browser)
        assert page.figure("revenue") == "¥17.66"
        assert page.figure("returned") == "¥12.34"
        assert page.figure("sales") == "1"
        assert page.figure("average") == "¥30.00"
        assert page.text.count("退货 <b") == 1
        stores = page.stores()
        assert stores[sold_here][:5] == ["甲店", "¥30.00", "1", "¥30.00", "—"]
        assert stores[taken_there][:5] == ["乙店", "-¥12.34", "0", "—", "¥12.34"]
        chart = page.chart()
        last = {series["name"]: series["revenue_fen"][-1] for series in chart["series"]}
        assert last == {"甲店": 3000, "乙店": -1234}
        # what only came back is no good seller
        assert [amount for _, amount in page.ranking("products")] == ["¥30.00"]

    async def test_a_day_of_returns_alone_is_shown(self, servers: Servers, tmp_path: Path) -> None:
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await site.publish(build_sales_returned(build_return(day=DAY)))
            page = await show(browser)
        assert page.figure("revenue") == "-¥10.00"
        assert page.figure("returned") == "¥10.00"
        assert page.figure("average") == "—"
        assert 'id="empty"' in page.text
        assert 'class="ranking"' not in page.text

    async def test_names_are_escaped(self, chain: Site) -> None:
        async with chain.browser() as browser:
            page = await show(browser)
        assert "&lt;大学城&gt;店" in page.text
        assert "<大学城>" not in page.text

    async def test_long_lists_are_cut_and_opened(self, servers: Servers, tmp_path: Path) -> None:
        names = {new_id(): f"{n:02}店" for n in range(STORES_SHOWN + 3)}
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await site.publish(build_stores_upserted(names))
            sales = [
                build_sale([build_line(list_fen=100 + n)], store_id=store_id, day=DAY)
                for n, store_id in enumerate(names)
            ]
            await site.publish(build_sales_posted(*sales))
            page = await show(browser)
            assert len(page.stores()) == STORES_SHOWN
            assert page.figure("sales") == format_count(STORES_SHOWN + 3)
            every = ShownPage((await browser.get(f"/?day={DAY}&all=1")).text)
            assert set(every.stores()) == set(names)
            chart = page.chart()
            assert chart["series"][-1]["name"] == ""
            last = sum(series["revenue_fen"][-1] for series in chart["series"])
            assert last == sum(100 + n for n in range(len(names)))
