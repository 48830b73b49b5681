"""`make token`: tools/local_stack/__main__.py."""

from pathlib import Path

import pytest

from tools.local_stack.__main__ import token
from tools.local_stack.state import StackError


class TestToken:
    def test_names_a_permission_that_no_rpc_asks_for(self) -> None:
        with pytest.raises(StackError, match=r"no such permission: points\.wallet\.read"):
            token(["points.wallets.read", "points.wallet.read"], [])

    def test_says_that_nothing_runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YIKA_STATE_DIR", str(tmp_path))
        with pytest.raises(StackError, match="make run"):
            token([], [])
