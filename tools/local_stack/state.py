"""The state directory: where it is, who holds it, and the secrets in it.

Everything the local stack writes is below it. Its secrets are readable by the owner alone.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FREE_BYTES_MIN = 1_000_000_000
_FALLBACK_PARENT = Path("/var/lib")


class StackError(Exception):
    """What keeps the stack from running, in one line for the person who started it."""


def others_may_enter(path: Path) -> bool:
    """True when any system user may enter every existing folder down to `path`."""
    folders = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & 0o001 for folder in folders)


def choose_state(checkout: Path = ROOT) -> Path:
    """YIKA_STATE_DIR, or else .yika in the checkout.

    PostgreSQL refuses to run as root and gets a system user of its own. Where that user cannot
    enter the checkout (a clone below a closed home directory), the state goes to /var/lib instead
    of opening the folders of their owner.
    """
    if chosen := os.environ.get("YIKA_STATE_DIR"):
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0 and not others_may_enter(checkout):
        return _FALLBACK_PARENT / f"yika-{hashlib.sha256(str(checkout).encode()).hexdigest()[:8]}"
    return checkout / ".yika"


def create_state(state: Path) -> None:
    """Makes the directory; StackError when it cannot serve."""
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        (state / "logs").mkdir(exist_ok=True)
        (state / "tokens").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full(state.parent) from None
        raise StackError(
            f"the state cannot be kept in {state} ({error.strerror}: {error.filename}); "
            "set YIKA_STATE_DIR to a directory of yours"
        ) from None
    if not os.access(state, os.W_OK):
        raise StackError(f"{state} cannot be written; set YIKA_STATE_DIR to a directory of yours")
    if os.geteuid() == 0 and not others_may_enter(state):
        raise StackError(
            f"PostgreSQL runs as a system user that cannot enter {state}; "
            "set YIKA_STATE_DIR to a directory it can reach"
        )
    free = shutil.disk_usage(state).free
    if free < FREE_BYTES_MIN:
        raise disk_full(state)


def disk_full(state: Path) -> StackError:
    """The one line for a disk without room."""
    free = shutil.disk_usage(state).free // 1_000_000
    return StackError(
        f"the disk of {state} is full: {free} MB free, {FREE_BYTES_MIN // 1_000_000} MB needed; "
        "make room, or set YIKA_STATE_DIR to a directory on another disk"
    )


@contextlib.contextmanager
def holding_lock(state: Path) -> Iterator[None]:
    """Holds the state directory for one stack; StackError when another one runs in it.

    The lock is the kernel's, so it ends with its process however that dies.
    """
    with (state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = read_json(state / "stack.json").get("launcher_pid", "another process")
            raise StackError(
                f"the stack already runs here (pid {running}, state {state}); "
                "stop it with make stop, or set YIKA_STATE_DIR and YIKA_PORT_BASE for a second one"
            ) from None
        yield


def is_locked(state: Path) -> bool:
    """True while a stack runs in the directory."""
    try:
        with (state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file; empty when it is not there."""
    try:
        content: dict[str, Any] = json.loads(path.read_text())
        return content
    except (FileNotFoundError, ValueError):
        return {}


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step, readable by its owner alone."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    scratch.replace(path)


def secret(state: Path, name: str) -> str:
    """A random password of this state directory, made at the first call."""
    path = state / "secrets.json"
    known = read_json(path)
    if name not in known:
        known[name] = secrets.token_urlsafe(24)
        write_private(path, json.dumps(known, indent=2))
    return str(known[name])
