"""The Helm chart: it renders, and every object is valid, safe and complete."""

import pytest
import yaml

from tests.chart.manifests import SCENARIOS, SERVICES, component, of_kind, pod_specs
from tools.chart import CHART, ROOT, lint_problems, manifest_problems, render


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
