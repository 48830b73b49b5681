"""Pages stay short: 300 lines a file, 60 a function, and a chassis within ADR 0020."""

import ast
import io
import tokenize
from pathlib import Path

from tests.architecture.sources import ROOT, python_files, syntax_tree

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
CHASSIS_CODE_LINES_MAX = 1_900

EVERYTHING = ("chassis", "pricing", "services", "tools", "tests")

# Path -> why it may be longer. An entry that is no longer needed fails as well.
LONG_FILES: dict[str, str] = {}
# "path::function" -> why it may be longer.
LONG_FUNCTIONS: dict[str, str] = {}


def code_lines(path: Path) -> int:
    """Lines that hold code: no blank line, no comment, no docstring."""
    tree = syntax_tree(path)
    docstrings: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docstrings |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    meaningless = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
        tokenize.ENCODING,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type not in meaningless:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


class TestFileSizes:
    def test_no_file_is_longer_than_the_limit_without_a_reason(self) -> None:
        found = {
            str(path.relative_to(ROOT)): len(path.read_text().splitlines())
            for path in python_files(*EVERYTHING)
        }
        long = {path: lines for path, lines in found.items() if lines > FILE_LINES_MAX}
        assert {path: lines for path, lines in long.items() if path not in LONG_FILES} == {}
        assert set(LONG_FILES) <= set(long), "an exception that nothing needs any more"

    def test_no_function_is_longer_than_the_limit_without_a_reason(self) -> None:
        long = {}
        for path in python_files(*EVERYTHING):
            for node in ast.walk(syntax_tree(path)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    if lines > FUNCTION_LINES_MAX:
                        long[f"{path.relative_to(ROOT)}::{node.name}"] = lines
        assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
        assert set(LONG_FUNCTIONS) <= set(long), "an exception that nothing needs any more"

    def test_the_chassis_stays_small(self) -> None:
        lines = {path.name: code_lines(path) for path in python_files("chassis")}
        assert sum(lines.values()) <= CHASSIS_CODE_LINES_MAX, lines


class TestCodeLines:
    def test_counts_neither_blanks_nor_comments_nor_docstrings(self, tmp_path: Path) -> None:
        source = tmp_path / "source.py"
        source.write_text(
            '"""What it is.\n\nMore."""\n\n# why\nNAME = """two\nlines"""  # trailing\n\n\n'
            'def double(value: int) -> int:\n    """Doubles."""\n    return 2 * value\n'
        )
        assert code_lines(source) == 4
