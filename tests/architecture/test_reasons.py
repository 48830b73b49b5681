"""Every reason that the ledger refuses with stands in docs/reasons.md, and no other does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grpc

from chassis.errors import DomainError
from tests.architecture.sources import ROOT, here, python_files, syntax_tree

PAGE = ROOT / "docs" / "reasons.md"
# At least two words: one alone says too little.
REASON = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+").fullmatch
# Texts that look like reasons. An entry that is no longer needed fails as well.
NO_REASONS = {"NOT_SERVING": "what gRPC's health checks call it"}
REFUSALS = {error.__name__: error.kind for error in DomainError.__subclasses__()}
CODES = {code.value[0]: code.name for code in grpc.StatusCode}


def listed() -> dict[str, set[str]]:
    """Reason -> gRPC codes, as the page has them; fails for a reason that stands there twice."""
    rows = re.findall(r"^\| `(\w+)` \| ([A-Z_]+(?:, [A-Z_]+)*) \|", PAGE.read_text(), re.MULTILINE)
    found = {reason: set(codes.split(", ")) for reason, codes in rows}
    assert len(found) == len(rows), "a reason stands on the page twice"
    return found


def sources() -> list[Path]:
    """The code that refuses what is asked of the ledger."""
    return [
        path
        for path in python_files("services/points", "chassis")
        if "migrations" not in path.parts
    ]


def texts(path: Path) -> Iterator[tuple[ast.Constant, str]]:
    """Every text of a file, with where it stands."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def refusals(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every refusal that a file makes, by the name of its class."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSALS and node.args:
            yield ast.unparse(node.func), node


class TestReasons:
    def test_stand_on_the_page_and_no_others_do(self) -> None:
        given = {text for path in sources() for _, text in texts(path) if REASON(text)}
        assert given.issuperset(NO_REASONS), "an exception that nothing needs any more"
        assert given - set(NO_REASONS) - set(listed()) == set(), "not on the page"
        assert set(listed()) - given == set(), "given by nothing any more"

    def test_have_the_codes_that_the_page_says(self) -> None:
        page = listed()
        assert {code for codes in page.values() for code in codes} <= set(CODES.values())
        wrong = []
        for path in sources():
            for name, call in refusals(path):
                reason = call.args[0]
                if isinstance(reason, ast.Constant) and reason.value in page:
                    code = CODES[REFUSALS[name].grpc_code]
                    if code not in page[reason.value]:
                        wrong.append(f"{here(path, call)}: {reason.value} is {code}")
        assert wrong == []

    def test_are_written_out_where_they_are_given(self) -> None:
        unclear = []
        for path in sources():
            for _, call in refusals(path):
                reason = call.args[0]
                is_reason = isinstance(reason, ast.Constant) and REASON(str(reason.value))
                if isinstance(reason, (ast.Constant, ast.JoinedStr, ast.BinOp)) and not is_reason:
                    unclear.append(f"{here(path, call)}: {ast.unparse(reason)}")
        assert unclear == [], "nobody finds a reason that is put together, or is one word"
