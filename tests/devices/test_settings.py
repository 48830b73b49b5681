"""What the gateway refuses to start with."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.devices.settings import Settings
from tests.fixtures.builders_devices import STORE_ID


def build_settings(**changes: Any) -> Settings:
    return Settings(**{"store_id": STORE_ID, **changes})


class TestSettings:
    def test_read_lists_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YIKA_STORE_ID", STORE_ID.upper())
        monkeypatch.setenv("YIKA_REGISTER_IDS", "01, 02,")
        settings = Settings()
        assert settings.register_ids == ("01", "02")
        assert settings.store_id == STORE_ID

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"store_id": "S001"}, "store_id"),
            ({"register_ids": ""}, "register_ids"),
            ({"register_ids": "01,01"}, "register_ids"),
            ({"register_ids": "a/b"}, "register_ids"),
            ({"register_ids": "x" * 33}, "register_ids"),
            ({"receipt_columns": 40}, "receipt_columns"),
            ({"day_ends_at_hour": 12}, "day_ends_at_hour"),
            ({"upload_batch_size": 201}, "upload_batch_size"),
            ({"listen_host": "0.0.0.0"}, "register_token_file"),  # noqa: S104
            ({"listen_host": "store-gateway"}, "register_token_file"),
        ],
    )
    def test_refuse(self, changes: dict[str, object], field: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            build_settings(**changes)
        assert [problem["loc"] for problem in refusal.value.errors()] == [(field,)]

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
    def test_need_no_token_on_loopback(self, host: str) -> None:
        assert build_settings(listen_host=host).register_token_file is None

    def test_open_to_the_lan_with_a_token(self, tmp_path: Path) -> None:
        assert build_settings(listen_host="0.0.0.0", register_token_file=tmp_path / "t")  # noqa: S104
