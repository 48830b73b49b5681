"""What holds for every page: a strict policy, nothing from elsewhere, an answer in any case."""

import hashlib
import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from services.portal.http_api.static_files import FOLDER, StaticFiles
from services.portal.settings import Settings
from tests.fixtures.portal_site import Browser, Site, running_site
from tests.fixtures.servers import Servers

REFERENCE = re.compile(r'(?:src|href|action|hx-get|content)="([^"]*)"')


async def all_pages(browser: Browser) -> dict[str, str]:
    """Path -> text of one page of each kind."""
    paths = ["/signed-out", "/nothing-here", "/sign-in/callback"]
    pages = {path: (await browser.get(path)).text for path in paths}
    await browser.sign_in()
    paths = ["/", "/figures", "/?day=2026-03-14", "/?day=x"]
    return pages | {path: (await browser.get(path)).text for path in paths}


class TestPolicy:
    @pytest.mark.parametrize(
        "path", ["/", "/sign-in", "/signed-out", "/nothing-here", "/robots.txt", "/figures"]
    )
    async def test_stands_on_every_answer(self, browser: Browser, path: str) -> None:
        headers = (await browser.get(path)).headers
        policy = dict(
            part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["form-action"] == f"'self' {browser.site.issuer_url}"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers  # the site of the test is not https

    async def test_stands_on_static_files(self, browser: Browser) -> None:
        answer = await browser.get(StaticFiles().url("app.css"))
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    async def test_is_obeyed_by_the_pages(self, browser: Browser) -> None:
        for path, text in (await all_pages(browser)).items():
            assert not re.search(r"\sstyle=", text), path
            assert not re.search(r"\son[a-z]+=", text), path
            assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
            assert "<style" not in text, path

    async def test_pages_are_not_kept(self, browser: Browser) -> None:
        await browser.sign_in()
        assert (await browser.get("/")).headers["cache-control"] == "no-store"


class TestNothingFromElsewhere:
    async def test_pages_refer_to_this_site_only(self, browser: Browser) -> None:
        for path, text in (await all_pages(browser)).items():
            references = [r for r in REFERENCE.findall(text) if "/" in r]
            assert references or path == "/figures"
            for reference in references:
                assert reference.startswith("/"), (path, reference)
                assert not reference.startswith("//"), (path, reference)
            assert "http:" not in text, path
            assert "https:" not in text, path

    @pytest.mark.parametrize("name", ["app.css", "app.js", "chart.js"])
    def test_own_files_name_no_other_host(self, name: str) -> None:
        text = (FOLDER / name).read_text()
        assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
        assert "@import" not in text
        assert "url(" not in text

    def test_vendored_files_are_those_of_the_note(self) -> None:
        note = (FOLDER / "vendor" / "VERSIONS.md").read_text()
        rows = re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", note, re.MULTILINE)
        scripts = {path.name for path in (FOLDER / "vendor").glob("*.js")}
        assert {name for name, _ in rows} == scripts
        for name, digest in rows:
            content = (FOLDER / "vendor" / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest, name

    def test_vendored_files_bring_their_licences(self) -> None:
        names = {path.name for path in (FOLDER / "vendor").iterdir()}
        assert {"htmx.LICENSE", "echarts.LICENSE", "echarts.NOTICE"} <= names


class TestStaticFiles:
    async def test_are_kept_for_ever_under_their_hash(self, browser: Browser) -> None:
        for path, file in StaticFiles().files.items():
            answer = await browser.get(f"/static/{file.digest}/{path}")
            assert answer.status_code == 200
            assert answer.content == file.content
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-encoding"] == "gzip"

    async def test_are_not_kept_under_another_hash(self, browser: Browser) -> None:
        answer = await browser.get("/static/0000/app.css")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"

    async def test_are_confirmed_by_their_tag(self, browser: Browser) -> None:
        url = StaticFiles().url("app.css")
        tag = (await browser.get(url)).headers["etag"]
        answer = await browser.client.get(url, headers={"if-none-match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    @pytest.mark.parametrize(
        "path",
        [
            "/static/0/nothing.css",
            "/static/0/vendor/VERSIONS.md",
            "/static/0/..%2fsettings.py",
            "/static/0/%2e%2e/%2e%2e/settings.py",
        ],
    )
    async def test_nothing_else_is_served(self, browser: Browser, path: str) -> None:
        assert (await browser.get(path)).status_code == 404

    async def test_pages_refer_to_files_that_exist(self, browser: Browser) -> None:
        for text in (await all_pages(browser)).values():
            for reference in set(re.findall(r'"(/static/[^"]+)"', text)):
                assert (await browser.get(reference)).status_code == 200


class TestErrorPages:
    async def test_unknown_address(self, browser: Browser) -> None:
        page = await browser.get("/nothing-here")
        assert page.status_code == 404
        assert "没有这个页面" in page.text
        assert "text/html" in page.headers["content-type"]

    async def test_wrong_method(self, browser: Browser) -> None:
        assert (await browser.client.post("/")).status_code == 405

    async def test_keeps_the_person_in_the_frame(self, browser: Browser) -> None:
        await browser.sign_in()
        assert "总部运营" in (await browser.get("/nothing-here")).text

    async def test_a_defect_shows_nothing_of_itself(self, servers: Servers, tmp_path: Path) -> None:
        async with running_site(servers, tmp_path) as site:
            assert site.portal.http_app is not None

            @site.portal.http_app.get("/broken")
            async def broken() -> None:
                raise ValueError("secret detail")

            async with site.browser() as browser:
                page = await browser.get("/broken")
        assert page.status_code == 500
        assert "系统出错了" in page.text
        assert "secret detail" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_robots_are_sent_away(self, browser: Browser) -> None:
        assert (await browser.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


class TestMetrics:
    async def test_name_routes_and_never_paths(self, browser: Browser) -> None:
        await browser.get("/signed-out?secret-query")
        await browser.get("/secret-path")
        text = generate_latest().decode()
        assert 'yika_portal_http_seconds_count{method="GET",route="/signed-out",status="200"}' in (
            text
        )
        assert "secret" not in text


class TestSettings:
    @pytest.mark.parametrize("url", ["portal.example", "ftp://portal.example", ""])
    def test_refuse_what_is_no_web_address(self, url: str) -> None:
        with pytest.raises(ValueError, match="must be an http or https address"):
            Settings(public_url=url)

    async def test_https_makes_everything_strict(self, servers: Servers, tmp_path: Path) -> None:
        async with (
            running_site(servers, tmp_path, public_url="https://portal.example") as site,
            site.browser() as browser,
        ):
            answer = await browser.get("/sign-in", host="portal.example")
            assert "max-age" in answer.headers["strict-transport-security"]
            (cookie,) = answer.headers.get_list("set-cookie")
            assert cookie.startswith("__Host-yika_sign_in=")
            assert "Secure" in cookie
            assert "Path=/" in cookie


class TestSite:
    async def test_owns_no_database(self, site: Site) -> None:
        assert set(site.portal.readiness) == {"sessions"}
        assert not site.portal.subscriptions
