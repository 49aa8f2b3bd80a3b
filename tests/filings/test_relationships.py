"""Every spelling of a relationship seen on real notices, and the ones a rule must not be fooled by."""

from __future__ import annotations

import pytest

from worker.filings.notice import Relationship
from worker.filings.relationships import classified

OFFICER, DIRECTOR, TEN = "officer", "director", "ten_percent_holder"
FAMILY, AFFILIATE, OTHER = "family_member", "affiliate", "other"
FORMER_OFFICER, FORMER_DIRECTOR = "former_officer", "former_director"
FORMER_AFFILIATE, FORMER_TEN = "former_affiliate", "former_ten_percent_holder"

SPELLINGS = {
    # The specification's own.
    "Officer": {OFFICER},
    "Director": {DIRECTOR},
    "10% Stockholder": {TEN},
    "Member of immediate family of any of the foregoing": {FAMILY},
    # Seen on real notices.
    "OFFICER": {OFFICER},
    "officer": {OFFICER},
    "DIRECTOR": {DIRECTOR},
    "Affiliate": {AFFILIATE},
    "Former Officer": {FORMER_OFFICER},
    "Former officer": {FORMER_OFFICER},
    "Retired Officer": {FORMER_OFFICER},
    "Former Director": {FORMER_DIRECTOR},
    "Former Affiliate": {FORMER_AFFILIATE},
    "Managing Director": {OFFICER},
    "Shareholder": {OTHER},
    "Stakeholder": {OTHER},
    "Employee": {OTHER},
    "Associate": {OTHER},
    "See Remarks": {OTHER},
    "Nonprofit founded by Jeffrey P. Bezos": {OTHER},
    "ASSOCIATED TO AFFILIATE": {AFFILIATE},
    "Indirectly controlled by the issuer": {AFFILIATE},
    "Parent Company / 10% Stockholder": {AFFILIATE, TEN},
    "Holder of more than 10% of voting power": {TEN},
    "Member of 10% owner group": {TEN},
    "10% shareholder with a director seat": {TEN, DIRECTOR},
    "CEO, Chariman": {OFFICER, DIRECTOR},
    "CEO, Asset & Wealth Management": {OFFICER},
    "CEO, Consumer and Community Banking": {OFFICER},
    "Co-CEO, Commercial and Investment Bank": {OFFICER},
    "Chief Information Officer": {OFFICER},
    "Chief Financial Officer": {OFFICER},
    "Chief Operating Officer": {OFFICER},
    "Chief Risk Officer": {OFFICER},
    "General Counsel": {OFFICER},
    "Head of Human Resources": {OFFICER},
    "EVP Latin America": {OFFICER},
    "Director, Chairman and Chief Executive Officer": {DIRECTOR, OFFICER},
    "Chairman of the Board of Broadcom": {DIRECTOR},
    # Likely ones.
    "Officer and Director": {OFFICER, DIRECTOR},
    "Former Officer and Director": {FORMER_OFFICER, FORMER_DIRECTOR},
    "Director; Former Officer": {DIRECTOR, FORMER_OFFICER},
    "Director and former CEO": {DIRECTOR, FORMER_OFFICER},
    "Former 10% Stockholder": {FORMER_TEN},
    "Ex-CFO": {FORMER_OFFICER},
    "Director Emeritus": {FORMER_DIRECTOR},
    "Ten percent holder": {TEN},
    "10 percent owner": {TEN},
    "10 % beneficial owner": {TEN},
    ">10% shareholder": {TEN},
    "12.5% shareholder": {TEN},
    "10%+ holder": {TEN},
    "Greater than 10% Owner": {TEN},
    "Principal stockholder": {TEN},
    "5% shareholder": {OTHER},
    "Less than 10% holder": {OTHER},
    "Non-Executive Director": {DIRECTOR},
    "Non-Executive Chairman": {DIRECTOR},
    "Non Executive Chair of the Board": {DIRECTOR},
    "Director's spouse": {FAMILY},
    "Officer’s wife": {FAMILY},
    "Executive Director": {DIRECTOR},
    "Independent Director": {DIRECTOR},
    "Board Member": {DIRECTOR},
    "Chairwoman": {DIRECTOR},
    "Director of Engineering": {OTHER},
    "Vice President, Finance": {OFFICER},
    "Section 16 Officer": {OFFICER},
    "Spouse of Officer": {FAMILY},
    "Wife of the CEO": {FAMILY},
    "Director, spouse of Officer": {DIRECTOR, FAMILY},
    "Son-in-law of director": {FAMILY},
    "Controlling shareholder": {AFFILIATE},
    "Non-affiliate": {OTHER},
    "Trust of which the settlor is unknown": {OTHER},
    "关联人": {OTHER},
    # What ended, and what did not.
    "Former CEO and current Director": {FORMER_OFFICER, DIRECTOR},
    "Former Officer and 10% Stockholder": {FORMER_OFFICER, TEN},
    "Former Director and now Consultant": {FORMER_DIRECTOR, OTHER},
    "Officer, retired": {FORMER_OFFICER},
    "Officer (retired)": {FORMER_OFFICER},
    "No longer an officer": {FORMER_OFFICER},
    "Ex VP": {FORMER_OFFICER},
    "Not an officer or director": {OTHER},
    # Ten percent.
    "10-percent holder": {TEN},
    "Ten-percent owner": {TEN},
    "Tenpercent owner": {TEN},
    "10pct holder": {TEN},
    "More than ten (10) percent": {TEN},
    "Greater than 10 (ten) % holder": {TEN},
    "10 per-cent shareholder": {TEN},
    "0.10% owner; director": {DIRECTOR},
    # Parts that say something else, and parts that only name the office.
    "Director; see remarks": {DIRECTOR, OTHER},
    "Officer and stakeholder": {OFFICER, OTHER},
    "Officer, major shareholder": {OFFICER, OTHER},
    "Director & Example Trust": {DIRECTOR, OTHER},
    "EVP, General Counsel & Secretary": {OFFICER},
    "Chief Legal and Compliance Officer": {OFFICER},
    "V.P. and C.F.O.": {OFFICER},
    "Director of R&D": {OTHER},
    "Spouse of Officer and Director": {FAMILY},
}  # fmt: skip


@pytest.mark.parametrize(("text", "classes"), SPELLINGS.items())
def test_a_spelling_falls_into_its_classes(text: str, classes: set[str]) -> None:
    assert set(classified([text])) == classes


@pytest.mark.parametrize(("text", "classes"), SPELLINGS.items())
def test_letter_case_changes_nothing(text: str, classes: set[str]) -> None:
    assert set(classified([text.upper()])) == set(classified([text.lower()])) == classes


def test_several_texts_are_one_sorted_set() -> None:
    assert classified(["Director", "OFFICER", "10% Stockholder", "Officer"]) == (
        Relationship.DIRECTOR,
        Relationship.OFFICER,
        Relationship.TEN_PERCENT_HOLDER,
    )


def test_an_unknown_text_is_other_beside_the_known_ones() -> None:
    assert set(classified(["Officer", "Stakeholder"])) == {"officer", "other"}


def test_no_text_is_no_class() -> None:
    assert classified([]) == ()
