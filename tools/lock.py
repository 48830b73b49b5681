"""requirements.lock: `compile` makes it from pyproject.toml, `subset SERVICE` prints a part of it.

A service's image holds only what its extra needs; the part is found through the `# via` comments.
`subset` needs nothing but Python itself, so that an image can be built with it.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
_OPTIONS = (
    "--all-extras",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
)


def normalized(requirement: str) -> str:
    """The canonical name in a requirement: PyJWT[crypto]>=2 -> pyjwt."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    assert match is not None, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def parse(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Package name -> its lines, and the packages that asked for it."""
    packages: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", lock):
        if not block.strip():
            continue
        comments = re.findall(r"(?m)^ +# +(?:via +)?(\S+)(?: \(pyproject\.toml\))?$", block)
        asked_by = frozenset(normalized(name) for name in comments if name != "via")
        packages[normalized(block)] = (block, asked_by)
    return packages


def roots(project: str, service: str) -> frozenset[str]:
    """What pyproject.toml asks for itself: the common dependencies and a service's extra."""
    content = tomllib.loads(project)["project"]
    extras = content["optional-dependencies"]
    if service not in extras:
        raise KeyError(service)
    return frozenset(map(normalized, [*content["dependencies"], *extras[service]]))


def subset(lock: str, project: str, service: str) -> str:
    """The blocks of the lock that one service needs, in the lock's order."""
    packages = parse(lock)
    needed = set(roots(project, service))
    if absent := needed - packages.keys():
        raise KeyError(f"{', '.join(sorted(absent))} not in the lock; run make lock")
    grown = True
    while grown:
        more = {name for name, (_, asked_by) in packages.items() if asked_by & needed} - needed
        needed |= more
        grown = bool(more)
    return "".join(block for name, (block, _) in packages.items() if name in needed)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("compile", help="write requirements.lock from pyproject.toml")
    part = commands.add_parser("subset", help="print what one service's image installs")
    part.add_argument("service")
    arguments = parser.parse_args()
    if arguments.command == "compile":
        uv = Path(sys.executable).parent / "uv"
        command = [str(uv), "pip", "compile", "--quiet", PROJECT.name, *_OPTIONS]
        command += ["--output-file", LOCK.name]
        sys.exit(subprocess.run(command, cwd=ROOT).returncode)
    try:
        sys.stdout.write(subset(LOCK.read_text(), PROJECT.read_text(), arguments.service))
    except KeyError as error:
        sys.exit(f"no such extra in pyproject.toml, or an old lock: {error}")


if __name__ == "__main__":
    main()
