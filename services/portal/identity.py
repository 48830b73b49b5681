"""The OpenID Connect provider, through Authlib: code flow with PKCE, state and nonce."""

import logging
import secrets
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
from httpx2 import HTTPError
from joserfc.errors import JoseError, SecurityWarning

from chassis.auth import TokenVerifier
from chassis.errors import Unauthenticated, Unavailable
from services.portal.storage.sessions import Session, SignIn

# Its INFO line per request says nothing that the metrics do not.
logging.getLogger("httpx2").setLevel(logging.WARNING)
# The chain's tokens are signed with EdDSA (chassis.auth); that it has a newer name is no news.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

_TOKEN_SECONDS_ASSUMED = 300  # a provider that does not say how long its token lives


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How the portal is known at the provider."""

    issuer_url: str
    client_id: str
    client_secret: str
    scopes: str
    timeout_seconds: float
    callback_url: str
    signed_out_url: str


class IdentityProvider:
    """Sends people to the provider and understands what comes back."""

    def __init__(self, settings: ProviderSettings, verifier: TokenVerifier) -> None:
        self._settings = settings
        self._verifier = verifier
        self._app = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            server_metadata_url=f"{settings.issuer_url}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": (
                    "client_secret_basic" if settings.client_secret else "none"
                ),
                "timeout": settings.timeout_seconds,
            },
        )

    @property
    def origin(self) -> str:
        """Scheme and host of the provider, for the page's content security policy."""
        parts = urlsplit(self._settings.issuer_url)
        return f"{parts.scheme}://{parts.netloc}"

    async def begin(self, next_path: str) -> tuple[str, SignIn]:
        """The address to send a browser to, and what must be known when it comes back."""
        try:
            request = await self._app.create_authorization_url(self._settings.callback_url)
        except (HTTPError, ValueError, RuntimeError) as error:
            raise _unreachable(error) from error
        sign_in = SignIn(
            state=request["state"],
            nonce=request["nonce"],
            code_verifier=request["code_verifier"],
            next_path=next_path,
        )
        return str(request["url"]), sign_in

    async def finish(
        self, code: str, sign_in: SignIn, *, now: datetime, longest: timedelta
    ) -> Session:
        """The session of a person whose browser came back with a code.

        Unauthenticated when the provider refuses the code or its tokens prove nothing here;
        Unavailable when it cannot be asked.
        """
        try:
            token = await self._app.fetch_access_token(
                redirect_uri=self._settings.callback_url,
                code=code,
                state=sign_in.state,
                code_verifier=sign_in.code_verifier,
            )
            person = await self._app.parse_id_token(token, nonce=sign_in.nonce)
        except (AuthlibBaseError, JoseError) as error:
            raise Unauthenticated(
                "SIGN_IN_REFUSED", f"the provider's answer proves nothing: {type(error).__name__}"
            ) from error
        except (HTTPError, ValueError, RuntimeError) as error:
            raise _unreachable(error) from error
        if person is None:
            raise Unauthenticated("SIGN_IN_REFUSED", "the provider sent no id_token")
        # The same check that every service makes; a provider set up wrongly shows here, once.
        principal = await self._verifier.verify(str(token.get("access_token", "")))
        lifetime_seconds = int(token.get("expires_in", _TOKEN_SECONDS_ASSUMED))
        ends_at = min(now + longest, now + timedelta(seconds=lifetime_seconds))
        return Session(
            subject=principal.subject,
            name=str(person.get("name") or person.get("preferred_username") or principal.subject),
            access_token=token["access_token"],
            id_token=token["id_token"],
            permissions=tuple(sorted(principal.permissions)),
            stores=tuple(sorted(principal.stores)),
            csrf_token=secrets.token_urlsafe(32),
            ends_at=ends_at.timestamp(),
        )

    async def sign_out_url(self, id_token: str) -> str | None:
        """Where the provider ends its own session; None when it has no such page or is away."""
        try:
            metadata = await self._app.load_server_metadata()
        except (HTTPError, ValueError):
            return None
        endpoint = str(metadata.get("end_session_endpoint", ""))
        if not endpoint.startswith(f"{self.origin}/"):
            return None
        query = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": self._settings.signed_out_url,
            "client_id": self._settings.client_id,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def _unreachable(error: Exception) -> Unavailable:
    return Unavailable(
        "PROVIDER_UNAVAILABLE", f"the sign-in service does not answer: {type(error).__name__}"
    )
