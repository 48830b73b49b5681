"""Jinja2, once per language: escaping on, unknown names refused, amounts from integers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chassis.clock import CHINA_TIME
from services.portal.domain.formats import format_change, format_count, format_fen, format_milli
from services.portal.http_api.languages import LANGUAGES, load_translations
from services.portal.http_api.static_files import StaticFiles

FOLDER = Path(__file__).parent.parent / "templates"
# Weekday included: people compare a Saturday with a Saturday.
_LONG_DATE = {"zh_CN": "y年M月d日 EEEE", "en": "EEEE, d MMMM y"}
_SHORT_DATE = {"zh_CN": "M月d日", "en": "d MMM"}


class Templates:
    """The pages in every language."""

    def __init__(self, static_files: StaticFiles) -> None:
        self._environments = {
            language: _environment(language, static_files) for language in LANGUAGES
        }

    def render(self, language: str, name: str, **values: Any) -> str:
        """The text of a page."""
        template = self._environments[language].get_template(name)
        return template.render(
            language=language, html_language=language.replace("_", "-"), **values
        )


def _environment(language: str, static_files: StaticFiles) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        load_translations(language), newstyle=True
    )

    def long_date(day: date) -> str:
        return format_date(day, _LONG_DATE[language], locale=language)

    def short_date(day: date) -> str:
        return format_date(day, _SHORT_DATE[language], locale=language)

    def clock_time(moment: datetime) -> str:
        return moment.astimezone(CHINA_TIME).strftime("%H:%M:%S")

    environment.filters |= {
        "fen": format_fen,
        "count": format_count,
        "milli": format_milli,
        "change": format_change,
        "long_date": long_date,
        "short_date": short_date,
        "clock_time": clock_time,
    }
    environment.globals |= {"static": static_files.url, "languages": LANGUAGES}
    return environment
