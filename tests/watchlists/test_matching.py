from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import a_filing, a_notice, the_seed_filing, the_seed_notice
from tests.watchlists.lists import HEAD, a_watchlist, decision, grade
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Filing, Party, Role
from worker.filings.notice import Form144Notice, Header
from worker.filings.reader import read_notice
from worker.standins.forms import as_xml
from worker.standins.forms_print import as_print
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Answer, Grade, Side
from worker.watchlists.matching import explain, match

NOBODY = a_filing(parties=())


def by_xml() -> Form144Notice:
    return read_notice(as_xml(the_seed_notice()))


def by_print() -> Form144Notice:
    """The seed notice as the printed form gives it: without the issuer's CIK."""
    return read_notice(as_print(the_seed_notice()))


def issued_by(name: str, cik: int | None = None) -> Form144Notice:
    return a_notice(issuer_name=name, issuer_cik=cik, issuer_file_number=None)


def sold_by(name: str, cik: int | None = None) -> Form144Notice:
    return a_notice(seller_name=name, filer_ciks=(cik,) if cik is not None else ())


@pytest.mark.parametrize("notice", [by_xml(), by_print()], ids=["xml", "print"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("issuers: [QFIN]", Grade.CIK),
        ("issuers: [1741530]", Grade.CIK),
        ("issuers: [001-38752]", Grade.FILE_NUMBER),
        ("issuers: ['360 DigiTech']", Grade.NAME),
        ("holders: [1963043]", Grade.CIK),
        ("holders: [Ruby Finance Holdings Limited]", Grade.NAME),
        ("holders: [Ruby Finanse Holdings Ltd]", Grade.POSSIBLE),
        ("any_notice: true\nwhen: {relationship: ten_percent_holder, market_value: over 10M}", Grade.CIK),
    ],
)
def test_the_seed_is_found_as_an_issuer_as_a_holder_and_as_a_ten_percent_holder(
    notice: Form144Notice, body: str, expected: Grade
) -> None:
    found = decision(body, notice, the_seed_filing())
    assert found.raises_alert
    assert found.identities[0].grade is expected


def test_the_print_alone_still_names_the_issuer_by_file_number_and_the_filer_by_cik() -> None:
    """No announcement with roles, no issuer CIK: as a print read from a file."""
    assert by_print().issuer_cik is None
    assert grade("issuers: [{ticker: QFIN, file_number: 001-38752}]", by_print(), NOBODY) is Grade.FILE_NUMBER
    assert grade("issuers: [1-38752]", by_print(), NOBODY) is Grade.FILE_NUMBER
    assert grade("holders: [1963043]", by_print(), NOBODY) is Grade.CIK
    assert grade("issuers: [QFIN]", by_print(), NOBODY) is None


def test_a_renamed_issuer_does_not_go_dark() -> None:
    """The list was written for QFIN; the notice says 360 DigiTech; the SEC's list says Qfin Holdings."""
    assert grade("issuers: [QFIN]", the_seed_notice(issuer_name="Some Newer Name Ltd"), NOBODY) is Grade.CIK


def test_a_filing_without_a_document_is_found_by_what_edgar_announced() -> None:
    filing = the_seed_filing()
    notice = notice_from_announcement(filing)
    assert grade("issuers: [QFIN]", notice, filing) is Grade.CIK
    assert grade("holders: [1963043]", notice, filing) is Grade.CIK
    found = decision("issuers: [QFIN]\nwhen: {market_value: over 10M, gift: true}", notice, filing)
    assert {finding.answer for finding in found.findings} == {Answer.UNKNOWN}
    assert found.raises_alert
    assert not found.is_certain


def without_roles(filing: Filing) -> Filing:
    return replace(filing, parties=tuple(replace(party, role=None) for party in filing.parties))


def test_parties_announced_without_roles_are_held_against_both_sides() -> None:
    filing = without_roles(the_seed_filing())
    notice = notice_from_announcement(filing)
    assert grade("issuers: [1741530]", notice, filing) is Grade.CIK
    assert grade("holders: [1963043]", notice, filing) is Grade.CIK


def test_once_the_document_says_who_is_who_the_announcement_adds_nothing() -> None:
    """A listed company may be the seller of another one's shares."""
    filing = without_roles(the_seed_filing())
    assert grade("issuers: [1963043]", the_seed_notice(), filing) is None
    assert grade("holders: [1741530]", the_seed_notice(), filing) is None


def test_a_third_cik_in_the_announcement_does_not_stand_in_for_one_the_document_gives() -> None:
    announced = a_filing(parties=(Party(cik=7, name="Third Party LLC"),))
    notice = a_notice(issuer_cik=5, filer_ciks=(6,))
    assert grade("issuers: [7]", notice, announced) is None
    assert grade("holders: [7]", notice, announced) is None


def test_of_two_names_for_one_seller_the_surer_counts() -> None:
    """The document has a typing error, the announcement does not."""
    announced = a_filing(parties=(Party(cik=6, name="LIPESKY SCOTT D", role=Role.SELLER),))
    body = "holders: [Lipesky Scott D.]"
    assert grade(body, sold_by("Lipeski Scott D."), NOBODY) is Grade.POSSIBLE
    assert grade(body, sold_by("Lipeski Scott D."), announced) is Grade.NAME


def test_an_issuer_that_sells_another_issuers_shares_is_not_the_issuer() -> None:
    notice = a_notice(
        issuer_cik=5, issuer_name="Other Corp", filer_ciks=(804328,), seller_name="QUALCOMM INC/DE"
    )
    assert grade("issuers: [804328]", notice, NOBODY) is None
    assert grade("holders: [804328]", notice, NOBODY) is Grade.CIK


def test_the_header_and_the_announcement_count_where_the_document_has_no_cik() -> None:
    header = Header(issuer_cik=77, seller_cik=88)
    notice = a_notice(issuer_cik=None, filer_ciks=(), header=header)
    assert grade("issuers: [77]", notice, NOBODY) is Grade.CIK
    assert grade("holders: [88]", notice, NOBODY) is Grade.CIK
    announced = a_filing(parties=(Party(cik=99, name="X", role=Role.ISSUER),))
    assert grade("issuers: [99]", a_notice(issuer_cik=None), announced) is Grade.CIK


@pytest.mark.parametrize(
    ("entry", "filed"),
    [
        ("Toro Co", "Toro Corp."),
        ("Blue Owl Capital Corp", "BLUE OWL CAPITAL INC."),
        ("Prologis, Inc.", "Prologis, L.P."),
        ("Independent Bank Corp", "INDEPENDENT BANK CORP /MI/"),
        ("Ruby Finance Holdings Ltd.", "Ruby Finance Holdings Limited"),
    ],
)
def test_issuers_of_one_name_are_told_apart_by_cik_alone(entry: str, filed: str) -> None:
    assert grade(f"issuers: ['{entry}']", issued_by(filed, 5), NOBODY) is Grade.NAME
    assert grade(f"issuers: [{{name: '{entry}', cik: 4}}]", issued_by(filed, 5), NOBODY) is None
    assert grade(f"issuers: [{{name: '{entry}', cik: 5}}]", issued_by(filed, 5), NOBODY) is Grade.CIK
    assert grade(f"issuers: [{{name: '{entry}', cik: 4}}]", issued_by(filed), NOBODY) is Grade.NAME


@pytest.mark.parametrize(
    ("entry", "filed"),
    [
        ("Apple Inc. of Ohio", "Apple Hospitality REIT"),
        ("Target Corp", "Target Hospitality Corp."),
        ("Southern Co", "Southern First Bancshares"),
        ("Block, Inc.", "H&R Block Inc"),
        ("On Holding AG", "ON Semiconductor Corp"),
        ("Ruby Finance Holdings", "Ruby Tuesday Inc"),
        ("Ruby Finance Holdings", "Ruby Finance Investment Ltd"),
        ("Goldman Sachs Group Inc", "Goldman Sachs Trust"),
        ("Meta Platforms, Inc.", "Facebook Inc"),
        ("Maui Land & Pineapple Co", "Apple Inc."),
    ],
)
def test_issuers_that_share_words_are_never_even_possible(entry: str, filed: str) -> None:
    assert grade(f"issuers: ['{entry}']", issued_by(filed, 5), NOBODY) is None


@pytest.mark.parametrize(
    ("entry", "filed", "expected"),
    [
        ("Lipesky Scott D.", "Lipesky Scott D.", Grade.NAME),
        ("Lipesky Scott D.", "LIPESKY SCOTT D", Grade.NAME),
        ("Scott D. Lipesky", "Lipesky Scott D.", Grade.PAIR),
        ("Scott Lipesky", "Lipesky Scott D.", Grade.PAIR),
        ("Arthur Levinson", "LEVINSON ARTHUR D", Grade.PAIR),
        ("Sean Da", "Da Shengwei (Sean)", Grade.PAIR),
        ("Shlomi Ben Haim", "Ben Haim Shlomi", Grade.PAIR),
        ("Michael Intrator", "10b5-1 Sales for MICHAEL INTRATOR", Grade.NAME),
        ("Joanne Wilson", "Fred Wilson & Joanne Wilson", Grade.PAIR),
        ("Joanne Wilson", "Fred and Joanne Wilson", Grade.PAIR),
        ("Kevin O''Brien", "O BRIEN KEVIN", Grade.PAIR),
        ("Kevin O''Brien", "O BRIEN KEVIN M JR", Grade.POSSIBLE),
        ("Ronald McDonald", "MC DONALD RONALD", Grade.PAIR),
        ("Warburg Pincus LLC", "WARBURG PINCUS & CO.", Grade.NAME),
        ("Thomas James", "James Thomas", Grade.PAIR),
        # Father and son: refused where both say which, possible where one does not.
        ("ADAMS RICHARD M SR", "ADAMS RICHARD M JR", None),
        ("RYAN PATRICK G", "RYAN PATRICK G JR", Grade.POSSIBLE),
        ("Williams Michael S", "Williams Michael J", None),
        ("Dolan Thomas Charles", "Thomas G. Dolan", None),
        ("Burns Richard John", "Burns John Thomas", None),
        # A typing error is never more than possible.
        ("Lipesky Scott", "Lipeski Scott", Grade.POSSIBLE),
        ("Nicholas Olds", "Nicolas Olds", Grade.POSSIBLE),
        ("Wiliams Michael S", "Williams Michael J", None),
        # Known limits: a nickname, and a trust that names its owner only in the remarks.
        ("Tim Cook", "Cook Timothy D", None),
        ("Luca Maestri", "The Maestri Living Trust dtd 1/29/2016", None),
        # Entities: the legal form does not matter, a number does.
        ("BW Group", "BW GROUP LTD", Grade.NAME),
        ("Atlas Venture Fund XI, L.P.", "Atlas Venture Fund XII LP", None),
        ("The Lawrence Page Trust III", "The Lawrence Page Trust II", None),
        ("Kapitalo Fund", "Kapitallo Fund", Grade.POSSIBLE),
    ],
)
def test_sellers_are_found_by_name_as_surely_as_their_names_allow(
    entry: str, filed: str, expected: Grade | None
) -> None:
    assert grade(f"holders: ['{entry}']", sold_by(filed), NOBODY) is expected


def test_a_holders_name_under_another_cik_is_possible_because_the_filer_may_be_an_agent() -> None:
    body = "holders: [{name: Ruby Finance Holdings Ltd., cik: 1963043}]"
    found = decision(body, sold_by("Ruby Finance Holdings Ltd.", 42), NOBODY)
    assert [identity.grade for identity in found.identities] == [Grade.POSSIBLE]
    assert "but filer CIK 42 is not 1963043" in found.identities[0].because
    assert not found.is_certain


def test_a_similar_name_under_another_cik_is_nobody() -> None:
    assert grade("holders: [{name: Scott Lipesky, cik: 7}]", sold_by("Lipesky Scott D.", 42), NOBODY) is None
    assert grade("holders: [{name: Scott Lipesky, cik: 7}]", sold_by("Lipeski Scott", 42), NOBODY) is None


def test_the_surest_identity_comes_first_and_each_entry_once() -> None:
    body = "issuers: [Ruby Tuesday, 001-38752, QFIN]\nholders: [Ruby Finance Holdings, 1963043]"
    found = decision(body, the_seed_notice(), the_seed_filing())
    assert [(identity.entry, identity.grade, identity.side) for identity in found.identities] == [
        ("QFIN", Grade.CIK, Side.ISSUER),
        ("1963043", Grade.CIK, Side.HOLDER),
        ("001-38752", Grade.FILE_NUMBER, Side.ISSUER),
        ("Ruby Finance Holdings", Grade.NAME, Side.HOLDER),
    ]
    assert [identity.because for identity in found.identities] == [
        "issuer CIK 1741530",
        "filer CIK 1963043",
        "SEC file number 001-38752",
        "name Ruby Finance Holdings Ltd.",
    ]


def an_index() -> WatchlistIndex:
    bodies = {
        "on": "issuers: [QFIN]",
        "off": "issuers: [AAPL]",
        "every": "any_notice: true\nwhen: {units: over 5M}",
    }
    files = {f"{name}.yaml": (HEAD + body).encode() for name, body in bodies.items()}
    return WatchlistIndex(load_watchlists(files, {"QFIN": (1741530, "Qfin"), "AAPL": (320193, "Apple")}))


def test_match_gives_the_lists_the_notice_is_on_and_explain_gives_all() -> None:
    index = an_index()
    on = match(the_seed_notice(), the_seed_filing(), index)
    assert [(one.watchlist_id, one.raises_alert) for one in on] == [("every", False), ("on", True)]
    every = explain(the_seed_notice(), the_seed_filing(), index)
    assert [(one.watchlist_id, bool(one.identities)) for one in every] == [
        ("every", True),
        ("off", False),
        ("on", True),
    ]


def test_a_list_is_found_again_by_its_id() -> None:
    index = an_index()
    assert index.watchlist("on").id == "on"
    with pytest.raises(KeyError):
        index.watchlist("nowhere")


def test_a_near_miss_is_one_by_no_more_than_the_lists_margin() -> None:
    """33,760,830.60 against 35 and 40 million."""
    notice, filing = the_seed_notice(), the_seed_filing()
    assert decision("issuers: [QFIN]\nwhen: {market_value: over 35M}", notice, filing).is_near_miss
    assert not decision("issuers: [QFIN]\nwhen: {market_value: over 40M}", notice, filing).is_near_miss
    wider = "issuers: [QFIN]\nnear_miss: 20%\nwhen: {market_value: over 40M}"
    assert decision(wider, notice, filing).is_near_miss
    both = "issuers: [QFIN]\nwhen: {market_value: over 35M, units: over 5M}"
    assert not decision(both, notice, filing).is_near_miss
    assert not decision("issuers: [AAPL]\nwhen: {market_value: over 35M}", notice, filing).is_near_miss


def test_the_index_says_how_much_history_its_questions_need() -> None:
    assert WatchlistIndex([a_watchlist("any_notice: true\nwhen: {plan: absent}")]).history_days is None
    asked = "any: [{not: {cluster: 3 sellers in 45 days}}, {cluster: 2 sellers in 7 days}]"
    deep = f"any_notice: true\nwhen: {{{asked}}}"
    assert WatchlistIndex([a_watchlist(deep)]).history_days == 45


def test_a_pasted_file_number_and_a_filed_one_agree_leading_zeros_aside() -> None:
    notice = a_notice(issuer_cik=None, issuer_file_number="1-5")
    assert grade("issuers: [001-00005]", notice, NOBODY) is Grade.FILE_NUMBER
    unreadable = a_notice(issuer_cik=None, issuer_file_number="see cover page")
    assert grade("issuers: [001-00005]", unreadable, NOBODY) is None


_CROWD = WatchlistIndex(
    [
        a_watchlist(
            "issuers: [AAPL, 001-38752, 漢字, A & B]\nholders: [Jr Jr, Sean (Da), 'Dr. No', II III, 5]"
        ),
        a_watchlist("any_notice: true\nwhen: {seller: entity, cluster: 2 sellers in 9 days, exchange: NYSE}"),
    ]
)
_NAME = st.one_of(
    st.none(), st.text(max_size=30), st.sampled_from(["", " ", "&", "and and", "()", "JR", "漢字", "Inc."])
)


@given(_NAME, _NAME, _NAME, st.text(max_size=12))
def test_no_name_and_no_number_anybody_files_stops_the_matching(
    issuer: str | None, seller: str | None, announced: str | None, file_number: str
) -> None:
    filing = a_filing(parties=(Party(cik=0, name=announced or ""),))
    notice = a_notice(
        issuer_cik=None,
        issuer_name=issuer,
        issuer_file_number=file_number,
        filer_ciks=(),
        seller_name=seller,
        proposed_sales=(),
    )
    assert len(explain(notice, filing, _CROWD)) == 2


@pytest.mark.corpus
def test_real_documents_are_found_by_cik_file_number_and_name(corpus: Path) -> None:
    seed = read_notice(next((corpus / "seed").glob("*.txt")).read_bytes())
    assert grade("issuers: [001-38752]", seed, NOBODY) is Grade.FILE_NUMBER
    assert grade("issuers: [360 DigiTech]", seed, NOBODY) is Grade.NAME
    assert grade("holders: [1963043]", seed, NOBODY) is Grade.CIK
    found = decision(
        "any_notice: true\nwhen: {relationship: 10% holder, market_value: over 10M}", seed, NOBODY
    )
    assert found.raises_alert
    assert found.is_certain
    lipesky = read_notice(next((corpus / "filings").glob("abercrombie*.xml")).read_bytes())
    assert grade("issuers: [1018840]", lipesky, NOBODY) is Grade.CIK
    assert grade("holders: [Scott D. Lipesky]", lipesky, NOBODY) is Grade.PAIR
    assert grade("issuers: [Abercrombie & Fitch]", lipesky, NOBODY) is Grade.NAME


SMITHS = "holders: [Smith John A, Smith John B]\n"


def people(body: str, notice: Form144Notice) -> list[tuple[str, Grade]]:
    return [(one.entry, one.grade) for one in decision(body, notice, NOBODY).identities]


def test_a_name_without_a_middle_that_fits_two_people_of_a_list_is_only_possible_for_each() -> None:
    assert people(SMITHS, sold_by("John Smith")) == [
        ("Smith John A", Grade.POSSIBLE),
        ("Smith John B", Grade.POSSIBLE),
    ]
    assert (
        "others on the list are called so"
        in decision(SMITHS, sold_by("John Smith"), NOBODY).identities[0].because
    )
    assert people(SMITHS, sold_by("John B. Smith")) == [("Smith John B", Grade.PAIR)]


@pytest.mark.parametrize("entries", ["[Smith John A]", "[Smith John Albert, Smith John A]"])
def test_names_that_may_be_one_person_do_not_make_each_other_doubtful(entries: str) -> None:
    found = people(f"holders: {entries}\n", sold_by("John Smith"))
    assert {grade for _, grade in found} == {Grade.PAIR}


@pytest.mark.parametrize(
    ("said", "sure", "possible"),
    [
        ("John Smith", "Smith John", "Smith John A"),
        ("SMITH JOHN", "Smith John", "Smith John A"),
        ("John A. Smith", "Smith John Albert", "Smith John"),
        ("Smith John A", "Smith John A", "Smith John"),
    ],
)
def test_whoever_has_the_middle_name_of_the_notice_is_meant_and_the_others_are_possible(
    said: str, sure: str, possible: str
) -> None:
    found = dict(people(f"holders: [{sure}, {possible}]\n", sold_by(said)))
    assert found[sure] is not Grade.POSSIBLE
    assert found[possible] is Grade.POSSIBLE


def test_somebody_whom_their_cik_rules_out_makes_nobody_doubtful() -> None:
    body = "holders: [{cik: 5, name: Smith John A}, Smith John B]\n"
    assert people(body, sold_by("John Smith", 7)) == [("Smith John B", Grade.PAIR)]


def test_a_namesake_on_another_list_changes_nothing_because_that_list_may_be_confidential() -> None:
    files = {f"{name}.yaml": (HEAD + f"holders: [Smith John {name}]\n").encode() for name in "AB"}
    found = match(sold_by("John Smith"), NOBODY, WatchlistIndex(load_watchlists(files, None)))
    assert [one.identities[0].grade for one in found] == [Grade.PAIR, Grade.PAIR]
