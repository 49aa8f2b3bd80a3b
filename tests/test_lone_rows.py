"""A filing has two rows on the feed, which appear one at a time: whoever asks about either party is told,
even where nobody can read the document that would have named both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.builders import a_filing, a_notice
from tests.world import WATCHLIST, World
from worker.due import OTHER_ROW_PATIENCE
from worker.filings.filing import Party
from worker.standins.forms import as_xml

ISSUER, SELLER = a_filing().parties
DAMAGED = as_xml(a_notice())[:500]
SELLERS_LIST = WATCHLIST.replace(b"issuers:\n  - 1999500", b"holders:\n  - 1999001")


def show(world: World, *rows: Party, document: bytes) -> None:
    """Have the feed show those rows, of one filing, now."""
    world.edgar.publish(a_filing(parties=rows), document)


def told(world: World) -> tuple[int, int]:
    return world.posts(), sum(world.mails().values())


@pytest.mark.parametrize(
    ("watchlist", "rows"),
    [(WATCHLIST, (SELLER, ISSUER)), (SELLERS_LIST, (ISSUER, SELLER))],
    ids=["issuer's row last", "seller's row last"],
)
def test_a_damaged_document_waits_for_the_party_that_is_asked_about(
    world: World, watchlist: bytes, rows: Sequence[Party]
) -> None:
    world.watchlist = watchlist
    first, last = rows
    show(world, first, document=DAMAGED)
    world.once()
    assert world.ledger.report.filings_by_state() == {"announced": 1}
    world.clock.move(timedelta(seconds=20))
    show(world, last, document=DAMAGED)
    world.settle()
    assert world.ledger.report.filings_by_state() == {"unreadable": 1}
    assert told(world) == (1, 1)


def test_a_row_that_stays_alone_is_told_when_the_patience_is_over(world: World) -> None:
    show(world, ISSUER, document=DAMAGED)
    shown_at = world.clock()
    world.settle()
    assert world.ledger.report.filings_by_state() == {"unreadable": 1}
    assert told(world) == (1, 1)
    record = world.ledger.records.of(a_filing().accession)
    assert record is not None
    (alert,) = record.alerts
    assert alert.raised_at - shown_at >= OTHER_ROW_PATIENCE


def test_a_document_that_can_be_read_waits_for_no_other_row(world: World) -> None:
    show(world, SELLER, document=as_xml(a_notice()))
    world.once()
    assert told(world) == (1, 1)
