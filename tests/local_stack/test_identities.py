"""tools/local_stack/identities.py: nobody's token holds more than its service calls."""

import importlib
from pathlib import Path

import jwt

from chassis.grpc_server import permissions_of
from tools.dev_issuer.keys import load_or_create
from tools.local_stack.identities import EVERY_PERMISSION, identities, write_tokens
from tools.local_stack.state import ROOT

_STORE = "01920000-0000-7000-8000-000000000001"
_CONTRACT = sorted((ROOT / "protos/gen/yika").glob("*/v1/*_service_pb2.py"))


class TestIdentities:
    def test_know_every_permission_of_the_contract(self) -> None:
        modules = [
            importlib.import_module(".".join(file.with_suffix("").parts[-4:])) for file in _CONTRACT
        ]
        declared = {
            permission
            for module in modules
            for service in module.DESCRIPTOR.services_by_name.values()
            for permission in permissions_of(service.full_name).values()
        }
        assert declared == EVERY_PERMISSION

    def test_keep_the_gateway_in_its_store(self) -> None:
        gateway = identities(_STORE)["devices"]
        assert gateway.stores == (_STORE,)
        assert gateway.permissions == {
            "inventory.catalogue.read",
            "members.stubs.read",
            "points.sales.post",
        }

    def test_let_messaging_alone_read_phones(self) -> None:
        holders = {
            name
            for name, identity in identities(_STORE).items()
            if "members.contacts.read" in identity.permissions
        }
        assert holders == {"messaging", "replay", "seed"}

    def test_let_points_alone_ask_for_birthdays(self) -> None:
        holders = {
            name
            for name, identity in identities(_STORE).items()
            if "members.facts.read" in identity.permissions
        }
        assert holders == {"points", "replay", "seed"}


class TestWriteTokens:
    def test_signs_what_services_verify(self, tmp_path: Path) -> None:
        (tmp_path / "tokens").mkdir()
        write_tokens(tmp_path, "http://issuer", identities(_STORE))
        key = load_or_create(tmp_path).private.public_key()
        for name, identity in identities(_STORE).items():
            claims = jwt.decode(
                (tmp_path / "tokens" / name).read_text(),
                key,
                algorithms=["EdDSA"],
                audience="yika",
                issuer="http://issuer",
            )
            assert set(claims["permissions"]) == identity.permissions
            assert claims["stores"] == ("*" if identity.stores == "*" else [_STORE])

    def test_renews_the_files(self, tmp_path: Path) -> None:
        (tmp_path / "tokens").mkdir()
        known = identities(_STORE)
        write_tokens(tmp_path, "http://issuer", known)
        (tmp_path / "tokens" / "points").write_text("old")
        write_tokens(tmp_path, "http://issuer", known)
        assert (tmp_path / "tokens" / "points").read_text() != "old"
        assert (tmp_path / "tokens" / "points").stat().st_mode & 0o077 == 0
