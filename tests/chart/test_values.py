"""Values that cannot work are refused with the name of the value."""

import re
from typing import Any

import helm_python
import pytest
import yaml

from tools.chart import CHART, render


class TestBadValues:
    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"replicas": 3}, "replicas"),
            ({"services": {"loyalty": {}}}, "loyalty"),
            ({"services": {"points": {"replica": 3}}}, "replica"),
            ({"services": {"points": {"replicas": 0}}}, "replicas"),
            ({"services": {"points": {"replicas": "3"}}}, "replicas"),
            ({"services": {"points": {"database": {"poolSize": 6}}}}, "poolSize"),
            ({"services": {"points": {"peers": ["everyone"]}}}, "peers"),
            ({"services": {"points": {"environment": {"PATH": "/"}}}}, "PATH"),
            ({"services": {"points": {"resources": {"limits": {"memory": "much"}}}}}, "memory"),
            ({"services": {"points": {"ingress": {"enabled": True}}}}, "ingress"),
            (
                {
                    "services": {
                        "points": {
                            "secretFiles": {"YIKA_JWKS": {"secretName": "a", "secretKey": "b"}}
                        }
                    }
                },
                "YIKA_JWKS",
            ),
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
                {"services": {"points": {"environment": {"YIKA_TENDER_KINDS": ""}}}},
                r"services\.points\.environment\.YIKA_TENDER_KINDS: a value is needed",
            ),
            (
                {
                    "services": {
                        "points": {
                            "environment": {"YIKA_DOOR_WRITERS": 12},
                            "database": {"poolSize": 12},
                        }
                    }
                },
                r"services\.points\.environment\.YIKA_DOOR_WRITERS: must be less than",
            ),
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


class TestStoreValues:
    def test_ask_for_the_store_that_the_gateway_serves(self) -> None:
        values = yaml.safe_load((CHART / "values-store.yaml").read_text())
        with pytest.raises(helm_python.HelmRenderError, match="YIKA_STORE_ID: a value is needed"):
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
