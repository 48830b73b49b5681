"""What an image holds is enough for its service: its files, and its part of the lock.

The tree that the Dockerfile copies is laid out, and the service is imported from it by a Python
that sees only that tree and the distributions of the service's subset of the lock.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, SERVICES
from tools.lock import normalized, parse, subset

# Run with -S: no site-packages and so no .pth file that would lead back to the checkout.
IMPORT_SERVICE = """
import importlib, importlib.abc, pathlib, sys

service, tree, packages, *forbidden = sys.argv[1:]

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)

sys.path[:0] = [tree, f"{tree}/protos/gen"]
sys.path.append(packages)
sys.meta_path.insert(0, Absent())
folder = pathlib.Path(tree, "services", service)
for path in sorted(folder.rglob("*.py")):
    if "migrations" not in path.parts:
        importlib.import_module(".".join(path.relative_to(tree).with_suffix("").parts))
"""


def copied_into_the_image(service: str) -> list[str]:
    """Sources of the COPY lines that take files from the checkout into the final stage."""
    final = (ROOT / "Dockerfile").read_text().rsplit("\nFROM ", 1)[1]
    copied = re.findall(r"^COPY (?!--from)(\S+) (\S+)$", final, re.MULTILINE)
    assert all(source == target for source, target in copied)
    return [source.replace("${SERVICE}", service) for source, _ in copied]


def run_in_image(service: str, tree: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Imports the whole service inside the tree, with only its subset of the lock."""
    for folder in copied_into_the_image(service):
        shutil.copytree(
            ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    text = subset(
        (ROOT / "requirements.lock").read_text(), (ROOT / "pyproject.toml").read_text(), service
    )
    present = set(parse(text))
    forbidden = sorted(
        module
        for module, distributions in packages_distributions().items()
        if module not in sys.stdlib_module_names
        and not present & {normalized(name) for name in distributions}
    )
    assert "pytest" in forbidden
    site_packages = Path(pytest.__file__).parent.parent
    return subprocess.run(
        [sys.executable, "-S", "-c", code, service, str(tree), str(site_packages), *forbidden],
        cwd=tree,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestImages:
    @pytest.mark.parametrize("service", SERVICES)
    def test_hold_everything_their_service_imports(self, service: str, tmp_path: Path) -> None:
        done = run_in_image(service, tmp_path / "app", IMPORT_SERVICE)
        assert done.returncode == 0, done.stderr[-2000:]

    def test_are_too_small_for_what_they_do_not_need(self, tmp_path: Path) -> None:
        code = IMPORT_SERVICE + "\nimport services.points.settings\n"
        done = run_in_image("members", tmp_path / "app", code)
        assert "No module named 'services.points'" in done.stderr
        done = run_in_image("points", tmp_path / "other", IMPORT_SERVICE + "\nimport jinja2\n")
        assert "jinja2 is not in the image" in done.stderr

    def test_are_as_many_as_the_services(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        listed = re.search(r"^SERVICES := (.+)$", makefile, re.MULTILINE)
        assert listed is not None
        assert sorted(listed[1].split()) == SERVICES


def make_images(*variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `make images`; with echo as the engine it prints what an engine would be told."""
    return subprocess.run(
        ["make", "--no-print-directory", "images", *variables],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestMakeImages:
    def test_builds_every_service_under_its_name_in_the_chart(self) -> None:
        done = make_images("CONTAINER=echo")
        assert sorted(done.stdout.splitlines()) == [
            f"build --build-arg SERVICE={service} --tag yika-{service} ." for service in SERVICES
        ]

    def test_hands_options_on_to_the_engine(self) -> None:
        done = make_images("CONTAINER=echo", "SERVICES=points", "ARGS=--network host")
        assert done.stdout == (
            "build --network host --build-arg SERVICE=points --tag yika-points .\n"
        )

    def test_stops_at_the_first_image_that_cannot_be_built(self) -> None:
        done = make_images("CONTAINER=echo asked; false")
        assert done.returncode != 0
        assert done.stdout == "asked\n"


class TestDockerIgnore:
    def test_lets_through_what_the_dockerfile_copies(self) -> None:
        allowed = {
            line[1:]
            for line in (ROOT / ".dockerignore").read_text().splitlines()
            if line.startswith("!")
        }
        copied = {
            source
            for sources in re.findall(
                r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
            )
            for source in sources.split()
        }
        assert {source.split("/$")[0] for source in copied} == allowed
