"""tools/local_stack/processes.py: which servers run here and what each service is told."""

from pathlib import Path

import pytest

from tools.local_stack.ports import SERVICES, SERVICES_WITH_DATABASE, Ports
from tools.local_stack.processes import (
    SERVER_SETTINGS,
    database_urls,
    embedded_servers,
    plan_servers,
    service_processes,
)
from tools.local_stack.state import create_state

_URLS = {
    "YIKA_DATABASE_URL": "postgresql://admin:secret@db.example:5433/postgres",
    "YIKA_NATS_URL": "nats://nats.example:4222",
    "YIKA_REDIS_URL": "redis://valkey.example:6379/0",
}


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of a person who brings three servers."""
    for name, url in _URLS.items():
        monkeypatch.setenv(name, url)


class TestEmbeddedServers:
    def test_are_all_three_by_default(self) -> None:
        assert embedded_servers({}) == {"postgres", "nats", "valkey"}

    def test_lack_those_that_a_setting_replaces(self) -> None:
        assert embedded_servers({"YIKA_NATS_URL": "nats://x"}) == {"postgres", "valkey"}
        assert embedded_servers(_URLS) == frozenset()


@pytest.mark.usefixtures("elsewhere")
class TestServersElsewhere:
    def test_are_used_and_none_runs_here(self, stack_state: Path) -> None:
        create_state(stack_state)
        plan = plan_servers(stack_state, Ports(7100))
        assert plan.processes == ()
        assert not plan.database_is_embedded
        assert (plan.admin_url, plan.nats_url, plan.redis_url) == tuple(_URLS.values())
        assert not (stack_state / "postgres").exists()

    def test_hold_one_database_and_role_per_service(self, stack_state: Path) -> None:
        create_state(stack_state)
        urls = database_urls(plan_servers(stack_state, Ports(7100)), stack_state)
        assert urls.keys() == set(SERVICES_WITH_DATABASE)
        for service, url in urls.items():
            assert url.startswith(f"postgresql://yika_{service}:")
            assert url.endswith(f"@db.example:5433/yika_{service}")
        assert len({url.split("@")[0].split(":")[-1] for url in urls.values()}) == len(urls)


@pytest.mark.usefixtures("elsewhere")
class TestServiceProcesses:
    def test_tell_each_service_its_own_database_alone(self, stack_state: Path) -> None:
        create_state(stack_state)
        plan = plan_servers(stack_state, Ports(7100))
        urls = database_urls(plan, stack_state)
        processes = {
            process.name: process
            for process in service_processes(stack_state, Ports(7100), plan, urls)
        }
        assert processes.keys() == set(SERVICES)
        for name, process in processes.items():
            told = process.environment
            assert told["YIKA_DATABASE_URL"] == urls.get(name, "")
            assert told["YIKA_NATS_URL"] == _URLS["YIKA_NATS_URL"]
            assert "secret" not in "".join(told.values())
        ports = [p.environment["YIKA_OPS_PORT"] for p in processes.values()]
        assert len(set(ports)) == len(SERVICES)

    def test_name_every_server_setting(self) -> None:
        assert set(SERVER_SETTINGS) == _URLS.keys()
