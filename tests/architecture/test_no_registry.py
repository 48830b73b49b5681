"""Nothing in the project names a package registry's address or a path of somebody's machine."""

import re
import subprocess
from pathlib import Path

from tests.architecture.sources import ROOT

# Written in pieces, so that this file does not find itself.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"py" r"pi\.org",
            r"python" r"hosted",
            r"npm" r"js\.org",
            r"deb" r"ian\.org",
            r"(?<![\w.~}])/(root|home/\w+|Users/\w+|work|farm)/",
        ]
    )
)
INDEX_OPTIONS = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|https?://|file://")


def project_files() -> list[Path]:
    """Every file under version control."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


class TestProject:
    def test_names_no_registry_and_no_machine(self) -> None:
        found = []
        for path in project_files():
            try:
                text = path.read_text()
            except UnicodeDecodeError:
                continue  # pictures and fonts
            for number, line in enumerate(text.splitlines(), start=1):
                if FORBIDDEN.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
        assert found == []


class TestLock:
    def test_names_no_index(self) -> None:
        lock = (ROOT / "requirements.lock").read_text()
        assert [line for line in lock.splitlines() if INDEX_OPTIONS.search(line)] == []

    def test_pins_every_package_with_its_hashes(self) -> None:
        lock = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
        requirements = [
            line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")
        ]
        assert len(requirements) > 50
        assert [
            line[:60]
            for line in requirements
            if not re.match(r"^[\w.\[\],-]+==\S+", line) or "--hash=sha256:" not in line
        ] == []
