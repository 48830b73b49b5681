"""The token with which a service calls others, while its file is renewed, moved or unreadable."""

import os
from pathlib import Path

import pytest

from chassis.auth import OwnToken
from chassis.errors import Unavailable
from tests.fixtures.tokens import sign_token


class TestOwnToken:
    def test_is_read_again_when_the_file_changes(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text("first\n")
        token = OwnToken(path)
        assert token.get() == "first"
        path.write_text("second\n")
        os.utime(path, (1, 1))
        assert token.get() == "second"

    def test_is_empty_without_a_file(self) -> None:
        assert OwnToken(None).get() == ""

    def test_stays_while_the_file_is_away_and_it_is_valid(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        first, second = (sign_token([], lifetime_seconds=seconds) for seconds in (60, 90))
        path.write_text(first)
        token = OwnToken(path)
        assert token.get() == first
        path.rename(tmp_path / "elsewhere")
        assert token.get() == first
        path.mkdir()  # there is something, and it cannot be read
        assert token.get() == first
        path.rmdir()
        path.write_bytes(b"\xff\xfe")  # half of what it will be
        assert token.get() == first
        path.write_text(second)
        assert token.get() == second

    @pytest.mark.parametrize(
        "text",
        [sign_token([], lifetime_seconds=-1), "a secret", ""],
        ids=["expired", "no token", "empty"],
    )
    def test_is_unavailable_once_nobody_can_tell_that_it_is_valid(
        self, tmp_path: Path, text: str
    ) -> None:
        path = tmp_path / "token"
        with pytest.raises(Unavailable, match="TOKEN_FILE_UNREADABLE"):
            OwnToken(path).get()
        path.write_text(text)
        token = OwnToken(path)
        assert token.get() == text
        path.unlink()
        with pytest.raises(Unavailable, match="TOKEN_FILE_UNREADABLE"):
            token.get()
