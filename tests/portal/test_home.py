"""The home page by person and by day, and when reports is away."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from chassis.clock import CHINA_TIME, utc_now
from services.portal.storage.sessions import Session
from tests.fixtures.builders_reports import (
    build_sale,
    build_sales_posted,
)
from tests.fixtures.portal_pages import DAY, ShownPage, show
from tests.fixtures.portal_site import Site, running_site
from tests.fixtures.servers import Servers
from tools.dev_issuer.people import FIRST_DEMO_STORE_ID
from tools.local_stack.servers import free_port


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
            assert "更新于" not in page.text
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
