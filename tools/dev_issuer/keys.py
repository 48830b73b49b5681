"""The development issuer's Ed25519 key: signs the tokens of services and people on this machine."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

KEY_ID = "development"
AUDIENCE = "yika"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the issuer name it signs for."""

    private: Ed25519PrivateKey
    issuer: str

    def jwks(self) -> dict[str, Any]:
        """The public half as a JWKS document."""
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KEY_ID, "alg": "EdDSA", "use": "sig"}]}

    def sign(
        self,
        subject: str,
        permissions: Iterable[str],
        *,
        stores: str | list[str] = "*",
        lifetime_seconds: int = 8 * 3600,
        **claims: Any,
    ) -> str:
        """A token as chassis.auth reads it."""
        return self.sign_claims(
            {
                "sub": subject,
                "aud": AUDIENCE,
                "permissions": sorted(permissions),
                "stores": stores,
                **claims,
            },
            lifetime_seconds=lifetime_seconds,
        )

    def sign_claims(self, claims: dict[str, Any], *, lifetime_seconds: int) -> str:
        """Any claims as a JWT of this issuer, valid from now on."""
        now = int(time.time())
        body = {"iss": self.issuer, "iat": now, "exp": now + lifetime_seconds, **claims}
        return jwt.encode(body, self.private, algorithm="EdDSA", headers={"kid": KEY_ID})


def load_or_create(state: Path, issuer: str | None = None) -> SigningKey:
    """The key of a state directory, made at the first call; writes jwks.json beside it.

    Tokens of services and of people must carry one issuer name, so a given name is remembered
    in the directory, and a call without one takes the remembered name ("yika" before any).
    """
    name_path = state / "issuer-name"
    if issuer is not None:
        name_path.write_text(issuer)
    else:
        issuer = name_path.read_text().strip() if name_path.exists() else "yika"
    path = state / "issuer-key.pem"
    if path.exists():
        private = load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(private, Ed25519PrivateKey)
    else:
        private = Ed25519PrivateKey.generate()
        path.touch(mode=0o600)
        path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = SigningKey(private, issuer)
    (state / "jwks.json").write_text(json.dumps(key.jwks()))
    return key
