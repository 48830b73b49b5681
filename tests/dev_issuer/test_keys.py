"""One key and one issuer name per state directory."""

from pathlib import Path

import jwt

from chassis.auth import TokenVerifier
from tools.dev_issuer.keys import load_or_create


class TestLoadOrCreate:
    async def test_signs_what_services_verify(self, tmp_path: Path) -> None:
        key = load_or_create(tmp_path, issuer="http://issuer")
        token = key.sign("somebody", ["points.sales.post"], stores=["a-store"])
        principal = await TokenVerifier(
            str(tmp_path / "jwks.json"), "http://issuer", "yika"
        ).verify(token)
        assert principal.subject == "somebody"
        assert principal.permissions == {"points.sales.post"}
        assert principal.stores == {"a-store"}

    def test_keeps_key_and_name(self, tmp_path: Path) -> None:
        first = load_or_create(tmp_path, issuer="http://issuer")
        second = load_or_create(tmp_path)
        assert second.issuer == "http://issuer"
        assert second.jwks() == first.jwks()

    def test_has_a_name_before_any_is_given(self, tmp_path: Path) -> None:
        claims = jwt.decode(
            load_or_create(tmp_path).sign("a", []), options={"verify_signature": False}
        )
        assert claims["iss"] == "yika"

    def test_keeps_the_private_key_to_its_owner(self, tmp_path: Path) -> None:
        load_or_create(tmp_path)
        assert (tmp_path / "issuer-key.pem").stat().st_mode & 0o077 == 0
