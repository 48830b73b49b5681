"""`make setup`: the virtual environment from requirements.lock. Needs nothing but Python itself.

Does nothing when the lock is what was installed before.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
DEBIAN_PACKAGES = ROOT / "packages.debian.txt"
# Left out where the Debian packages are missing; nothing else in the lock needs a compiler.
COMPILED = "pyscard"
WHAT_STAYS_OFF = "card readers (PC/SC) of the store gateway stay switched off"


def blocks_of(lock: str) -> dict[str, str]:
    """Package name -> its lines in a lock: the pin, its hashes, its `# via` comments."""
    blocks: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if line[:1].isalnum():
            name = line.split("==")[0].split("[")[0]
        if name:
            blocks[name] = blocks.get(name, "") + line
    return blocks


def without(lock: str, package: str) -> str:
    """The lock without one package."""
    return "".join(text for name, text in blocks_of(lock).items() if name != package)


def debian_packages(listing: str) -> list[str]:
    """Names in a package list; # starts a comment."""
    names = (line.split("#")[0].strip() for line in listing.splitlines())
    return [name for name in names if name]


def missing_packages(names: Sequence[str]) -> list[str]:
    """Those that dpkg does not know as installed; all of them where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return list(names)
    missing = []
    for name in names:
        query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
        answer = subprocess.run(query, capture_output=True, text=True)
        if answer.stdout != "installed":
            missing.append(name)
    return missing


def administrator() -> list[str] | None:
    """What to put before a command that needs root; None when we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n"] if allowed else None


def install_packages(names: Sequence[str]) -> bool:
    """Installs Debian packages when we may; False when it did not come about."""
    prefix = administrator()
    if prefix is None or shutil.which("apt-get") is None:
        return False
    say(f"installing Debian packages: {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "--yes", "--no-install-recommends", *names]
    for command in (install, [*prefix, "apt-get", "update"], install):
        done = subprocess.run(command, capture_output=True, env=environment)
        if command is install and done.returncode == 0:
            return True
    return False


def create_environment() -> None:
    """Makes .venv with pip in it; exits with one line when this Python cannot."""
    if (ENVIRONMENT / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None and not install_packages(["python3-venv"]):
        sys.exit("setup: this Python cannot make virtual environments: apt install python3-venv")
    say("making .venv")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], capture_output=True, text=True
    )
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip().splitlines() or ["it said nothing"]
        sys.exit(f"setup: the virtual environment could not be made: {words[-1]}")


def pip_install(lock: str) -> bool:
    """Installs exactly what the lock names; shows how far it is."""
    wanted = ENVIRONMENT / "wanted.lock"
    wanted.write_text(lock)
    total = len(blocks_of(lock))
    say(f"installing {total} packages from requirements.lock; a few minutes the first time")
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--require-hashes"]
    command += ["--no-deps", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--requirement", str(wanted)]
    seen = 0
    last_lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            last_lines = [*last_lines[-14:], line]
            if line.startswith(("Collecting ", "Requirement already")):
                seen += 1
                show(f"{seen}/{total}")
                if not sys.stdout.isatty() and seen % 25 == 0:
                    say(f"{seen}/{total}")
            elif line.startswith("Installing collected"):
                show("unpacking")
    show("")
    if pip.returncode != 0:
        sys.stdout.writelines(last_lines)
    return pip.returncode == 0


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"setup: {text}", flush=True)


def show(text: str) -> None:
    """A line that the next one overwrites; nothing where nobody watches."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{f'setup: {text}' if text else ''}", end="", flush=True)


def write_import_roots() -> None:
    """Makes the checkout and protos/gen importable from any directory."""
    roots = f"{ROOT}\n{ROOT / 'protos' / 'gen'}\n"
    for site_packages in ENVIRONMENT.glob("lib/python3*/site-packages"):
        path = site_packages / "yika.pth"
        if not path.exists() or path.read_text() != roots:
            path.write_text(roots)


def install(lock: str, installed_digest: str) -> str:
    """Brings the environment to the lock, or to what of it can be had here; returns its digest."""
    reduced = without(lock, COMPILED)
    missing = missing_packages(debian_packages(DEBIAN_PACKAGES.read_text()))
    if missing and installed_digest == digest(reduced):
        return installed_digest
    if not missing and installed_digest == digest(lock):
        return installed_digest
    if not missing or install_packages(missing):
        if pip_install(lock):
            return digest(lock)
        say(f"{COMPILED} may not compile here; trying without it")
        missing = missing or [COMPILED]
    say(f"{WHAT_STAYS_OFF}; to have them: apt install {' '.join(missing)}, then make setup")
    if not pip_install(reduced):
        sys.exit("setup: the packages could not be installed; pip's last lines stand above")
    return digest(reduced)


def digest(text: str) -> str:
    """What the stamp holds of a lock."""
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Entry point."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever calls it may have an older one
        sys.exit(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    create_environment()
    stamp = ENVIRONMENT / "installed.sha256"
    before = stamp.read_text() if stamp.exists() else ""
    after = install(LOCK.read_text(), before)
    write_import_roots()
    if after != before:
        stamp.write_text(after)
        say("done")


if __name__ == "__main__":
    main()
