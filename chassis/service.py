"""The life of a service: `python -m services.<name> serve | migrate | redrive | settings`."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvloop
from pydantic import ValidationError
from starlette.types import ASGIApp

from chassis.auth import TokenVerifier
from chassis.database import Database
from chassis.errors import DomainError, Unavailable
from chassis.events import EventBus
from chassis.grpc_server import GrpcServer
from chassis.inbox import Consumer, Subscription
from chassis.logs import configure_logs, get_logger
from chassis.migrations import check_revision, migrate
from chassis.ops import HttpServer, ReadinessCheck, build_ops_app, failing_checks
from chassis.outbox import Relay
from chassis.settings import ServiceSettings
from chassis.tracing import configure_tracing

log = get_logger(__name__)

_READINESS_SECONDS = 2.0
_CANCEL_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service is made of; its bootstrap.py builds one. Absent parts stay empty."""

    servicers: Sequence[tuple[str, Callable[[Any, Any], None], Any]] = ()
    subscriptions: Sequence[Subscription] = ()
    http_app: ASGIApp | None = None
    # Loops that run as long as the service does; one that ends or fails ends the service.
    background: Sequence[Callable[[], Awaitable[None]]] = ()
    readiness: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    # Called in order after everything else has stopped, to close channels and files.
    closers: Sequence[Callable[[], Awaitable[None]]] = ()


Builder = Callable[[Any, Database | None], Awaitable[Parts]]


def main(name: str, settings_class: type[ServiceSettings], build: Builder) -> None:
    """Entry point of a service's __main__.py. `build(settings, database)` is its bootstrap."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run the service")
    commands.add_parser("migrate", help="bring the database to this code's revision")
    redrive = commands.add_parser("redrive", help="apply dead-lettered events again")
    redrive.add_argument("--id", help="only this dead letter")
    commands.add_parser("settings", help="list every setting with its meaning")
    arguments = parser.parse_args()
    if arguments.command == "settings":
        _print_settings(settings_class)
        return
    try:
        settings = settings_class()
    except ValidationError as error:
        problems = (
            f"  YIKA_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        )
        sys.exit("settings are not usable:\n" + "\n".join(problems))
    configure_logs(name, settings.log_level)
    configure_tracing(name, settings.otlp_endpoint)
    try:
        if arguments.command == "migrate":
            uvloop.run(_migrate(name, settings))
        elif arguments.command == "redrive":
            uvloop.run(_redrive(name, settings, build, arguments.id))
        else:
            uvloop.run(serve(name, settings, build))
    except (DomainError, OSError) as error:
        sys.exit(f"{name}: {error}")


def _print_settings(settings_class: type[ServiceSettings]) -> None:
    for field_name, info in settings_class.model_fields.items():
        default = "" if info.default is None else info.default
        sys.stdout.write(f"YIKA_{field_name.upper()}={default}\n    {info.description}\n")


@asynccontextmanager
async def _database_of(
    name: str, settings: ServiceSettings, **options: Any
) -> AsyncIterator[Database]:
    if not settings.database_url:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    pool_size = settings.database_pool_size
    database = Database(settings.database_url, service=name, pool_size=pool_size, **options)
    try:
        yield database
    finally:
        await database.dispose()


async def _migrate(name: str, settings: ServiceSettings) -> None:
    # A large table takes as long as it takes; only waiting for locks has a limit.
    async with _database_of(name, settings, command_timeout_seconds=None) as database:
        await migrate(name, database)


async def _redrive(
    name: str, settings: ServiceSettings, build: Builder, dead_letter_id: str | None
) -> None:
    async with _database_of(name, settings) as database:
        parts = await build(settings, database)
        bus = EventBus(settings.nats_url, service=name)
        consumer = Consumer(database, bus, service=name, subscriptions=parts.subscriptions)
        try:
            applied, failed = await consumer.redrive(dead_letter_id)
        finally:
            for close in parts.closers:
                await close()
    sys.stdout.write(f"{applied} applied, {failed} still dead\n")
    if failed:
        sys.exit(1)


def _calm_garbage_collection() -> None:
    """Leaves what the start made out of every later collection, and collects less often.

    A batch makes tens of thousands of small tuples, none of them in a circle: with the defaults
    a third of its time goes into looking for circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def serve(name: str, settings: ServiceSettings, build: Builder) -> None:
    """Runs a service until SIGTERM or SIGINT, then drains and closes everything in order."""
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    # Left in the reverse order: servers drain while the loops still run, databases go last.
    async with AsyncExitStack() as stack:
        database: Database | None = None
        if settings.database_url:
            database = await stack.enter_async_context(_database_of(name, settings))
        parts = await build(settings, database)
        _calm_garbage_collection()
        for close in reversed(parts.closers):
            stack.push_async_callback(close)
        checks = dict(parts.readiness)
        loops = list(parts.background)
        if database is not None:
            schema = SchemaCheck(name, database)
            checks = {"database": database.ping, "schema": schema, **checks}
            bus = EventBus(settings.nats_url, service=name, replicas=settings.stream_replicas)
            stack.push_async_callback(bus.close)
            relay = Relay(database, bus, service=name, poll_seconds=settings.outbox_poll_seconds)
            loops.append(relay.run)
            if parts.subscriptions:
                subscriptions = parts.subscriptions
                loops.append(Consumer(database, bus, service=name, subscriptions=subscriptions).run)
            loops = [_after(schema, loop) for loop in loops]
        tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(loop()) for loop in loops]
        stack.push_async_callback(_cancel, tasks)
        tasks += await _start_servers(stack, settings, parts, checks)
        log.info("serving", grpc=settings.grpc_port, http=settings.http_port)
        stack.callback(log.info, "stopping")
        waiting: asyncio.Future[Any] = asyncio.ensure_future(stopping.wait())
        done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiting}:
            task.result()  # raises what ended a loop; a loop that just ended is a defect as well
            raise RuntimeError("a background loop ended")
    log.info("stopped")


async def _start_servers(
    stack: AsyncExitStack,
    settings: ServiceSettings,
    parts: Parts,
    checks: Mapping[str, ReadinessCheck],
) -> list["asyncio.Future[Any]"]:
    """Opens every port the settings name; returns the loops that belong to the servers."""
    for app, port in (
        (build_ops_app(checks), settings.ops_port),
        (parts.http_app, settings.http_port),
    ):
        if app is not None and port:
            http_server = HttpServer(app, settings.listen_host, port)
            await http_server.start()
            stack.push_async_callback(http_server.stop)
    if not (parts.servicers and settings.grpc_port):
        return []
    server = GrpcServer(
        address=f"{settings.listen_host}:{settings.grpc_port}",
        verifier=TokenVerifier(settings.jwks, settings.token_issuer, settings.token_audience),
        timeout_seconds=settings.rpc_timeout_seconds,
        servicers=parts.servicers,
    )
    await server.start()
    health = asyncio.ensure_future(_report_health(server, checks))
    stack.push_async_callback(_cancel, [health])
    stack.push_async_callback(server.stop, settings.shutdown_grace_seconds)
    return [health]


async def _cancel(tasks: Sequence["asyncio.Future[Any]"]) -> None:
    """Ends tasks. One that loses its cancellation (`inbox._is_cancelled`) is told again."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_CANCEL_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


class SchemaCheck:
    """Readiness: the database is at this code's revision; asked again until it once was."""

    def __init__(self, name: str, database: Database) -> None:
        self._name = name
        self._database = database
        self._matched = False

    async def __call__(self) -> None:
        if not self._matched:
            await check_revision(self._name, self._database)
            self._matched = True


def _after(
    check: ReadinessCheck, loop: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """Delays a loop until a check passes, so that it never meets a foreign schema."""

    async def run() -> None:
        while True:
            try:
                await check()
                break
            except DomainError as error:
                log.warning("waiting", error=str(error))
                await asyncio.sleep(_READINESS_SECONDS)
        await loop()

    return run


async def _report_health(server: GrpcServer, checks: Mapping[str, ReadinessCheck]) -> None:
    """Keeps gRPC health in step with readiness."""
    was_ready: bool | None = None
    while True:
        failures = await failing_checks(checks)
        if (not failures) != was_ready:
            was_ready = not failures
            log.info("readiness", ready=was_ready, failures=failures)
            await server.set_serving(was_ready)
        await asyncio.sleep(_READINESS_SECONDS)
