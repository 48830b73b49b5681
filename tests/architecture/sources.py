"""How the architecture tests read the project's own source: files, imports, functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py"))


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, at its place."""

    path: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def python_files(*folders: str) -> list[Path]:
    """The handwritten Python files of these folders or files, in order."""
    found: list[Path] = []
    for folder in folders:
        start = ROOT / folder
        found += [start] if start.is_file() else sorted(start.rglob("*.py"))
    return [path for path in found if "node_modules" not in path.parts]


@cache
def syntax_tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(), filename=str(path))


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file, those inside functions included.

    `from a import b` counts as `a.b`, for b may be a module.
    """
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            parent = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(path, node.lineno, f"{parent}.{alias.name}")


def within(module: str, *packages: str) -> bool:
    """True when a module is one of the packages or inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def part_of_service(path: Path, *parts: str) -> bool:
    """True for services/<name>/<part>.py and everything below services/<name>/<part>/."""
    places = path.relative_to(ROOT).parts
    return len(places) > 2 and places[0] == "services" and places[2].removesuffix(".py") in parts


def here(path: Path, node: ast.AST) -> str:
    """The place of a node, for the message of a failing test."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
