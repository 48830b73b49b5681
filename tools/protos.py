"""Generates protos/gen from protos/yika with grpcio-tools; --check fails when they differ."""

import argparse
import filecmp
import importlib.resources
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "protos"
GENERATED = SOURCES / "gen"


def generate(target: Path) -> None:
    """Writes the generated modules and their stubs below `target`."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    includes = [
        f"-I{SOURCES}",
        f"-I{importlib.resources.files('grpc_tools') / '_proto'}",
        f"-I{sysconfig.get_path('purelib')}",  # google/type/*.proto of googleapis-common-protos
    ]
    protos = sorted(str(path) for path in (SOURCES / "yika").rglob("*.proto"))
    # The gRPC plugin writes an empty stub for a file without services, so it gets only services.
    services = [path for path in protos if path.endswith("_service.proto")]
    for arguments in (
        [f"--python_out={target}", f"--pyi_out={target}", *protos],
        [f"--grpc_python_out={target}", *services],
    ):
        if protoc.main(["protoc", *includes, *arguments]) != 0:
            sys.exit("protoc failed; its message stands above")


def differences(left: Path, right: Path) -> list[str]:
    """Names the files that differ between two trees or stand in only one of them."""
    names = {
        str(path.relative_to(root))
        for root in (left, right)
        for path in root.rglob("*.py*")
        if path.suffix in {".py", ".pyi"}
    }
    return sorted(
        name
        for name in names
        if not (left / name).is_file()
        or not (right / name).is_file()
        or not filecmp.cmp(left / name, right / name, shallow=False)
    )


def main() -> None:
    """Entry point of `make protos` and `make protos-check`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    if not parser.parse_args().check:
        generate(GENERATED)
        return
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "gen"
        generate(fresh)
        changed = differences(fresh, GENERATED)
    if changed:
        sys.exit(
            "protos/gen is not what protos/yika gives; run make protos:\n" + "\n".join(changed)
        )


if __name__ == "__main__":
    main()
