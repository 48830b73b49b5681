"""How the chart's tests read what it renders."""

import importlib
from pathlib import Path
from typing import Any

from chassis.settings import ServiceSettings
from tools.chart import ROOT, Manifest, scenarios

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


def part_exists(folder: Path, name: str) -> bool:
    """True when a service has a part, as a file or as a folder."""
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()
