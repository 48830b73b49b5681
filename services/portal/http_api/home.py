"""首页: a day's figures, as a page and as the part of it that refreshes itself."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from chassis.clock import CHINA_TIME, utc_now
from chassis.errors import DomainError, Forbidden, Invalid, Kind
from chassis.logs import get_logger
from services.portal.domain.figures import Chart, DayFigures, change_bp
from services.portal.http_api.context import Portal, SignInNeeded
from services.portal.storage.sessions import Session
from services.portal.usecases.show_day import ShowDay, show_day

log = get_logger(__name__)

_PERMISSION = "reports.sales.read"
_FIRST_DAY = date(2000, 1, 1)
STORES_SHOWN = 12


def add_home_routes(app: FastAPI, portal: Portal) -> None:
    """The home page and its figures."""

    @app.get("/")
    async def home(
        request: Request,
        day: Annotated[str, Query()] = "",
        all: Annotated[str, Query()] = "",
    ) -> Response:
        session = await portal.need_session(request)
        _require_permission(session)
        return portal.page(
            request,
            "home.html",
            refresh_seconds=portal.settings.refresh_seconds,
            **await _figures(portal, session, day, all == "1"),
        )

    @app.get("/figures")
    async def figures(
        request: Request,
        day: Annotated[str, Query()] = "",
        all: Annotated[str, Query()] = "",
    ) -> Response:
        # A page that refreshes itself is no sign that somebody is there.
        session = await portal.need_session(request, acts=False)
        _require_permission(session)
        values = await _figures(portal, session, day, all == "1")
        if values["failure"] is None:
            return portal.page(request, "figures.html", **values)
        # The figures on the screen stay, with a word that they have stopped.
        response = portal.page(request, "failure.html", status=503, **values)
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
        return response


def _require_permission(session: Session) -> None:
    # reports refuses in any case; asking here spares the person an empty page.
    if _PERMISSION not in session.permissions:
        raise Forbidden("PERMISSION_MISSING", f"this page needs {_PERMISSION}")
    if not session.stores:
        raise Forbidden("STORE_OUT_OF_SCOPE", "the person's token reaches no store")


def _parse_day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("INVALID_DAY", "day is not a date such as 2026-01-31") from None
    if not _FIRST_DAY <= day <= today:
        raise Invalid("INVALID_DAY", f"day must be within {_FIRST_DAY} and {today}")
    return day


async def _figures(portal: Portal, session: Session, text: str, every: bool) -> dict[str, Any]:
    now = utc_now()
    today = now.astimezone(CHINA_TIME).date()
    day = _parse_day(text, today)
    values: dict[str, Any] = {
        "day": day,
        "today": today,
        "previous_day": day - timedelta(days=1) if day > _FIRST_DAY else None,
        "next_day": day + timedelta(days=1) if day < today else None,
        # Today is asked for without a date, so that a page left open follows midnight.
        "query_day": "" if day == today and not text else day.isoformat(),
        "every_store": every,
        "stores_shown": STORES_SHOWN,
        "updated_at": now,
        "figures": None,
        "failure": None,
    }
    query = ShowDay(
        token=session.access_token,
        stores=frozenset(session.stores),
        day=day,
        chart_days=portal.settings.chart_days,
    )
    try:
        figures = await show_day(portal.reports, query)
    except DomainError as error:
        if error.reason == "TOKEN_EXPIRED":
            raise SignInNeeded from error
        if error.kind is Kind.FORBIDDEN:
            raise
        log.warning("figures_unavailable", reason=error.reason, error=error.message)
        return {**values, "failure": error.reason}
    return {**values, "figures": figures, "chart": _chart(figures.chart), **_changes(figures)}


def _changes(figures: DayFigures) -> dict[str, Any]:
    today, yesterday = figures.today, figures.yesterday
    return {
        "revenue_change_bp": change_bp(today.revenue_fen, yesterday.revenue_fen),
        "count_change_bp": change_bp(today.sale_count, yesterday.sale_count),
        "basket_change_bp": change_bp(today.basket_fen, yesterday.basket_fen),
        "change_bp": change_bp,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "days": [day.isoformat() for day in chart.days],
        "series": [
            {"name": series.name, "revenue_fen": series.revenue_fen} for series in chart.series
        ],
    }
