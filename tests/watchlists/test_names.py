from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.watchlists import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ruby Finance Holdings Ltd.", "RUBY FINANCE HOLDINGS LIMITED"),
        ("ABERCROMBIE & FITCH CO /DE/", "Abercrombie and Fitch Co"),
        ("INDEPENDENT BANK CORP", "INDEPENDENT BANK CORP /MI/"),
        ("The Coca-Cola Company", "COCA COLA CO"),
        ("Novo Nordisk A/S", "NOVO NORDISK A S"),
        ("Ørsted A/S", "Orsted AS"),
        ("NIKE, Inc.", "nike"),
        ("JPMorgan Chase", "JPMORGAN CHASE & CO"),
        ("Deere", "DEERE & CO"),
        ("Warburg Pincus LLC", "WARBURG PINCUS & CO."),
        ("Troops, Inc.", "Troops, Inc. /Cayman Islands/"),
        ("Rivian Automotive", "Rivian Automotive, Inc. / DE"),
        ("Imperial Petroleum Inc.", "Imperial Petroleum Inc./Marshall Islands"),
        ("Sealed Air Corp", "SEALED AIR CORP/DE"),
        ("Costco Wholesale", "COSTCO WHOLESALE CORP /NEW"),
        ("Trico Bancshares", "TRICO BANCSHARES /"),
        ("Data I/O", "DATA I/O CORP"),
        # Only a CIK tells these issuers apart: their names alone are the same name.
        ("Toro Co", "Toro Corp."),
        ("Blue Owl Capital Corp", "Blue Owl Capital Inc."),
        ("Carnival Corp", "Carnival plc"),
        ("Prologis, Inc.", "Prologis, L.P."),
    ],
)
def test_legal_form_case_and_state_do_not_make_another_company(one: str, other: str) -> None:
    assert names.company(one) == names.company(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Apple Inc.", "Apple Hospitality REIT"),
        ("Apple Inc.", "Maui Land & Pineapple Co"),
        ("Target Corp", "Target Hospitality"),
        ("Southern Co", "Southern First Bancshares"),
        ("Block, Inc.", "H&R Block"),
        ("On Holding AG", "ON Semiconductor"),
        ("Ruby Finance Holdings Ltd.", "Ruby Tuesday"),
        ("Ruby Finance Holdings", "Ruby Finance Investment Ltd"),
        ("Goldman Sachs Group", "Goldman Sachs Trust"),
        ("Meta Platforms", "Facebook"),
        ("Citizens/Northern", "Citizens Inc"),
        ("Data I/O Corp", "Data I Corp"),
        ("First Trust High Income Long/Short Fund", "First Trust High Income Long"),
    ],
)
def test_companies_that_share_words_stay_apart(one: str, other: str) -> None:
    assert names.company(one) != names.company(other)


def test_letters_of_other_alphabets_are_transcribed_not_dropped() -> None:
    assert names.plain("Łukasz Groß") == "lukasz gross"


def test_a_name_that_is_all_legal_form_keeps_its_first_word() -> None:
    assert names.company("The Limited Co") == "limited"
    assert names.company("Company") == "company"


@pytest.mark.parametrize(
    "name",
    [
        "Leo 19 Trust",
        "The Lawrence Page Trust III",
        "H&S INVESTMENTS I LP",
        "BW Group Ltd",
        "Family Trust IX DTD May 26, 2022",
        "STS Holdings II LLC",
        "Ruby Finance Holdings Ltd.",
        "The Maestri Living Trust dtd 1/29/2016",
    ],
)
def test_trusts_funds_and_companies_are_entities(name: str) -> None:
    assert names.is_entity(name)


@pytest.mark.parametrize(
    "name", ["Lipesky Scott D.", "RASHIDA LA LANDE", "Fred Wilson & Joanne Wilson", "Da Shengwei (Sean)"]
)
def test_people_are_no_entities(name: str) -> None:
    assert not names.is_entity(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lipesky Scott D.", "Scott D. Lipesky"),
        ("LEVINSON ARTHUR D", "Arthur Levinson"),
        ("Olds Nicholas G", "Nicholas Olds"),
        ("Shlomi Ben Haim", "Ben Haim Shlomi"),
        ("van der Velden Jan", "Jan van der Velden"),
        ("Da Shengwei (Sean)", "Sean Da"),
        ("O'Brien Deirdre", "Deirdre OBrien"),
        ("O BRIEN KEVIN J", "Kevin O'Brien"),
        ("Kevin O Brien", "O'BRIEN KEVIN"),
        ("MC DONALD RONALD", "Ronald McDonald"),
        ("SMITH JOHN O", "John Smith"),
        ("John O. Smith", "Smith John"),
    ],
)
def test_order_middle_names_and_nicknames_in_brackets_leave_a_pair_in_common(one: str, other: str) -> None:
    assert names.pairs(one) & names.pairs(other)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("Williams Michael S", "Williams Michael J", ("michael", "williams")),
        ("Dolan Thomas Charles", "Thomas G Dolan", ("dolan", "thomas")),
        ("Burns Richard John", "Burns John Thomas", ("burns", "john")),
    ],
)
def test_middle_names_that_contradict_rule_a_person_out(
    one: str, other: str, shared: tuple[str, ...]
) -> None:
    assert shared in names.pairs(one) & names.pairs(other)
    assert not names.middles_agree(one, other, shared)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O BRIEN KEVIN J", "Kevin John O'Brien"),
        ("MC DONALD RONALD A", "Ronald A. McDonald"),
        ("O BRIEN KEVIN", "Kevin O'Brien"),
    ],
)
def test_a_particle_written_apart_contradicts_nothing(one: str, other: str) -> None:
    assert any(names.middles_agree(one, other, pair) for pair in names.pairs(one) & names.pairs(other))
    assert not any(
        names.middles_agree("O BRIEN KEVIN J", "Kevin M. O'Brien", pair)
        for pair in names.pairs("O BRIEN KEVIN J") & names.pairs("Kevin M. O'Brien")
    )


def test_an_initial_agrees_with_the_name_it_begins_and_a_missing_one_with_any() -> None:
    pair = ("dolan", "thomas")
    assert names.middles_agree("Dolan Thomas Charles", "Thomas C. Dolan", pair)
    assert names.middles_agree("Dolan Thomas Charles", "Thomas Dolan", pair)


def test_generations_are_read_from_every_spelling() -> None:
    assert [
        names.generation(name) for name in ("RYAN PATRICK G", "RYAN PATRICK G JR", "ADAMS RICHARD M SR.")
    ] == [
        None,
        "jr",
        "sr",
    ]


def test_what_filers_write_before_a_sellers_name_is_taken_off() -> None:
    assert names.seller("10b5-1 Sales for MICHAEL INTRATOR") == "MICHAEL INTRATOR"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fred Wilson & Joanne Wilson", ("fred wilson", "joanne wilson")),
        ("Fred and Joanne Wilson", ("fred wilson", "joanne wilson")),
        ("Fred A. & Joanne B. Wilson", ("fred a wilson", "joanne b wilson")),
        ("WILSON FRED & JOANNE", ("wilson fred", "joanne wilson")),
        ("Johnson & Johnson", ("johnson and johnson",)),
        ("Sandra Anderson", ("sandra anderson",)),
    ],
)
def test_a_couple_is_two_people_of_one_surname_and_two_lone_names_are_not(
    written: str, meant: tuple[str, ...]
) -> None:
    assert tuple(map(names.plain, names.persons(written))) == meant


@given(st.text(max_size=60))
def test_no_text_breaks_the_keys(text: str) -> None:
    assert names.company(names.company(text)) == names.company(text) or names.company(text) == ""
    names.pairs(text)
    names.is_entity(text)
    names.persons(text)


_WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9).filter(
    lambda word: word not in names._GENERATIONS and word not in names._TITLES
)


@given(_WORD, _WORD, _WORD)
def test_every_usual_way_to_write_a_person_shares_a_pair(first: str, middle: str, last: str) -> None:
    spellings = [
        f"{first} {middle} {last}",
        f"{first} {middle[0]}. {last}",
        f"{first} {last}",
        f"{last} {first} {middle}",
        f"{last.upper()} {first.upper()} {middle[0].upper()}",
        f"{last}, {first}",
    ]
    pair = names._pair(first, last)
    assert all(pair in names.pairs(spelling) for spelling in spellings)
    assert all(names.middles_agree(one, other, pair) for one in spellings for other in spellings)
