"""tools/setup.py: what it installs where, and what it says."""

from pathlib import Path

import pytest

from tools import setup
from tools.lock import parse

_LOCK = setup.LOCK.read_text()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Catches what would be handed to pip."""
    locks: list[str] = []

    def pip_install(lock: str) -> bool:
        locks.append(lock)
        return True

    monkeypatch.setattr(setup, "pip_install", pip_install)
    return locks


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the Debian packages, on which nothing may be installed."""
    monkeypatch.setattr(setup, "missing_packages", lambda names: ["libpcsclite-dev"])
    monkeypatch.setattr(setup, "install_packages", lambda names: False)


class TestLockFilter:
    def test_leaves_out_one_package_and_nothing_else(self) -> None:
        reduced = parse(setup.without(_LOCK, "pyscard"))
        whole = parse(_LOCK)
        assert whole.keys() - reduced.keys() == {"pyscard"}
        assert all(whole[name] == reduced[name] for name in reduced)

    def test_splits_the_lock_without_losing_a_line(self) -> None:
        assert "".join(setup.blocks_of(_LOCK).values()) == _LOCK


class TestInstall:
    def test_installs_the_whole_lock_where_it_compiles(
        self, installed: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "missing_packages", lambda names: [])
        assert setup.install(_LOCK, "") == setup.digest(_LOCK)
        assert installed == [_LOCK]

    def test_does_nothing_for_the_same_lock(
        self, installed: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "missing_packages", lambda names: [])
        setup.install(_LOCK, setup.digest(_LOCK))
        assert installed == []

    @pytest.mark.usefixtures("no_packages")
    def test_says_in_one_line_what_stays_off(
        self, installed: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        reduced = setup.without(_LOCK, "pyscard")
        assert setup.install(_LOCK, "") == setup.digest(reduced)
        assert installed == [reduced]
        said = capsys.readouterr().out.splitlines()
        assert len(said) == 1
        assert "card readers" in said[0]
        assert "apt install libpcsclite-dev" in said[0]

    @pytest.mark.usefixtures("no_packages")
    def test_does_not_say_it_again(
        self, installed: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        setup.install(_LOCK, setup.digest(setup.without(_LOCK, "pyscard")))
        assert installed == []
        assert capsys.readouterr().out == ""

    def test_catches_up_once_the_packages_are_there(
        self, installed: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "missing_packages", lambda names: [])
        setup.install(_LOCK, setup.digest(setup.without(_LOCK, "pyscard")))
        assert installed == [_LOCK]

    def test_goes_on_when_the_compiler_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tried: list[bool] = []

        def pip_install(lock: str) -> bool:
            tried.append("pyscard==" in lock)
            return "pyscard==" not in lock

        monkeypatch.setattr(setup, "missing_packages", lambda names: [])
        monkeypatch.setattr(setup, "pip_install", pip_install)
        assert setup.install(_LOCK, "") == setup.digest(setup.without(_LOCK, "pyscard"))
        assert tried == [True, False]


class TestCreateEnvironment:
    def test_names_the_package_that_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(setup, "ENVIRONMENT", tmp_path / "none")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        monkeypatch.setattr(setup, "install_packages", lambda names: False)
        with pytest.raises(SystemExit, match="apt install python3-venv"):
            setup.create_environment()


class TestDebianPackages:
    def test_reads_the_list_in_the_repository(self) -> None:
        listing = setup.DEBIAN_PACKAGES.read_text()
        assert setup.debian_packages(listing) == ["gcc", "libpcsclite-dev", "python3-dev"]

    def test_reports_a_package_that_does_not_exist_as_missing(self) -> None:
        assert setup.missing_packages(["no-such-package"]) == ["no-such-package"]
