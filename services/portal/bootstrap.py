"""The composition root of the portal."""

from datetime import timedelta

from chassis.auth import TokenVerifier
from chassis.database import Database
from chassis.service import Parts
from services.portal.http_api.app import build_app
from services.portal.http_api.context import Portal
from services.portal.http_api.static_files import StaticFiles
from services.portal.http_api.templates import Templates
from services.portal.identity import IdentityProvider, ProviderSettings
from services.portal.peers import Reports
from services.portal.settings import Settings
from services.portal.storage.sessions import Sessions


async def build(settings: Settings, database: Database | None) -> Parts:
    """The parts of the portal, which owns no database: `database` is not used."""
    sessions = Sessions(settings.redis_url, idle=timedelta(minutes=settings.session_idle_minutes))
    reports = Reports(settings.reports_address, settings.reports_timeout_seconds)
    identity = IdentityProvider(
        ProviderSettings(
            issuer_url=settings.oidc_issuer_url,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scopes=settings.oidc_scopes,
            timeout_seconds=settings.oidc_timeout_seconds,
            callback_url=f"{settings.public_url}/sign-in/callback",
            signed_out_url=f"{settings.public_url}/signed-out",
        ),
        TokenVerifier(settings.jwks, settings.token_issuer, settings.token_audience),
    )
    static_files = StaticFiles()
    portal = Portal(
        settings=settings,
        sessions=sessions,
        identity=identity,
        reports=reports,
        templates=Templates(static_files),
        static_files=static_files,
    )
    return Parts(
        http_app=build_app(portal),
        # Peers are not asked: a page without figures is worth more than no page.
        readiness={"sessions": sessions.ping},
        closers=[reports.close, sessions.close],
    )
