"""Every text of the screens is in the catalogue, and the switch works."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.portal.http_api.languages import FOLDER, LANGUAGES, SOURCE_LANGUAGE
from tests.fixtures.portal_site import Browser

SERVICE = FOLDER.parent
MARKERS = re.compile(r"%\(\w+\)s")
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})


def texts_of_the_screens() -> set[str]:
    """Every text that a template asks to be translated."""
    found = extract_from_dir(
        SERVICE,
        method_map=[("templates/**.html", "jinja2.ext.babel_extract")],
        options_map={
            "templates/**.html": {
                "encoding": "utf-8",
                "trim_blocks": "true",
                "lstrip_blocks": "true",
                "newstyle_gettext": "true",
            }
        },
    )
    return {str(message) for _, _, message, _, _ in found}


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    path: Path = FOLDER / language / "LC_MESSAGES" / "portal.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", TRANSLATED)
class TestCatalogue:
    def test_holds_the_texts_of_the_screens_and_no_other(self, language: str) -> None:
        kept = {message.id for message in read_catalogue(language) if message.id}
        assert len(kept) > 50
        assert kept == texts_of_the_screens()

    def test_translates_all_of_them(self, language: str) -> None:
        for message in read_catalogue(language):
            if message.id:
                assert message.string, message.id
                assert not message.fuzzy, message.id
                assert sorted(MARKERS.findall(message.id)) == sorted(
                    MARKERS.findall(message.string)
                )


class TestSwitch:
    async def test_is_chinese_by_default(self, browser: Browser) -> None:
        page = await browser.get("/signed-out", **{"accept-language": "en"})
        assert '<html lang="zh-CN">' in page.text
        assert "您已退出登录" in page.text

    async def test_stays_with_the_browser(self, browser: Browser) -> None:
        answer = await browser.get("/language/en?next=/signed-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
        page = await browser.get("/signed-out")
        assert '<html lang="en">' in page.text
        assert "You are signed out" in page.text
        await browser.get("/language/zh_CN")
        assert "您已退出登录" in (await browser.get("/signed-out")).text

    async def test_refuses_an_unknown_language(self, browser: Browser) -> None:
        assert (await browser.get("/language/../../etc")).status_code == 404
        assert (await browser.get("/language/xx")).status_code == 404

    async def test_ignores_a_cookie_that_names_none(self, browser: Browser) -> None:
        browser.client.cookies.set("yika_language", "../../x", domain="127.0.0.1")
        assert '<html lang="zh-CN">' in (await browser.get("/signed-out")).text

    async def test_english_pages_hold_no_chinese_of_the_source(self, browser: Browser) -> None:
        await browser.get("/language/en")
        await browser.sign_in()
        page = (await browser.get("/?day=2026-03-14")).text
        assert "Business at a glance" in page
        chinese = set(re.findall(r"[\u4e00-\u9fff]+", page))
        # The other language's own name, and the name that the provider gave the person.
        assert chinese == {"简体中文", "总部运营"}
