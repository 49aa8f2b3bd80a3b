"""A notice, its amendment, and where readers see them."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.world import START, Fuse, World
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.standins.slack_workspace import Posted

ORIGINAL = "0001950047-26-000123"
AMENDMENT = "0001950047-26-000200"


def an_amendment(**overrides: object) -> tuple[Filing, Form144Notice]:
    filing = a_filing(accession=AMENDMENT, form_type="144/A", accepted_at=START + timedelta(minutes=96))
    values: dict[str, object] = {
        "submission_type": "144/A",
        "previous_accession": ORIGINAL,
        "proposed_sales": (a_proposed_sale(units=12_500),),
    }
    return filing, a_notice(**(values | overrides))


def amend(world: World, **overrides: object) -> None:
    world.clock.now = START + timedelta(minutes=97)
    world.publish(*an_amendment(**overrides))
    world.settle()


def posts(world: World) -> list[Posted]:
    return world.slack.messages["ir-alerts"]


def own_points(fuse: Fuse) -> list[int]:
    """Where a run crossed something that conversations are made of; test_pipeline.py kills it elsewhere."""
    ours = ("ledger.families", "ledger.threads", "ledger.marks", "ledger.rollups", "ledger.deliveries")
    ways = ("slack.send", "slack.amend", "email.send")
    return [n for n, name in enumerate(fuse.crossings, start=1) if name.startswith((*ours, *ways))]
