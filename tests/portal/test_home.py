"""The home page shows what reports answers to this very person, and stays calm without it."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import CHINA_TIME, to_proto_date, utc_now
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from services.portal.domain.formats import format_count, format_fen, format_milli
from services.portal.http_api.home import STORES_SHOWN
from services.portal.storage.sessions import Session
from tests.fixtures.builders_reports import (
    build_categories_upserted,
    build_line,
    build_products_upserted,
    build_sale,
    build_sales_posted,
    build_stores_upserted,
)
from tests.fixtures.portal_site import Browser, Site, running_site
from tests.fixtures.servers import Servers
from tools.dev_issuer.people import FIRST_DEMO_STORE_ID
from tools.local_stack.servers import free_port
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

DAY = date(2026, 3, 14)
STORE_NAMES = {FIRST_DEMO_STORE_ID: "滨江店", new_id(): "<大学城>店", new_id(): "人民路店"}
FOOD, TEA = new_id(), new_id()
PRODUCTS = {new_id(): "龙井", new_id(): "大米 5kg"}


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The figures of a page, as text."""

    text: str

    def figure(self, name: str) -> str:
        """One of the three totals."""
        found = re.search(rf'data-figure="{name}">([^<]*)<', self.text)
        assert found is not None
        return found.group(1)

    def stores(self) -> dict[str, list[str]]:
        """Store id -> its name and the texts of its cells."""
        rows = re.findall(r'<tr id="store-([^"]+)">(.*?)</tr>', self.text, re.DOTALL)
        return {key: _cells(row) for key, row in rows}

    def chart(self) -> Any:
        """The data of the chart."""
        found = re.search(r'data-chart="([^"]*)"', self.text)
        assert found is not None
        return json.loads(unescape(found.group(1)))

    def ranking(self, name: str) -> list[tuple[str, str]]:
        """Names and amounts of a ranking."""
        section = self.text.split(f'id="{name}-title"', 1)[1].split("</section>")[0]
        return [
            (unescape(row[0]), row[1])
            for row in re.findall(
                r'class="name">([^<]*)<.*?class="amount">([^<]*)<', section, re.DOTALL
            )
        ]


def _cells(row: str) -> list[str]:
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


@pytest.fixture(scope="module")
async def chain(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site whose reports know three stores and some days of sales."""
    async with running_site(servers, tmp_path_factory.mktemp("chain")) as site:
        await site.publish(
            build_stores_upserted(STORE_NAMES),
            build_categories_upserted({FOOD: ("", "食品"), TEA: (FOOD, "茶叶")}),
            build_products_upserted(PRODUCTS),
        )
        for back, scale in ((0, 3), (1, 2), (5, 1)):
            await site.publish(build_sales_posted(*_sales(DAY - timedelta(days=back), scale)))
        yield site


def _sales(day: date, scale: int) -> list[Any]:
    tea, rice = PRODUCTS
    return [
        build_sale(
            [
                build_line(product_id=tea, category_id=TEA, list_fen=1999 * (n + 1) * scale),
                build_line(
                    product_id=rice,
                    category_id=FOOD,
                    list_fen=701 * scale,
                    discount_fen=100,
                    quantity_milli=754,
                ),
            ],
            store_id=store_id,
            day=day,
        )
        for n, store_id in enumerate(STORE_NAMES)
        for _ in range(n + 1)
    ]


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


async def show(browser: Browser, path: str = f"/?day={DAY}", login: str = "hq") -> ShownPage:
    """The page for a person."""
    await browser.sign_in(login)
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return ShownPage(page.text)


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
            name, revenue, sales, _, revenue_before, _ = stores[row.key]
            assert name == STORE_NAMES[row.key]
            assert revenue == format_fen(row.revenue_fen)
            assert sales == format_count(row.sale_count)
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


class TestScope:
    async def test_manager_sees_the_own_store_only(self, chain: Site) -> None:
        async with chain.browser() as browser:
            page = await show(browser, login="manager")
        assert set(page.stores()) == {FIRST_DEMO_STORE_ID}
        assert "人民路店" not in page.text
        assert page.figure("revenue") == page.stores()[FIRST_DEMO_STORE_ID][1]
        assert page.text.count("您的账号只含部分门店") == 2

    async def test_cashier_sees_why_not(self, chain: Site) -> None:
        async with chain.browser() as browser:
            await browser.sign_in("cashier")
            for path in ("/", "/figures"):
                page = await browser.get(path)
                assert page.status_code == 403
                assert "PERMISSION_MISSING" in page.text
                assert "data-figure" not in page.text
            assert "没有查看此页的权限" in page.text

    async def test_reports_decides_by_the_token(self, chain: Site) -> None:
        session = Session(
            subject="somebody",
            name="somebody",
            access_token=chain.key.sign("somebody", ["points.bills.read"]),
            id_token="",
            permissions=("reports.sales.read",),  # what the portal believes is not what counts
            stores=("*",),
            csrf_token="x",
            ends_at=(utc_now() + timedelta(hours=1)).timestamp(),
        )
        session_id = await chain.sessions.start(session, now=utc_now())
        async with chain.browser() as browser:
            browser.client.cookies.set("yika_session", session_id, domain="127.0.0.1")
            page = await browser.get("/")
        assert page.status_code == 403
        assert "PERMISSION_MISSING" in page.text


class TestDay:
    async def test_is_today_in_china_by_default(self, chain: Site) -> None:
        async with chain.browser() as browser:
            page = await show(browser, "/")
        today = utc_now().astimezone(CHINA_TIME).date()
        assert f'data-day="{today}"' in page.text
        assert 'hx-get="/figures?day=&amp;all="' in page.text

    async def test_offers_the_latest_business_day(self, chain: Site) -> None:
        async with chain.browser() as browser:
            page = await show(browser, "/")
            assert page.figure("average") == "—"
            assert f'<a href="/?day={DAY}">查看最近营业日' in page.text
            far = DAY - timedelta(days=3)
            page = ShownPage((await browser.get(f"/?day={far}")).text)
            assert f'<a href="/?day={DAY - timedelta(days=5)}">' in page.text

    async def test_looks_years_back(self, servers: Servers, tmp_path: Path) -> None:
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await site.publish(build_sales_posted(build_sale(day=date(2017, 12, 31))))
            page = await show(browser, "/")
        assert '<a href="/?day=2017-12-31">查看最近营业日：2017年12月31日 星期日' in page.text

    @pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "1999-12-31", "9999-12-31"])
    async def test_refuses_what_is_no_day(self, chain: Site, day: str) -> None:
        async with chain.browser() as browser:
            await browser.sign_in()
            page = await browser.get(f"/?day={day}")
        assert page.status_code == 400
        assert "INVALID_DAY" in page.text


class TestReportsAway:
    async def test_keeps_the_frame_and_says_why(self, servers: Servers, tmp_path: Path) -> None:
        away = f"127.0.0.1:{free_port()}"
        async with (
            running_site(servers, tmp_path, reports_address=away) as site,
            site.browser() as browser,
        ):
            page = await show(browser, "/")
            assert "暂时无法取得数据" in page.text
            assert "PEER_UNAVAILABLE" in page.text
            assert "总部运营" in page.text
            assert "data-figure" not in page.text
            # The portal itself is ready: other pages do not need reports.
            await site.portal.readiness["sessions"]()

    async def test_refresh_leaves_the_old_figures_on_the_screen(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        async with running_site(servers, tmp_path) as site, site.browser() as browser:
            await show(browser, "/")
            await site.reports_server.stop(0)
            answer = await browser.get("/figures")
        assert answer.status_code == 503
        assert answer.headers["hx-retarget"] == "#notice"
        assert "报表服务没有响应" in answer.text
        assert "data-figure" not in answer.text
