"""tools/local_stack/state.py: where the state lives and who may use it."""

import os
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from tools.local_stack.state import (
    StackError,
    choose_state,
    create_state,
    holding_lock,
    is_locked,
    others_may_enter,
    read_json,
    secret,
    write_private,
)

_Usage = namedtuple("_Usage", "total used free")


class TestChooseState:
    def test_takes_the_setting(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("YIKA_STATE_DIR", str(tmp_path / "mine"))
        assert choose_state() == tmp_path / "mine"

    def test_is_in_the_checkout(self, monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
        monkeypatch.delenv("YIKA_STATE_DIR", raising=False)
        assert choose_state(open_folder) == open_folder / ".yika"

    def test_leaves_a_closed_home_closed(
        self, monkeypatch: pytest.MonkeyPatch, open_folder: Path
    ) -> None:
        monkeypatch.delenv("YIKA_STATE_DIR", raising=False)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        checkout = open_folder / "home" / "yika"
        checkout.mkdir(parents=True)
        checkout.parent.chmod(0o700)
        chosen = choose_state(checkout)
        assert chosen.parent == Path("/var/lib")
        assert chosen == choose_state(checkout)
        assert chosen != choose_state(checkout.with_name("other"))
        assert stat.S_IMODE(checkout.parent.stat().st_mode) == 0o700

    def test_does_not_mind_a_closed_home_of_a_normal_user(
        self, monkeypatch: pytest.MonkeyPatch, open_folder: Path
    ) -> None:
        monkeypatch.delenv("YIKA_STATE_DIR", raising=False)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        open_folder.chmod(0o700)
        assert choose_state(open_folder) == open_folder / ".yika"

    def test_asks_every_folder_on_the_way(self, open_folder: Path) -> None:
        below = open_folder / "a" / "b"
        below.mkdir(parents=True)
        assert others_may_enter(below / "not-there-yet")
        (open_folder / "a").chmod(0o750)
        assert not others_may_enter(below)


class TestCreateState:
    def test_keeps_tokens_from_others(self, open_folder: Path) -> None:
        create_state(open_folder / "state")
        assert stat.S_IMODE((open_folder / "state" / "tokens").stat().st_mode) == 0o700
        assert stat.S_IMODE((open_folder / "state").stat().st_mode) & 0o066 == 0

    def test_names_the_setting_for_a_full_disk(
        self, monkeypatch: pytest.MonkeyPatch, open_folder: Path
    ) -> None:
        monkeypatch.setattr("shutil.disk_usage", lambda path: _Usage(10**10, 10**10, 5_000_000))
        with pytest.raises(StackError) as refused:
            create_state(open_folder / "state")
        assert "5 MB free" in str(refused.value)
        assert "YIKA_STATE_DIR" in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_names_the_setting_for_a_file_in_the_way(self, open_folder: Path) -> None:
        (open_folder / "state").write_text("in the way")
        with pytest.raises(StackError, match="YIKA_STATE_DIR"):
            create_state(open_folder / "state")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has a system user for PostgreSQL")
    def test_refuses_a_directory_that_postgresql_cannot_reach(self, open_folder: Path) -> None:
        open_folder.chmod(0o700)
        with pytest.raises(StackError, match="YIKA_STATE_DIR"):
            create_state(open_folder / "state")


class TestLock:
    def test_admits_one_and_says_how_to_stop_it(self, tmp_path: Path) -> None:
        write_private(tmp_path / "stack.json", '{"launcher_pid": 4711}')
        with holding_lock(tmp_path):
            assert is_locked(tmp_path)
            with pytest.raises(StackError) as refused, holding_lock(tmp_path):
                pass
        assert "pid 4711" in str(refused.value)
        assert "make stop" in str(refused.value)
        assert not is_locked(tmp_path)

    def test_ends_with_its_process_however_that_dies(self, tmp_path: Path) -> None:
        code = (
            "import os, pathlib, signal, sys\n"
            "from tools.local_stack.state import holding_lock\n"
            "with holding_lock(pathlib.Path(sys.argv[1])):\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)])
        assert done.returncode == -9
        assert not is_locked(tmp_path)

    def test_is_open_where_nothing_ever_ran(self, tmp_path: Path) -> None:
        assert not is_locked(tmp_path)


class TestSecret:
    def test_stays_the_same_and_private(self, tmp_path: Path) -> None:
        first = secret(tmp_path, "points")
        assert secret(tmp_path, "points") == first
        assert secret(tmp_path, "members") != first
        assert len(first) >= 32
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600

    def test_reads_a_missing_file_as_empty(self, tmp_path: Path) -> None:
        assert read_json(tmp_path / "none.json") == {}
