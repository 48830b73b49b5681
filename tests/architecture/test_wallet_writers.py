"""Who changes a wallet or a lot: unlocked posting (ADR 0018) trusts that all of them count it."""

import re

from tests.architecture.sources import ROOT, python_files

_WRITES = re.compile(
    r"(UPDATE|INSERT INTO|DELETE FROM) (wallets|lots)\b|\b(update|insert|delete)\((wallets|lots)\)"
)
_STORAGE = "services/points/storage/"
# A bill counts by itself; the others are reached through lock_wallets alone.
WRITERS = {
    f"{_STORAGE}{name}"
    for name in ("bill_writer.py", "holds.py", "locked_books.py", "wallets/wallet_changes.py")
}
# lock_wallets_on counts nothing: it is for bills.
LOCKS_FOR_BILLS = {f"{_STORAGE}locked_books.py", "services/points/usecases/load_books.py"}


def files_with(pattern: re.Pattern[str]) -> set[str]:
    """Files of the service, migrations aside, in which a pattern stands."""
    return {
        str(path.relative_to(ROOT))
        for path in python_files("services/points")
        if "migrations" not in path.parts and pattern.search(path.read_text())
    }


class TestWalletWriters:
    def test_nobody_else_writes_wallets_or_lots(self) -> None:
        assert files_with(_WRITES) == WRITERS

    def test_only_bills_lock_wallets_without_counting(self) -> None:
        assert files_with(re.compile(r"\block_wallets_on\b")) == LOCKS_FOR_BILLS
