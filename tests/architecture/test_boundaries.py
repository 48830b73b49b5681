"""Who may import whom, who commits, where SQL stands, and who may swallow an exception."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import (
    ROOT,
    SERVICES,
    here,
    imports_of,
    part_of_service,
    python_files,
    syntax_tree,
    within,
)

CODE = ("chassis", "pricing", "services")
OURS = ("chassis", "pricing", "services", "tools", "tests", "yika")

# Of the standard library, what reaches outside the process or depends on the moment.
IMPURE = (
    "asyncio",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
)
CLOCKS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "open"}

DATABASE_DRIVERS = ("sqlalchemy", "asyncpg", "sqlite3", "aiosqlite", "alembic", "psycopg")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO\s+\w+|UPDATE\s+\w+\s+SET|DELETE\s+FROM\s+\w+"
    r"|CREATE\s+TABLE|PRAGMA\s+\w+)\b",
    re.DOTALL,
)

# What a call over the network looks like: an RPC is the only method in CamelCase.
NETWORK = re.compile(r"\.[A-Z][a-zA-Z]+\(|_?(stub|client|channel|httpx|jetstream)\.|\bsleep\(")

# Where `except Exception` may keep what it caught, and why. Others must end in `raise`.
KEEPS_EXCEPTIONS = {
    "chassis/inbox.py": "a poisonous event must reach the dead letters, whatever it raises",
    "chassis/ops.py": "a readiness check that breaks is a reason not to be ready, and no end",
    "chassis/outbox.py": "tells a lost database, which is waited for, from a defect, which rises",
    "services/devices/gateway.py": "a till goes on selling whatever breaks the way to headquarters",
    "services/messaging/sender.py": "a message that breaks a provider must not stop the others",
    "services/points/coupon_issuer.py": "the door lives on when a batch of codes breaks",
    "services/points/halves.py": "each caller of a batch gets what it raised; the others go on",
    "services/points/gauges.py": "a figure to look at must not end the ledger",
    "services/points/jobs.py": "the door lives on when a job breaks; its age alerts",
    "services/points/programmes.py": "rules that nobody can read yet must not stop the tills",
}

# Retail has no place in the chassis. Member and store are allowed: the lane of an event and the
# scope of a token are named after them (ADR 0002, ADR 0005).
RETAIL = re.compile(
    r"(^|_)(sale|point|product|price|pricing|basket|coupon|receipt|wallet|till|stock|tier)s?(_|$)"
)


def pure_files() -> list[Path]:
    """domain/ of every service, and pricing."""
    return [
        path
        for path in python_files("pricing", "services")
        if path.is_relative_to(ROOT / "pricing") or part_of_service(path, "domain")
    ]


class TestServices:
    @pytest.mark.parametrize("service", SERVICES)
    def test_import_chassis_pricing_protos_and_themselves_only(self, service: str) -> None:
        allowed = ("chassis", "pricing", "yika", f"services.{service}")
        assert [
            str(found)
            for path in python_files(f"services/{service}")
            for found in imports_of(path)
            if within(found.module, *OURS) and not within(found.module, *allowed)
        ] == []

    @pytest.mark.parametrize("service", SERVICES)
    def test_have_the_parts_of_the_layout_and_no_others_of_the_same_meaning(
        self, service: str
    ) -> None:
        names = {path.stem for path in (ROOT / "services" / service).iterdir()}
        assert {"__main__", "settings", "bootstrap", "README"} <= names
        assert not names & {"models", "schemas", "routes", "views", "api", "db", "repository"}


class TestDomain:
    def test_imports_the_standard_library_itself_pricing_and_the_errors_only(self) -> None:
        wrong = []
        for path in pure_files():
            places = path.relative_to(ROOT).parts
            own = "pricing" if places[0] == "pricing" else f"services.{places[1]}.domain"
            for found in imports_of(path):
                standard = found.module.split(".")[0] in sys.stdlib_module_names
                if within(found.module, own):
                    continue
                if own != "pricing" and within(found.module, "chassis.errors", "pricing"):
                    continue
                if not standard or within(found.module, *IMPURE):
                    wrong.append(str(found))
        assert wrong == []

    def test_asks_no_clock_and_makes_no_random_ids(self) -> None:
        wrong = []
        for path in pure_files():
            for node in ast.walk(syntax_tree(path)):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in CLOCKS:
                        wrong.append(f"{here(path, node)} calls {name}")
        assert wrong == []

    def test_computes_without_floats(self) -> None:
        wrong = []
        for path in pure_files():
            checks = [
                inner
                for node in ast.walk(syntax_tree(path))
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"
                for inner in ast.walk(node)
            ]
            for node in ast.walk(syntax_tree(path)):
                if node in checks:
                    continue  # `isinstance(amount, float)` is how a float is refused
                literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
                name = isinstance(node, ast.Name) and node.id == "float"
                # A quotient of integers is a float; // is not.
                quotient = isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(
                    node.op, ast.Div
                )
                if literal or name or quotient:
                    wrong.append(here(path, node))
        assert wrong == []

    def test_finds_its_files(self) -> None:
        assert len(pure_files()) >= len(SERVICES)

    def test_may_import_the_errors_because_they_import_nothing_else(self) -> None:
        assert [
            str(found)
            for found in imports_of(ROOT / "chassis" / "errors.py")
            if found.module.split(".")[0] not in sys.stdlib_module_names
        ] == []


class TestChassis:
    def test_imports_no_service_and_no_product_proto(self) -> None:
        assert [
            str(found)
            for path in python_files("chassis")
            for found in imports_of(path)
            if within(found.module, *OURS) and not within(found.module, "chassis", "yika.auth")
        ] == []

    def test_names_nothing_of_retail(self) -> None:
        wrong = []
        for path in python_files("chassis"):
            for node in ast.walk(syntax_tree(path)):
                name = getattr(node, "name", None) or getattr(node, "id", None)
                name = name or getattr(node, "attr", None) or getattr(node, "arg", None)
                if isinstance(name, str) and RETAIL.search(name.lower()):
                    wrong.append(f"{here(path, node)} names {name}")
        assert wrong == []


class TestTransactions:
    def test_are_committed_by_the_unit_of_work_alone(self) -> None:
        assert [
            here(path, node)
            for path in python_files(*CODE)
            if path != ROOT / "chassis" / "database.py"
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
        ] == []

    def test_hold_no_call_over_the_network(self) -> None:
        wrong = []
        for path in python_files("services"):
            for block in ast.walk(syntax_tree(path)):
                if not isinstance(block, ast.AsyncWith) or not any(
                    ast.unparse(item.context_expr).endswith(".transaction()")
                    for item in block.items
                ):
                    continue
                for node in (inner for statement in block.body for inner in ast.walk(statement)):
                    if isinstance(node, ast.Await) and NETWORK.search(ast.unparse(node.value)):
                        wrong.append(f"{here(path, node)} awaits {ast.unparse(node.value)[:60]}")
        assert wrong == []


class TestSql:
    def test_drivers_are_imported_in_storage_and_migrations_only(self) -> None:
        assert [
            str(found)
            for path in python_files("pricing", "services")
            if not part_of_service(path, "storage", "migrations")
            for found in imports_of(path)
            if within(found.module, *DATABASE_DRIVERS)
            and not only_hands_a_connection_on(path, found.module)
        ] == []

    def test_statements_stand_in_storage_and_migrations_only(self) -> None:
        assert [
            here(path, node)
            for path in python_files("pricing", "services")
            if not part_of_service(path, "storage", "migrations")
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL.search(node.value)
        ] == []


class TestExceptions:
    def test_are_kept_wholesale_only_where_the_reason_is_written(self) -> None:
        found = {
            str(path.relative_to(ROOT))
            for path in python_files(*CODE)
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ExceptHandler)
            and catches_everything(node)
            and not isinstance(node.body[-1], ast.Raise)
        }
        assert found == set(KEEPS_EXCEPTIONS)


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """True for a bare except, and for one of Exception or BaseException."""
    if handler.type is None:
        return True
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(name) in {"Exception", "BaseException"} for name in named)


def only_hands_a_connection_on(path: Path, module: str) -> bool:
    """True when a file needs a driver for nothing but the type of a connection."""
    if module == "sqlalchemy.ext.asyncio.AsyncConnection":
        return True
    if module != "sqlite3":
        return False
    used = {
        node.attr
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "sqlite3"
    }
    return used == {"Connection"}
