"""A world whose one list asks for a digest, and what its readers got of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.world import World
from worker.ledger.digest_tables import digest_entries, digests
from worker.watchlists.destination import Destination

MAIL = Destination("email", "jane@example.com")
DAILY = "daily 07:30 America/New_York"
#: 07:30 in New York on the day after the world's START.
MORNING = datetime(2026, 9, 2, 11, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_list(digest: str = DAILY, extra: str = "", *, name: str = "Example Industries") -> bytes:
    return f"""
name: {name}
owner: Jane Doe
issuers:
  - 1999500
when:
  market_value: over 200k
tell:
  - to: email:jane@example.com
    digest: {digest}
{extra}""".encode()


@pytest.fixture
def world(world: World) -> World:
    """Its list asks for a digest each morning, by mail."""
    world.watchlist = a_list()
    return world


def tell(world: World) -> None:
    """One look whether a digest is due, and its delivery."""
    pipeline = world.pipeline()
    pipeline.digest()
    pipeline.deliver()
    world.clock.move(timedelta(minutes=1))


def publish(
    world: World, number: int = 1, value: int = 250_000, *, age: timedelta = timedelta(minutes=1)
) -> None:
    """A notice of that market value, read at once."""
    world.clock.move(timedelta(seconds=15))
    filing = a_filing(accession=f"0001950047-26-{number:06}", accepted_at=world.clock() - age)
    world.publish(filing, a_notice(proposed_sales=(a_proposed_sale(market_value=Decimal(value)),)))
    world.once()


def texts(world: World) -> list[str]:
    """The text parts of the mails, in the order they came."""
    return [str(mail.mail.get_body(("plain",)).get_content()) for mail in world.mail.received]  # type: ignore[union-attr]


def told_in(world: World) -> dict[str, int | None]:
    """The digest of each entry, by accession."""
    with world.ledger.database.read() as connection:
        rows = connection.execute(sa.select(digest_entries.c.accession, digest_entries.c.digest_id))
        return dict(rows.all())


def sent(world: World) -> list[datetime]:
    """The times for which a digest was sent."""
    query = sa.select(digests.c.slot).where(digests.c.delivery_id.is_not(None)).order_by(digests.c.slot)
    with world.ledger.database.read() as connection:
        return list(connection.execute(query).scalars())
