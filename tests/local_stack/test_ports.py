"""tools/local_stack/ports.py: one base moves every port."""

import socket
from pathlib import Path

import pytest

from tools.local_stack.launch import starting_stack
from tools.local_stack.ports import SERVICES, Ports, free_ports
from tools.local_stack.state import StackError


class TestPorts:
    def test_gives_each_part_its_own(self) -> None:
        ports = Ports(7100)
        names = [f"{service} ops" for service in SERVICES]
        names += [f"{service} grpc" for service in SERVICES if ports.get(f"{service} grpc")]
        names += ["portal http", "devices http", "postgres", "nats", "valkey", "issuer"]
        assert len({ports[name] for name in names}) == len(names)
        assert ports["portal http"] == 7100
        assert ports.get("portal grpc") == 0

    @pytest.mark.parametrize("base", [0, 80, 65_530, 70_000])
    def test_refuses_a_base_outside_the_range(self, base: int) -> None:
        with pytest.raises(ValueError, match="YIKA_PORT_BASE"):
            Ports(base)

    def test_finds_what_listens(self) -> None:
        ports = free_ports()
        with socket.create_server(("127.0.0.1", ports["nats"])):
            assert ports.busy() == {"nats": ports["nats"]}
            assert ports.busy(without=frozenset({"nats"})) == {}
        assert ports.busy() == {}


class TestBusyPort:
    def test_is_one_line_that_names_the_setting(self, stack_state: Path) -> None:
        ports = free_ports()
        with (
            socket.create_server(("127.0.0.1", ports["points grpc"])),
            pytest.raises(StackError) as refused,
            starting_stack(stack_state, ports.base),
        ):
            pass
        assert str(ports["points grpc"]) in str(refused.value)
        assert "points grpc" in str(refused.value)
        assert "YIKA_PORT_BASE=" in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_does_not_ask_for_the_port_of_a_server_elsewhere(
        self, stack_state: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("YIKA_NATS_URL", "nats://127.0.0.1:1")
        ports = free_ports()
        with (
            socket.create_server(("127.0.0.1", ports["nats"])),
            starting_stack(stack_state, ports.base),
        ):
            pass
