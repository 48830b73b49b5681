"""What the local stack runs: each process with its command and its environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.local_stack.demo_ids import GATEWAY_STORE_CODE, GATEWAY_STORE_NAME, store_id
from tools.local_stack.ports import SERVICES, SERVICES_WITH_DATABASE, Ports
from tools.local_stack.servers import (
    ServerCommand,
    prepare_nats,
    prepare_postgres,
    prepare_valkey,
)
from tools.local_stack.state import ROOT, secret, write_private
from tools.local_stack.supervision import Process

# Set by the person to use servers of their own; never handed on to services as they are.
SERVER_SETTINGS = ("YIKA_DATABASE_URL", "YIKA_NATS_URL", "YIKA_REDIS_URL")


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """Which servers to run here, and where all three are."""

    processes: tuple[Process, ...]
    ports: tuple[tuple[str, int], ...]
    admin_url: str
    nats_url: str
    redis_url: str
    database_is_embedded: bool


def embedded_servers(environment: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Names of the servers that no setting replaces."""
    names = zip(("postgres", "nats", "valkey"), SERVER_SETTINGS, strict=True)
    return frozenset(name for name, setting in names if not environment.get(setting))


def plan_servers(state: Path, ports: Ports) -> ServerPlan:
    """Prepares the directories of the embedded servers and says how to run them."""
    embedded = embedded_servers()
    commands: list[ServerCommand] = []

    def url_of(name: str, setting: str) -> str:
        if name not in embedded:
            return os.environ[setting]
        prepare = {"postgres": prepare_postgres, "nats": prepare_nats, "valkey": prepare_valkey}
        command, url = prepare[name](state, ports[name])
        commands.append(command)
        return url

    admin_url, nats_url, redis_url = (
        url_of(name, setting)
        for name, setting in zip(("postgres", "nats", "valkey"), SERVER_SETTINGS, strict=True)
    )
    return ServerPlan(
        tuple(_server_process(command) for command in commands),
        tuple((command.name, command.port) for command in commands),
        admin_url,
        nats_url,
        redis_url,
        "postgres" in embedded,
    )


def _server_process(command: ServerCommand) -> Process:
    return Process(
        name=command.name,
        argv=command.argv,
        priority=10,
        user=command.user,
        # For PostgreSQL INT is the fast shutdown; TERM would wait for clients to leave.
        stop_signal="INT" if command.name == "postgres" else "TERM",
        stop_seconds=60,
    )


def database_urls(plan: ServerPlan, state: Path) -> dict[str, str]:
    """Service -> URL of its own database with its own role."""
    host_and_port = plan.admin_url.rsplit("@", 1)[-1].split("/")[0]
    urls = {}
    for service in SERVICES_WITH_DATABASE:
        name = f"yika_{service}"
        urls[service] = f"postgresql://{name}:{secret(state, name)}@{host_and_port}/{name}"
    return urls


def issuer_url(ports: Ports) -> str:
    """The name in which tokens are signed, and the address of the sign-in page."""
    return f"http://127.0.0.1:{ports['issuer']}"


def issuer_process(state: Path, ports: Ports) -> Process:
    """The development issuer, which signs people in."""
    portal = f"http://127.0.0.1:{ports['portal http']}"
    return Process(
        name="issuer",
        argv=[sys.executable, "-m", "tools.dev_issuer"],
        priority=20,
        directory=ROOT,
        environment={
            "YIKA_STATE_DIR": str(state),
            "YIKA_ISSUER_PORT": str(ports["issuer"]),
            "YIKA_ISSUER_URL": issuer_url(ports),
            "YIKA_ISSUER_REDIRECT_URIS": f"{portal}/sign-in/callback",
            "YIKA_ISSUER_SIGNED_OUT_URIS": f"{portal}/signed-out",
        },
    )


def service_processes(
    state: Path, ports: Ports, plan: ServerPlan, urls: Mapping[str, str]
) -> tuple[Process, ...]:
    """The seven services. The portal starts last and, as all of a group, stops with the rest."""
    return tuple(
        Process(
            name=service,
            argv=[sys.executable, "-m", f"services.{service}", "serve"],
            priority=30,
            directory=ROOT,
            environment={
                "YIKA_GRPC_PORT": str(ports.get(f"{service} grpc")),
                "YIKA_OPS_PORT": str(ports[f"{service} ops"]),
                "YIKA_HTTP_PORT": str(ports.get(f"{service} http")),
                "YIKA_DATABASE_URL": urls.get(service, ""),
                "YIKA_NATS_URL": plan.nats_url,
                "YIKA_REDIS_URL": plan.redis_url,
                "YIKA_JWKS": str(state / "jwks.json"),
                "YIKA_TOKEN_ISSUER": issuer_url(ports),
                "YIKA_TOKEN_FILE": str(state / "tokens" / service),
                **{
                    f"YIKA_{peer.upper()}_ADDRESS": f"127.0.0.1:{ports[f'{peer} grpc']}"
                    for peer in SERVICES_WITH_DATABASE
                },
                **_own_settings(service, state, ports),
            },
        )
        for service in SERVICES
    )


def coupon_key_file(state: Path) -> Path:
    """The key of this state directory's coupon codes, made once: codes live as long as it does."""
    path = state / "coupon-keys"
    if not path.exists():
        write_private(path, f"1:{secret(state, 'coupon-key')}\n")
    return path


def _own_settings(service: str, state: Path, ports: Ports) -> dict[str, str]:
    if service == "devices":
        return {
            "YIKA_STORE_ID": store_id(GATEWAY_STORE_CODE),
            "YIKA_STORE_NAME": GATEWAY_STORE_NAME,
            "YIKA_REGISTER_IDS": "01,02",
            "YIKA_DATA_DIR": str(state / "devices"),
        }
    if service == "points":
        # The replay hands in the sales of a year long past.
        return {
            "YIKA_COUPON_KEY_FILE": str(coupon_key_file(state)),
            "YIKA_LATE_DAYS_MAX": "36600",
        }
    if service == "portal":
        return {
            "YIKA_PUBLIC_URL": f"http://127.0.0.1:{ports['portal http']}",
            "YIKA_OIDC_ISSUER_URL": issuer_url(ports),
        }
    return {}
