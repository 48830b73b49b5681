"""Alerts: each has one threshold, metrics that the code registers, and a runbook that agrees."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

from tests.architecture.sources import ROOT, SERVICES
from tools.chart import CHART, AlertRule, render

ALERTS = {path.stem: path for path in sorted((CHART / "alerts").glob("*.yaml"))}
RUNBOOKS = ROOT / "docs" / "runbooks"
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def read(alert: str) -> AlertRule:
    """An alert, of the strict shape."""
    return AlertRule.model_validate(yaml.safe_load(ALERTS[alert].read_text()))


def parts(expression: Any) -> Iterator[Any]:
    """An expression and everything inside it."""
    yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        inner = getattr(expression, name, None)
        if inner is not None:
            yield from parts(inner)
    for argument in getattr(expression, "args", None) or ():
        yield from parts(argument)


def registered_metrics() -> set[str]:
    """Names of the series that the services expose."""
    importlib.import_module("chassis.metrics")
    for service in SERVICES:
        for path in sorted((ROOT / "services" / service).rglob("metrics.py")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    names = set()
    for metric in REGISTRY.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
        names |= {metric.name + suffix for suffix in suffixes.get(metric.type, [""])}
    return names


@pytest.mark.parametrize("alert", ALERTS)
class TestAlerts:
    def test_are_named_as_their_file_and_their_runbook(self, alert: str) -> None:
        rule = read(alert)
        assert rule.alert == alert
        assert rule.annotations.runbook == f"docs/runbooks/{alert}.md"
        assert (ROOT / rule.annotations.runbook).is_file()

    def test_watch_only_metrics_that_the_code_registers(self, alert: str) -> None:
        selectors = [
            part.name
            for part in parts(promql_parser.parse(read(alert).expr))
            if isinstance(part, promql_parser.VectorSelector)
        ]
        assert selectors
        assert set(selectors) <= registered_metrics()

    def test_compare_with_one_threshold(self, alert: str) -> None:
        numbers = [
            part
            for part in parts(promql_parser.parse(read(alert).expr))
            if isinstance(part, promql_parser.NumberLiteral)
        ]
        assert len(numbers) == 1


@pytest.mark.parametrize("alert", ALERTS)
class TestRunbooks:
    def test_have_the_four_sections_with_something_in_each(self, alert: str) -> None:
        text = (RUNBOOKS / f"{alert}.md").read_text()
        assert text.startswith(f"# {alert}\n")
        sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        assert [section.splitlines()[0] for section in sections] == [
            "Meaning",
            "Impact",
            "Diagnosis",
            "Mitigation",
        ]
        assert all(len(section.split()) > 10 for section in sections)

    def test_state_no_number_that_the_alert_does_not(self, alert: str) -> None:
        text = (RUNBOOKS / f"{alert}.md").read_text()
        prose = re.sub(r"^\d+\. |`[^`]*`|status 1", "", text, flags=re.MULTILINE)
        assert set(NUMBER.findall(prose)) <= set(NUMBER.findall(ALERTS[alert].read_text()))

    def test_name_only_metrics_that_the_code_registers(self, alert: str) -> None:
        named = set(re.findall(r"\byika_\w+", (RUNBOOKS / f"{alert}.md").read_text()))
        assert named
        assert named <= registered_metrics()


class TestCompleteness:
    def test_every_runbook_has_its_alert(self) -> None:
        assert sorted(path.stem for path in RUNBOOKS.glob("*.md")) == sorted(ALERTS)

    def test_every_alert_reaches_the_rendered_rule_unchanged(self) -> None:
        rules = [
            m
            for m in render({"prometheusRules": {"enabled": True}})
            if m["kind"] == "PrometheusRule"
        ]
        rendered = {rule["alert"]: rule for rule in rules[0]["spec"]["groups"][0]["rules"]}
        assert rendered == {name: yaml.safe_load(path.read_text()) for name, path in ALERTS.items()}

    def test_an_alert_can_be_left_out_by_name(self) -> None:
        values = {"prometheusRules": {"enabled": True, "excluded": ["YikaDeadLetters"]}}
        (rule,) = [m for m in render(values) if m["kind"] == "PrometheusRule"]
        assert {r["alert"] for r in rule["spec"]["groups"][0]["rules"]} == set(ALERTS) - {
            "YikaDeadLetters"
        }
