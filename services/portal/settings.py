"""Settings of the portal."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the portal needs on top of what every service has."""

    public_url: str = Field(
        "http://127.0.0.1:7100", description="Address by which browsers reach the portal."
    )
    oidc_issuer_url: str = Field(
        "http://127.0.0.1:7104",
        description="OpenID Connect provider; its discovery document is read from below it.",
    )
    oidc_client_id: str = Field("yika-portal", description="The portal's name at the provider.")
    oidc_client_secret: str = Field(
        "", description="The portal's secret at the provider; empty for a public client with PKCE."
    )
    oidc_scopes: str = Field("openid profile", description="Scopes asked for at sign-in.")
    oidc_timeout_seconds: float = Field(5.0, gt=0, description="Patience with the provider.")

    reports_address: str = Field("127.0.0.1:7115", description="gRPC address of reports.")
    reports_timeout_seconds: float = Field(5.0, gt=0, description="Deadline of a report.")

    session_idle_minutes: int = Field(
        60, ge=1, description="A session ends after this long without an action of the person."
    )
    session_hours_max: int = Field(
        12, ge=1, description="A session ends after this long in any case."
    )
    refresh_seconds: int = Field(
        5, ge=1, le=3600, description="How often figures on an open page are asked for again."
    )
    chart_days: int = Field(14, ge=2, le=31, description="Days in the chart of the home page.")
    language: Literal["zh_CN", "en"] = Field(
        "zh_CN", description="Language of the screens for who has not chosen one."
    )

    @field_validator("public_url", "oidc_issuer_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an http or https address")
        return url.rstrip("/")

    @property
    def secure(self) -> bool:
        """True when browsers come by https."""
        return self.public_url.startswith("https://")
