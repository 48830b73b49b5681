"""`make chart`: lints the Helm chart, renders it, and validates every object it gives.

Offline: the Helm SDK comes inside a wheel, and so do the schemas of Kubernetes.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import helm_python
import kubernetes_validate
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "charts" / "yika"
KUBERNETES_VERSION = "1.36"
RELEASE, NAMESPACE = "yika", "yika"
STORE_ID = "01994f6e-0000-7000-8000-000000000001"  # of no real store, for the checks only
_LINT_WARNING = 2  # severities of helm lint: 1 information, 2 warning, 3 error

# Everything that is off by default, so that no template stays unrendered.
EVERYTHING_ON: dict[str, Any] = {
    "otlpEndpoint": "http://collector:4317",
    "image": {"pullSecrets": [{"name": "registry"}]},
    "nats": {"secretName": "nats"},
    "redis": {"secretName": "valkey"},
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"key": "retail", "operator": "Exists"}],
    "ingress": {"enabled": True, "className": "nginx", "tlsSecretName": "portal"},
    "networkPolicy": {
        "enabled": True,
        "grpcFrom": [{"ipBlock": {"cidr": "10.8.0.0/16"}}],
        "opsFrom": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
    },
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRules": {"enabled": True},
    "services": {
        "members": {
            "redis": True,
            "environment": {"YIKA_RPC_TIMEOUT_SECONDS": 20},
            "secretEnvironment": {
                "YIKA_OUTBOX_POLL_SECONDS": {"secretName": "tuning", "secretKey": "poll"}
            },
            "podAnnotations": {"example.com/owner": "members"},
        }
    },
}

Manifest = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Metadata(_Strict):
    name: str
    labels: dict[str, str]


class _Endpoint(_Strict):
    port: str
    path: str
    interval: str


class _Selector(_Strict):
    matchLabels: dict[str, str]


class _ServiceMonitorSpec(_Strict):
    selector: _Selector
    endpoints: list[_Endpoint]


class ServiceMonitor(_Strict):
    """What this chart uses of the Prometheus operator's ServiceMonitor."""

    apiVersion: Literal["monitoring.coreos.com/v1"]
    kind: Literal["ServiceMonitor"]
    metadata: _Metadata
    spec: _ServiceMonitorSpec


class AlertRule(_Strict):
    """One alert of a PrometheusRule; severity as kubernetes-mixin defines it."""

    class _Labels(_Strict):
        severity: Literal["critical", "warning", "info"]

    class _Annotations(_Strict):
        summary: str
        runbook: str

    alert: str
    expr: str
    # `for` is a word of Python's own, so the model takes it by its alias.
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=lambda n: n.rstrip("_"))
    for_: str
    labels: _Labels
    annotations: _Annotations


class _RuleGroup(_Strict):
    name: str
    rules: list[AlertRule]


class _PrometheusRuleSpec(_Strict):
    groups: list[_RuleGroup]


class PrometheusRule(_Strict):
    """What this chart uses of the Prometheus operator's PrometheusRule."""

    apiVersion: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PrometheusRule"]
    metadata: _Metadata
    spec: _PrometheusRuleSpec


# Kinds that Kubernetes itself does not know; any other unknown kind is a failure.
_OPERATOR_KINDS = {"ServiceMonitor": ServiceMonitor, "PrometheusRule": PrometheusRule}


def scenarios() -> dict[str, dict[str, Any]]:
    """The sets of values that are checked, by name."""
    store = yaml.safe_load((CHART / "values-store.yaml").read_text())
    # What values-store.yaml leaves to whoever installs it.
    store["services"]["devices"]["environment"]["YIKA_STORE_ID"] = STORE_ID
    return {"values.yaml": {}, "values-store.yaml": store, "everything on": EVERYTHING_ON}


def render(values: Mapping[str, Any] | None = None) -> list[Manifest]:
    """Every object the chart gives for these values, hooks and tests included.

    Raises helm_python.HelmError when the values are refused or a template fails.
    """
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(dict(values or {}))
        texts = chart.render(dict(values or {}), name=RELEASE, namespace=NAMESPACE)
    return [
        manifest
        for path, text in sorted(texts.items())
        if path.endswith(".yaml")
        for manifest in yaml.safe_load_all(text)
        if manifest
    ]


def lint_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """What helm lint says about the chart, warnings included."""
    report = helm_python.lint(CHART, dict(values), strict=True, kube_version=KUBERNETES_VERSION)
    for message in report["messages"]:
        if message["severity"] >= _LINT_WARNING:
            yield f"{message['path']}: {message['error']}"
    yield from report["errors"]


def manifest_problems(manifest: Manifest) -> Iterator[str]:
    """What the strict schema of its kind says about an object; an unknown kind is a problem."""
    where = f"{manifest.get('kind')}/{manifest.get('metadata', {}).get('name')}"
    model = _OPERATOR_KINDS.get(str(manifest.get("kind")))
    try:
        if model is not None:
            model.model_validate(manifest)
        else:
            kubernetes_validate.validate(manifest, KUBERNETES_VERSION, strict=True)
    except ValidationError as error:
        for problem in error.errors():
            yield f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    except kubernetes_validate.ValidationError as error:
        yield f"{where}: {'.'.join(map(str, error.path))}: {error.message}"
    except (kubernetes_validate.SchemaNotFoundError, KeyError) as error:
        yield f"{where}: unknown kind or version: {error!r}"


def main() -> None:
    """Entry point of `make chart`."""
    failed = False
    for name, values in scenarios().items():
        problems = list(lint_problems(values))
        manifests: list[Manifest] = []
        try:
            manifests = render(values)
        except helm_python.HelmError as error:
            problems.append(str(error))
        for manifest in manifests:
            problems += manifest_problems(manifest)
        print(f"{name}: {len(manifests)} objects, {len(problems)} problems")
        print("".join(f"  {problem}\n" for problem in problems), end="")
        failed = failed or bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
