"""Signing in against the real development issuer over HTTP, and out again."""

from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.http_api.context import safe_path
from tests.fixtures.portal_site import Browser, Site, running_site
from tests.fixtures.servers import Servers
from tools.local_stack.servers import free_port

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
)


class TestSignIn:
    async def test_leads_to_the_provider_with_pkce(self, browser: Browser) -> None:
        home = await browser.get("/")
        assert (home.status_code, home.headers["location"]) == (303, "/sign-in")
        away = await browser.get("/sign-in")
        address = urlsplit(away.headers["location"])
        assert f"{address.scheme}://{address.netloc}" == browser.site.issuer_url
        query = parse_qs(address.query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [f"{browser.site.url}/sign-in/callback"]
        assert query["state"] != query["nonce"]

    async def test_opens_the_page_asked_for(self, browser: Browser) -> None:
        asked = await browser.get("/?day=2026-03-14")
        answer = await browser.sign_in(path=asked.headers["location"])
        assert (answer.status_code, answer.headers["location"]) == (303, "/?day=2026-03-14")
        page = await browser.get(answer.headers["location"])
        assert page.status_code == 200
        assert "总部运营" in page.text

    async def test_gives_a_cookie_that_scripts_cannot_read(self, browser: Browser) -> None:
        answer = await browser.sign_in()
        cookies = answer.headers.get_list("set-cookie")
        (session,) = [cookie for cookie in cookies if cookie.startswith("yika_session=")]
        assert "HttpOnly" in session
        assert "SameSite=lax" in session
        assert "Secure" not in session  # the site of the test is not https

    async def test_gives_a_new_id_each_time(self, browser: Browser) -> None:
        browser.client.cookies.set("yika_session", "planted", domain="127.0.0.1")
        await browser.sign_in()
        first = browser.client.cookies["yika_session"]
        assert first != "planted"
        action, fields = await _second_sign_in(browser)
        answer = await browser.client.post(
            action, data={**fields, "login": "finance", "password": "yika-demo"}
        )
        await browser.client.get(answer.headers["location"])
        assert browser.client.cookies["yika_session"] != first
        async with browser.site.browser() as other:
            other.client.cookies.set("yika_session", first, domain="127.0.0.1")
            assert (await other.get("/")).status_code == 303

    async def test_takes_an_answer_once(self, browser: Browser) -> None:
        action, fields = await browser.open_form()
        answer = await browser.client.post(
            action, data={**fields, "login": "hq", "password": "yika-demo"}
        )
        assert (await browser.client.get(answer.headers["location"])).status_code == 303
        again = await browser.client.get(answer.headers["location"])
        assert again.status_code == 400
        assert "SIGN_IN_EXPIRED" in again.text

    async def test_refuses_an_answer_to_another_browser(self, browser: Browser) -> None:
        action, fields = await browser.open_form()
        answer = await browser.client.post(
            action, data={**fields, "login": "hq", "password": "yika-demo"}
        )
        async with browser.site.browser() as victim:
            await victim.open_form()
            refused = await victim.client.get(answer.headers["location"])
            assert refused.status_code == 400
            assert "yika_session" not in victim.client.cookies

    async def test_refuses_a_code_that_the_provider_never_gave(self, browser: Browser) -> None:
        _, fields = await browser.open_form()
        refused = await browser.get(f"/sign-in/callback?code=invented&state={fields['state']}")
        assert refused.status_code == 401
        assert "SIGN_IN_REFUSED" in refused.text
        assert "yika_session" not in browser.client.cookies

    async def test_says_so_when_the_provider_refuses(self, browser: Browser) -> None:
        _, fields = await browser.open_form()
        refused = await browser.get(
            f"/sign-in/callback?error=access_denied&state={fields['state']}"
        )
        assert refused.status_code == 401
        assert "重新登录" in refused.text

    async def test_moves_to_the_public_address_first(self, browser: Browser) -> None:
        answer = await browser.get("/sign-in?next=/x", host="localhost:1")
        assert answer.headers["location"] == f"{browser.site.url}/sign-in?next=/x"

    async def test_skips_the_provider_for_who_is_signed_in(self, browser: Browser) -> None:
        await browser.sign_in()
        answer = await browser.get("/sign-in?next=/?day=2026-03-14")
        assert answer.headers["location"] == "/?day=2026-03-14"

    async def test_says_so_when_the_provider_is_away(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        away = f"http://127.0.0.1:{free_port()}"
        async with (
            running_site(servers, tmp_path, oidc_issuer_url=away) as site,
            site.browser() as browser,
        ):
            answer = await browser.get("/sign-in")
            assert answer.status_code == 503
            assert "PROVIDER_UNAVAILABLE" in answer.text
            assert "登录服务暂无响应" in answer.text

    async def test_refuses_a_provider_that_services_do_not_trust(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        async with (
            running_site(servers, tmp_path, token_issuer="somebody-else") as site,
            site.browser() as browser,
        ):
            answer = await browser.sign_in()
            assert answer.status_code == 401
            assert "TOKEN_INVALID" in answer.text
            assert "yika_session" not in browser.client.cookies


async def _second_sign_in(browser: Browser) -> tuple[str, dict[str, str]]:
    """A sign-in begun while another is alive, as from a second window."""
    kept = browser.client.cookies["yika_session"]
    browser.client.cookies.delete("yika_session")
    form = await browser.open_form()
    browser.client.cookies.set("yika_session", kept, domain="127.0.0.1")
    return form


class TestNext:
    @pytest.mark.parametrize("elsewhere", ELSEWHERE)
    async def test_never_leads_elsewhere(self, browser: Browser, elsewhere: str) -> None:
        await browser.sign_in()
        for path in ("/sign-in", "/language/en"):
            answer = await browser.client.get(path, params={"next": elsewhere})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")

    async def test_never_leads_elsewhere_after_the_provider(self, browser: Browser) -> None:
        answer = await browser.sign_in(path="/sign-in?next=//evil.example/")
        assert answer.headers["location"] == "/"

    @given(
        st.text(alphabet="/\\.:?#@\t\n aé漢", max_size=12) | st.text() | st.sampled_from(ELSEWHERE)
    )
    def test_stays_on_the_site(self, text: str) -> None:
        path = safe_path(text)
        assert path.startswith("/")
        assert urlsplit(urljoin("https://portal.example/", path)).netloc == "portal.example"


class TestSignOut:
    async def test_ends_the_session_here_and_at_the_provider(self, browser: Browser) -> None:
        await browser.sign_in()
        session_id = browser.client.cookies["yika_session"]
        answer = await browser.client.post(
            "/sign-out", data={"csrf_token": await browser.csrf_token()}
        )
        assert answer.headers["location"].startswith(f"{browser.site.issuer_url}/logout?")
        back = await browser.client.get(answer.headers["location"])
        assert back.headers["location"] == f"{browser.site.url}/signed-out"
        assert "您已退出登录" in (await browser.client.get(back.headers["location"])).text
        assert "yika_session" not in browser.client.cookies
        browser.client.cookies.set("yika_session", session_id, domain="127.0.0.1")
        assert (await browser.get("/")).status_code == 303

    @pytest.mark.parametrize("token", ["", "invented"])
    async def test_needs_the_token_of_the_session(self, browser: Browser, token: str) -> None:
        await browser.sign_in()
        refused = await browser.client.post("/sign-out", data={"csrf_token": token})
        assert refused.status_code == 403
        assert "CSRF_FAILED" in refused.text
        assert (await browser.get("/")).status_code == 200

    async def test_refuses_a_form_of_another_site(self, browser: Browser) -> None:
        await browser.sign_in()
        refused = await browser.client.post(
            "/sign-out",
            data={"csrf_token": await browser.csrf_token()},
            headers={"origin": "http://evil.example"},
        )
        assert refused.status_code == 403
        assert (await browser.get("/")).status_code == 200

    async def test_refuses_the_token_of_another_session(self, site: Site, browser: Browser) -> None:
        await browser.sign_in()
        async with site.browser() as other:
            await other.sign_in()
            refused = await other.client.post(
                "/sign-out", data={"csrf_token": await browser.csrf_token()}
            )
            assert refused.status_code == 403

    async def test_is_calm_without_a_session(self, browser: Browser) -> None:
        answer = await browser.client.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
