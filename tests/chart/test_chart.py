"""The Helm chart: it renders, every object is valid, and it agrees with the services' code."""

import importlib
import re
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

from chassis.settings import ServiceSettings
from tools.chart import (
    CHART,
    ROOT,
    Manifest,
    lint_problems,
    manifest_problems,
    render,
    scenarios,
)

SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py"))
SCENARIOS = scenarios()


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    """The objects of one kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def pod_specs(manifests: list[Manifest]) -> list[dict[str, Any]]:
    """The pod of every object that makes one."""
    return [
        manifest["spec"] if manifest["kind"] == "Pod" else manifest["spec"]["template"]["spec"]
        for manifest in manifests
        if manifest["kind"] in {"Deployment", "Job", "Pod"}
    ]


def component(manifest: Manifest) -> str:
    """Which service an object belongs to."""
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


def settings_class(service: str) -> type[ServiceSettings]:
    """The settings that a service reads from its environment."""
    module = importlib.import_module(f"services.{service}.settings")
    (found,) = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, ServiceSettings)
        and value.__module__ == module.__name__
    ]
    return found


class TestRender:
    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_passes_lint_without_a_warning(self, scenario: str) -> None:
        assert list(lint_problems(SCENARIOS[scenario])) == []

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_gives_only_objects_of_the_strict_schema(self, scenario: str) -> None:
        manifests = render(SCENARIOS[scenario])
        assert manifests
        assert [p for manifest in manifests for p in manifest_problems(manifest)] == []

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_names_every_object_once(self, scenario: str) -> None:
        names = [(m["kind"], m["metadata"]["name"]) for m in render(SCENARIOS[scenario])]
        assert len(names) == len(set(names))

    def test_runs_six_services_at_headquarters_and_the_gateway_in_a_store(self) -> None:
        headquarters = {component(m) for m in of_kind(render(), "Deployment")}
        in_store = render(SCENARIOS["values-store.yaml"])
        store = {component(m) for m in of_kind(in_store, "Deployment")}
        assert headquarters | store == {*SERVICES}
        assert store == {"devices"}
        assert not headquarters & store


class TestManifestProblems:
    def test_finds_an_unknown_kind(self) -> None:
        problems = list(manifest_problems({"apiVersion": "v1", "kind": "Pot", "metadata": {}}))
        assert "unknown kind" in problems[0]

    def test_finds_an_unknown_field(self) -> None:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {}, "automount": True}
        assert "automount" in next(manifest_problems(account))

    def test_finds_an_unknown_field_of_an_operator_kind(self) -> None:
        (monitor, *_) = of_kind(render(SCENARIOS["everything on"]), "ServiceMonitor")
        monitor["spec"]["endpoints"][0]["intervall"] = "30s"
        assert "intervall" in next(manifest_problems(monitor))


class TestServices:
    def test_has_an_entry_for_every_service_and_no_other(self) -> None:
        values = yaml.safe_load((CHART / "values.yaml").read_text())
        assert sorted(values["services"]) == SERVICES

    def test_migrates_exactly_the_services_that_have_migrations(self) -> None:
        with_migrations = {s for s in SERVICES if (ROOT / "services" / s / "migrations").is_dir()}
        assert {component(job) for job in of_kind(render(), "Job")} == {
            f"{service}-migration" for service in with_migrations
        }

    def test_migrates_before_the_release_and_needs_nothing_of_it(self) -> None:
        for job in of_kind(render(), "Job"):
            assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
            pod = job["spec"]["template"]["spec"]
            assert "serviceAccountName" not in pod
            assert pod["containers"][0]["args"] == ["migrate"]
            assert "YIKA_DATABASE_URL" in {e["name"] for e in pod["containers"][0]["env"]}

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_selects_its_own_pods_and_no_others(self, scenario: str) -> None:
        manifests = render(SCENARIOS[scenario])
        pods = {
            component(m): m["spec"]["template"]["metadata"]["labels"]
            for m in of_kind(manifests, "Deployment") + of_kind(manifests, "Job")
        }
        selectors = [
            (component(m), m["spec"].get("podSelector", m["spec"]["selector"])["matchLabels"])
            for m in of_kind(manifests, "PodDisruptionBudget") + of_kind(manifests, "Deployment")
        ] + [(component(m), m["spec"]["selector"]) for m in of_kind(manifests, "Service")]
        for name, selector in selectors:
            assert [pod for pod, labels in pods.items() if selector.items() <= labels.items()] == [
                name
            ]

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_keeps_the_ops_port_inside_the_cluster(self, scenario: str) -> None:
        for service in of_kind(render(SCENARIOS[scenario]), "Service"):
            ports = {port["name"] for port in service["spec"]["ports"]}
            assert ports
            assert service["spec"]["type"] == "ClusterIP" or "ops" not in ports

    def test_gives_an_ingress_to_the_portal_alone(self) -> None:
        manifests = render(SCENARIOS["everything on"])
        (ingress,) = of_kind(manifests, "Ingress")
        backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        (portal,) = [m for m in of_kind(manifests, "Service") if component(m) == "portal"]
        assert backend["name"] == portal["metadata"]["name"]
        assert backend["port"]["name"] in {port["name"] for port in portal["spec"]["ports"]}
        assert of_kind(render(), "Ingress") == []


class TestPods:
    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_run_with_no_privilege(self, scenario: str) -> None:
        for pod in pod_specs(render(SCENARIOS[scenario])):
            assert pod["automountServiceAccountToken"] is False
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["runAsUser"] >= 10_000
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            for container in pod["containers"]:
                context = container["securityContext"]
                assert context["allowPrivilegeEscalation"] is False
                assert context["readOnlyRootFilesystem"] is True
                assert context["capabilities"] == {"drop": ["ALL"]}
                assert container["resources"]["requests"]
                assert container["resources"]["limits"]["memory"]

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_mount_only_volumes_they_have(self, scenario: str) -> None:
        for pod in pod_specs(render(SCENARIOS[scenario])):
            volumes = {volume["name"] for volume in pod.get("volumes", [])}
            for container in pod["containers"]:
                assert {m["name"] for m in container.get("volumeMounts", [])} == volumes

    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_probe_ports_that_exist(self, scenario: str) -> None:
        for deployment in of_kind(render(SCENARIOS[scenario]), "Deployment"):
            (container,) = deployment["spec"]["template"]["spec"]["containers"]
            ports = {port["name"] for port in container["ports"]}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert container[probe]["httpGet"]["port"] in ports

    def test_have_time_to_drain_before_they_are_killed(self) -> None:
        values = {"drainDelaySeconds": 7, "shutdownGraceSeconds": 33}
        for deployment in of_kind(render(values), "Deployment"):
            pod = deployment["spec"]["template"]["spec"]
            assert pod["terminationGracePeriodSeconds"] > 7 + 33
            assert pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] == 7


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


def part_exists(folder: Path, name: str) -> bool:
    """True when a service has a part, as a file or as a folder."""
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


class TestBadValues:
    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"replicas": 3}, "replicas"),
            ({"services": {"loyalty": {}}}, "loyalty"),
            ({"services": {"points": {"replica": 3}}}, "replica"),
            ({"services": {"points": {"replicas": 0}}}, "replicas"),
            ({"services": {"points": {"replicas": "3"}}}, "replicas"),
            ({"services": {"points": {"peers": ["everyone"]}}}, "peers"),
            ({"services": {"points": {"environment": {"PATH": "/"}}}}, "PATH"),
            ({"services": {"points": {"resources": {"limits": {"memory": "much"}}}}}, "memory"),
            ({"services": {"points": {"ingress": {"enabled": True}}}}, "ingress"),
            ({"image": {"repository": "registry.example.com/yika/"}}, "repository"),
            ({"nats": {"url": "http://nats:4222"}}, "nats"),
            ({"nats": {"streamReplicas": 9}}, "streamReplicas"),
            ({"logLevel": "info"}, "logLevel"),
            ({"tokens": {"jwks": "/etc/keys"}}, "jwks"),
            ({"ports": {"ops": 80}}, "ops"),
            ({"peerAddresses": {"points": "points"}}, "points"),
        ],
    )
    def test_are_refused_by_the_schema_with_their_name(
        self, values: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(helm_python.HelmValuesError, match=said):
            render(values)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            (
                {"services": {"points": {"database": {"secretName": ""}}}},
                r"services\.points\.database\.secretName",
            ),
            (
                {"services": {"portal": {"persistence": {"enabled": True}}}},
                r"services\.portal\.replicas: a service with a volume runs once",
            ),
            ({"services": {"members": {"enabled": False}}}, r"peerAddresses\.members"),
            (
                {"services": {"points": {"environment": {"YIKA_LOG_LEVEL": "DEBUG"}}}},
                "YIKA_LOG_LEVEL is set twice",
            ),
        ],
    )
    def test_are_refused_by_the_templates_once_defaults_are_merged_in(
        self, values: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(helm_python.HelmRenderError, match=said):
            render(values)


class TestSchema:
    def test_closes_every_object_of_its_own(self) -> None:
        with helm_python.Chart.load(CHART) as chart:
            schema = chart.schema
        assert schema is not None
        opened = [where for where in open_objects(schema, "")]
        # Maps of the operator's own making: labels, annotations, and what Kubernetes defines.
        assert [
            where
            for where in opened
            if not re.search(
                r"(labels|annotations|podAnnotations|nodeSelector|global|items|/\$defs/service)$",
                where,
                re.IGNORECASE,
            )
        ] == []


def open_objects(schema: Any, where: str) -> list[str]:
    """Paths of the object schemas that allow properties they do not name."""
    found = []
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            found.append(where)
        for key, value in schema.items():
            found += open_objects(value, f"{where}/{key}")
    return found
