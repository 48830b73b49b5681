"""The chart and the services' settings agree on every variable, port and peer."""

import re

import pytest

from tests.chart.manifests import (
    SCENARIOS,
    SERVICES,
    component,
    of_kind,
    part_exists,
    settings_class,
)
from tools.chart import ROOT, render


class TestEnvironment:
    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_names_only_fields_of_the_settings(self, scenario: str) -> None:
        for manifest in render(SCENARIOS[scenario]):
            if manifest["kind"] not in {"Deployment", "Job"}:
                continue
            service = component(manifest).removesuffix("-migration")
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            names = {entry["name"] for entry in container["env"]}
            fields = {f"YIKA_{name.upper()}" for name in settings_class(service).model_fields}
            assert names <= fields, f"{service} has no settings {sorted(names - fields)}"

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_is_one_that_the_settings_accept(
        self, scenario: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sample = {
            "YIKA_DATABASE_URL": "postgresql://a:b@c/d",
            "YIKA_OUTBOX_POLL_SECONDS": "0.5",
            "YIKA_SESSION_SECRET": "0" * 64,
        }
        for manifest in render(SCENARIOS[scenario]):
            if manifest["kind"] not in {"Deployment", "Job"}:
                continue
            service = component(manifest).removesuffix("-migration")
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            with monkeypatch.context() as patch:
                for entry in container["env"]:
                    secret = sample.get(entry["name"], "from-a-secret")
                    patch.setenv(entry["name"], entry.get("value", secret))
                settings_class(service)()

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_reaches_every_peer_that_the_code_calls(self, scenario: str) -> None:
        for deployment in of_kind(render(SCENARIOS[scenario]), "Deployment"):
            service = component(deployment)
            (container,) = deployment["spec"]["template"]["spec"]["containers"]
            names = {entry["name"] for entry in container["env"]}
            wanted = {
                f"YIKA_{name.upper()}"
                for name in settings_class(service).model_fields
                if name.endswith("_address") and name.removesuffix("_address") in SERVICES
            }
            given = {name for name in names if re.fullmatch(r"YIKA_[A-Z]+_ADDRESS", name)}
            assert given == wanted

    def test_opens_the_ports_that_the_code_serves(self) -> None:
        for values in ({}, SCENARIOS["values-store.yaml"]):
            for deployment in of_kind(render(values), "Deployment"):
                service = component(deployment)
                folder = ROOT / "services" / service
                (container,) = deployment["spec"]["template"]["spec"]["containers"]
                names = {port["name"] for port in container["ports"]}
                assert ("grpc" in names) == part_exists(folder, "grpc_api")
                assert "http" not in names or part_exists(folder, "http_api")

    def test_holds_no_secret_in_the_clear(self) -> None:
        for manifest in render(SCENARIOS["everything on"]):
            if manifest["kind"] not in {"Deployment", "Job"}:
                continue
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            for entry in container["env"]:
                if entry["name"] in {"YIKA_DATABASE_URL", "YIKA_NATS_URL", "YIKA_REDIS_URL"}:
                    assert set(entry) == {"name", "valueFrom"}
