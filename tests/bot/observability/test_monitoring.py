"""Dashboard, alerts and documentation speak of metrics that the code has, and of all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import actions.observability
import bot.observability.metrics
import knowledge.telemetry.exporter
import knowledge.telemetry.readiness

ROOT = Path(__file__).resolve().parents[3]
MODULES = (actions.observability, bot.observability.metrics, knowledge.telemetry.exporter, knowledge.telemetry.readiness)
NAME = re.compile(r"\bassistant_\w+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def metrics() -> dict[str, tuple[str, ...]]:
    """Documented name -> labels of every metric of ours."""
    found = {}
    for metric in REGISTRY._collector_to_names:
        name = getattr(metric, "_name", "")
        if name.startswith("assistant_"):
            found[name + ("_total" if metric._type == "counter" else "")] = tuple(metric._labelnames)
    return found


def series(name: str) -> str:
    """The metric that a series of a histogram belongs to."""
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    return base if base in metrics() else name


def alerts() -> list[dict[str, Any]]:
    data = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in data["groups"] for rule in group["rules"]]


def expressions(panels: Any) -> str:
    return "\n".join(target["expr"] for panel in panels for target in panel["targets"])


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text(encoding="utf-8"))
    return data


def test_the_dashboard_shows_every_metric_and_no_other(dashboard: dict[str, Any]) -> None:
    assert {series(name) for name in NAME.findall(expressions(dashboard["panels"]))} == set(metrics())


def test_every_panel_has_a_chinese_title_and_a_place_of_its_own(dashboard: dict[str, Any]) -> None:
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        assert CHINESE.search(panel["title"])
        place = panel["gridPos"]
        own = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not own & cells and place["x"] + place["w"] <= 24, panel["title"]
        cells |= own
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_alerts_use_metrics_that_exist_and_say_in_chinese_what_to_do() -> None:
    for rule in alerts():
        assert {series(name) for name in NAME.findall(rule["expr"])} <= set(metrics()), rule["alert"]
        assert "assistant_" in rule["expr"] or "up{" in rule["expr"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert all(CHINESE.search(rule["annotations"][key]) for key in ("summary", "description")), rule["alert"]
    assert len({rule["alert"] for rule in alerts()}) == len(alerts())


def test_alerts_and_dashboard_select_by_labels_that_exist(dashboard: dict[str, Any]) -> None:
    text = "\n".join([expressions(dashboard["panels"]), *(rule["expr"] for rule in alerts())])
    for name, selection in re.findall(r"\b(assistant_\w+)\{([^}]*)\}", text):
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selection):
            assert label in metrics()[series(name)], f"{name}{{{label}}}"


def test_what_prometheus_scrapes_is_what_the_alerts_watch() -> None:
    data = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert data["rule_files"] == ["alerts.yml"]
    assert {job["job_name"] for job in data["scrape_configs"]} == {"rasa", "actions"}


def test_the_document_lists_every_metric_with_its_labels_and_every_alert() -> None:
    page = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    table = page.split("<!-- metrics: begin")[1].split("<!-- metrics: end")[0]
    listed = {
        name: tuple(part.strip() for part in labels.split(",") if part.strip())
        for name, labels in re.findall(r"\| `(assistant_\w+)` \|([^|]*)\|", table)
    }
    assert listed == metrics()
    for rule in alerts():
        assert rule["alert"] in page.split("## Alerts")[1], rule["alert"]
