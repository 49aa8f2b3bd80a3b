"""The dashboard and the alert rules speak of metrics that a real scrape has, and of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from tests.builders import a_filing
from tests.conftest import ROOT
from tests.test_metrics import get, served
from tests.world import World, a_world
from worker import due
from worker.settings import VARIABLES

OPS = ROOT / "ops"
RULES: list[dict[str, Any]] = [
    rule
    for group in YAML(typ="safe").load((OPS / "alert-rules.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))[
    "panels"
]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))

#: What the process collector gives beside what the dashboard shows: for whoever looks closer.
EXCUSED = {
    "process_virtual_memory_bytes",
    "process_start_time_seconds",
    "process_open_fds",
    "process_max_fds",
}
#: What PromQL itself knows.
WORDS = {"max", "min", "sum", "count", "rate", "increase", "time", "absent", "histogram_quantile"}
WORDS |= {"by", "and", "or"}


def expressions() -> dict[str, str]:
    """Every expression, by where it stands."""
    found = {rule["alert"]: rule["expr"] for rule in RULES}
    for panel in PANELS:
        for target in panel.get("targets", []):
            found[f"{panel['title']}/{target['refId']}"] = target["expr"]
    return found


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The text of a scrape of a world in which a notice was read and told, and its day closed."""
    with a_world(tmp_path_factory.mktemp("ops")) as world:
        yield scrape_of(world)


def scrape_of(world: World) -> str:
    world.publish()
    world.settle()
    world.ledger.reloads.taken(world.clock(), {})
    world.ledger.days.settle(world.clock().date(), [a_filing()], world.clock())
    with served(world) as port:
        while_open = get(port, "/metrics")[1]
    world.clock.move(timedelta(hours=8))
    with served(world) as port:
        return while_open + get(port, "/metrics")[1]


@pytest.fixture(scope="module")
def series(scraped: str) -> dict[str, list[dict[str, str]]]:
    """The label sets of every sample's name."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in scraped.splitlines():
        if not line.startswith("#"):
            name, labels = re.match(r"(\w+)(?:\{(.*)\})? ", line).groups()  # type: ignore[union-attr]
            found.setdefault(name, []).append(dict(re.findall(r'(\w+)="([^"]*)"', labels or "")))
    return found


@pytest.mark.parametrize("where", sorted(expressions()))
def test_every_expression_asks_for_what_a_scrape_has(
    where: str, series: dict[str, list[dict[str, str]]]
) -> None:
    expression = expressions()[where]
    assert expression.count("(") == expression.count(")")
    bare = re.sub(r'\{[^}]*\}|"[^"]*"|\[\w+\]', " ", expression)
    grouped = [name for names in re.findall(r"by \(([^)]*)\)", bare) for name in names.split(", ")]
    names = set(re.findall(r"[a-z]\w+", re.sub(r"by \([^)]*\)", " ", bare))) - WORDS
    assert names, "it asks for nothing"
    assert {name for name in names if name not in series} == set()
    labels = {label for name in names for one in series[name] for label in one} | {"instance"}
    assert [label for label in grouped if label not in labels] == []
    for name, selectors in re.findall(r"(\w+)\{([^}]*)\}", expression):
        for label, operator, wanted in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', selectors):
            if label == "job":
                continue  # Prometheus puts it there
            there = {one[label] for one in series[name]}
            wants = wanted.split("|") if operator == "=~" else [wanted]
            assert [value for value in wants if value not in there] == []


def test_every_metric_has_help_and_is_on_the_dashboard_or_excused(scraped: str) -> None:
    shown = " ".join(target["expr"] for panel in PANELS for target in panel.get("targets", []))
    for family in text_string_to_metric_families(scraped):
        assert family.documentation, family.name
        assert family.documentation.endswith(".") or not family.name.startswith("form144"), family.name
        on_it = re.search(rf"\b{family.name}(_total|_info|_bucket)?\b", shown)
        assert on_it or family.name in EXCUSED, family.name


def test_names_keep_to_prometheus_conventions(scraped: str) -> None:
    families = [one for one in text_string_to_metric_families(scraped) if not one.name.startswith("process_")]
    assert len(families) > 30
    for family in families:
        assert family.name.startswith("form144_")
        assert not re.search(r"_(ms|milliseconds|minutes|hours|kb|mb)$", family.name)
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "warn", "info"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["hint"].endswith((".", "?"))
        for setting in re.findall(r"FORM144_\w+", str(rule["annotations"])):
            assert setting in VARIABLES


def test_the_rules_patience_is_the_programs() -> None:
    rules = {rule["alert"]: rule["expr"] for rule in RULES}
    assert f"> {due.POLL_TOO_OLD.total_seconds():.0f}" in rules["Form144PollerStalled"]
    assert f"> {due.INDEX_TOO_OLD.total_seconds():.0f}" in rules["Form144IndexLate"]
    assert f"> {due.READING_TOO_OLD.total_seconds():.0f}" in rules["Form144QueueGrowing"]


def test_no_panel_lies_upon_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_the_compose_files_prometheus_finds_its_files_and_our_processes() -> None:
    service = COMPOSE["services"]["prometheus"]
    mounted = [volume.split(":")[0] for volume in service["volumes"] if volume.startswith("./")]
    assert [path for path in mounted if not (ROOT / path).is_file()] == []
    config = YAML(typ="safe").load((OPS / "prometheus.yaml").read_text(encoding="utf-8"))
    targets = {volume.split(":")[1] for volume in service["volumes"]}
    assert set(config["rule_files"]) <= targets
    (scrape,) = config["scrape_configs"]
    (found,) = scrape["dns_sd_configs"]
    for name in found["names"]:
        environment = COMPOSE["services"][name]["environment"]
        assert str(found["port"]) == environment["FORM144_METRICS_PORT"]
        assert environment["FORM144_METRICS_ADDRESS"] == "0.0.0.0"
        assert "ports" not in COMPOSE["services"][name]
    jobs = set(re.findall(r'job="(\w+)"', " ".join(expressions().values())))
    assert jobs <= {scrape["job_name"]}
