"""pgbench: one transaction a sale, the same rows into the same tables."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench_ledger.books import Books, a_sale, store_id
from tools.bench_ledger.stand import Stand

_SCRIPTS = ("cash_sale.sql", "mixed_sale.sql")


def post_sales(stand: Stand, books: Books, seconds: int) -> int:
    """How many sales eight clients of pgbench post in so many whole seconds."""
    values = {
        "members": str(books.members),
        "sales": str(books.sales_each),
        "store": store_id(1),
        "document": a_sale().SerializeToString().hex(),
        "allocation": "0a" * 150,
        "receipt": "18" * 24,
        "hash": "5c" * 32,
    }
    arguments = [str(stand.pgbench), "-n", "-M", "prepared", "-c", "8", "-j", "2"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in _SCRIPTS:
            script = (Path(__file__).parent / name).read_text()
            for key, value in values.items():
                script = script.replace(f"@{key}@", value)
            file = Path(folder) / name
            file.write_text(script)
            arguments += ["-f", f"{file}@1"]
        done = subprocess.run(
            [*arguments, "-T", str(seconds), stand.database_url],
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(f"pgbench failed: {done.stderr[-1000:]}")
    rate = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return round(float(rate.split()[2]) * seconds)
