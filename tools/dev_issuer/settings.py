"""Settings of the development issuer, from the environment."""

from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class IssuerSettings(BaseSettings):
    """What the development issuer needs to run."""

    model_config = SettingsConfigDict(
        env_prefix="YIKA_", extra="ignore", validate_by_name=True, validate_by_alias=True
    )

    state_dir: Path = Field(Path(".yika"), description="Directory that holds the signing key.")
    issuer_port: int = Field(7104, ge=0, le=65535, description="Port on loopback.")
    issuer_url: str = Field(
        "", description="Address that people and services know it by; also the `iss` of tokens."
    )
    issuer_client_id: str = Field("yika-portal", description="The one client that may ask.")
    issuer_redirect_uris: str = Field(
        "http://127.0.0.1:7100/sign-in/callback",
        description="Addresses that codes may be sent to, separated by spaces or commas.",
    )
    issuer_signed_out_uris: str = Field(
        "http://127.0.0.1:7100/signed-out",
        description="Addresses that /logout may lead back to, separated by spaces or commas.",
    )
    issuer_token_seconds: int = Field(
        8 * 3600, ge=1, description="Lifetime of the access tokens of people."
    )

    @model_validator(mode="after")
    def _default_url(self) -> "IssuerSettings":
        self.issuer_url = (self.issuer_url or f"http://127.0.0.1:{self.issuer_port}").rstrip("/")
        return self

    @property
    def redirect_uris(self) -> frozenset[str]:
        """Addresses that codes may be sent to."""
        return frozenset(self.issuer_redirect_uris.replace(",", " ").split())

    @property
    def signed_out_uris(self) -> frozenset[str]:
        """Addresses that /logout may lead back to."""
        return frozenset(self.issuer_signed_out_uris.replace(",", " ").split())
