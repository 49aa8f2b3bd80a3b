"""A filing nobody could read still names its parties, and states no figure."""

from __future__ import annotations

from tests.builders import a_filing
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Party, Role
from worker.filings.notice import Form144Notice, Source
from worker.filings.rule144 import computed

ISSUER = Party(cik=1, name="Example Industries Inc.", role=Role.ISSUER)
SELLER = Party(cik=2, name="EXAMPLE JANE Q.", role=Role.SELLER)


def _parties(notice: Form144Notice) -> tuple[int | None, str | None, tuple[int, ...], str | None]:
    return notice.issuer_cik, notice.issuer_name, notice.filer_ciks, notice.seller_name


def test_both_announced_parties_stand_in_the_notice() -> None:
    notice = notice_from_announcement(a_filing(parties=(SELLER, ISSUER), form_type="144/A"))
    assert notice.source is Source.ANNOUNCEMENT
    assert notice.is_amendment
    assert _parties(notice) == (1, "Example Industries Inc.", (2,), "EXAMPLE JANE Q.")


def test_a_single_party_leaves_the_other_unknown() -> None:
    assert _parties(notice_from_announcement(a_filing(parties=(ISSUER,)))) == (1, ISSUER.name, (), None)
    assert _parties(notice_from_announcement(a_filing(parties=(SELLER,)))) == (None, None, (2,), SELLER.name)


def test_a_party_without_a_role_takes_the_one_left_over() -> None:
    unnamed = Party(cik=3, name="Somebody")
    assert _parties(notice_from_announcement(a_filing(parties=(unnamed, ISSUER))))[2:] == ((3,), "Somebody")
    assert _parties(notice_from_announcement(a_filing(parties=(SELLER, unnamed))))[:2] == (3, "Somebody")


def test_two_parties_without_roles_are_not_guessed() -> None:
    parties = (Party(cik=3, name="One"), Party(cik=4, name="Other"))
    assert _parties(notice_from_announcement(a_filing(parties=parties))) == (None, None, (), None)


def test_every_figure_of_an_announcement_is_unknown() -> None:
    figures = computed(notice_from_announcement(a_filing()))
    assert (figures.units, figures.market_value, figures.percent_of_class) == (None, None, None)
    assert (figures.past_units, figures.exceeds_one_percent, figures.below_threshold) == (None, None, None)
    assert (figures.has_gift, figures.window_ends, figures.plans) == (None, None, ())
