"""What free text gives away: entities by their names, plans and pledges by the remarks."""

from __future__ import annotations

import pytest

from tests.builders import a_notice
from worker.filings.figures import Mention
from worker.filings.rule144 import computed

ENTITIES = [
    "Ruby Finance Holdings Ltd.", "The Lawrence Page Trust III", "H&S INVESTMENTS I LP", "Leo 19 Trust",
    "Claure Mobile LLC", "D95GT, LLC", "Exxon Mobil Corp", "Lilly Endowment, Inc.", "Rinks Foundation",
    "WilWal Ltd.", "QUALCOMM INC", "AMERICAN TOWER CORP /MA/", "Frederick & Joanne Wilson 2012 DE Trust",
    "John Kent Walker Jr, TTEE of the Arete Trust, UAD 8/22/2001", "Atlas Venture Opportunity Fund II, L.P.",
    "BW Group Ltd", "Baiju Prafulkumar Bhatt Living Trust", "Morgan Stanley Smith Barney LLC",
]  # fmt: skip
PERSONS = [
    "Lipesky Scott D.", "MICHAEL INTRATOR", "LEVINSON ARTHUR D", "van der Velden Jan", "RASHIDA LA LANDE",
    "Fred Wilson & Joanne Wilson", "James Quincey", "Ng Co Wing", "Trujillo Tr Maria", "Santos A",
    "Incze Ann", "Grant Plank", "Fundin Bo", "Banks Tyra", "Cooper Lp Anne",
]  # fmt: skip


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entitys_name_looks_like_one(name: str) -> None:
    assert computed(a_notice(seller_name=name)).seller_looks_like_entity is True
    assert computed(a_notice(seller_name=name.upper())).seller_looks_like_entity is True


@pytest.mark.parametrize("name", PERSONS)
def test_a_persons_name_does_not(name: str) -> None:
    assert computed(a_notice(seller_name=name)).seller_looks_like_entity is False


def test_no_name_is_not_known() -> None:
    assert computed(a_notice(seller_name=None)).seller_looks_like_entity is None


@pytest.mark.parametrize(
    ("remarks", "mentioned"),
    [
        (None, ()),
        ("Sale to cover taxes on vested units.", ()),
        ("Pursuant to a Rule 10b5-1 trading plan.", (Mention.PLAN,)),
        ("SOLD PURSUANT TO A RULE 10B5-1 PLAN ESTABLISHED 11/11/25", (Mention.PLAN,)),
        ("A selling plan dated 11-15-22 under Rule 10b5-1(c)", (Mention.PLAN,)),
        ("variable prepaid forward contract", (Mention.FORWARD,)),
        ("The forward-looking statements", ()),
        ("shares pledged as collateral; margin loan", (Mention.PLEDGE,)),
        (
            "STS Holdings II LLC, whose sole beneficial owner is P. E.",
            (Mention.BENEFICIAL_OWNER,),
        ),
        ("sold by the Sycamore Trust, J. Example as Trustee.", (Mention.BENEFICIAL_OWNER,)),
        ("to unwind its hedge positions", (Mention.HEDGE,)),
    ],
)
def test_remarks_are_searched_for_what_matters(remarks: str | None, mentioned: tuple[Mention, ...]) -> None:
    assert computed(a_notice(remarks=remarks)).remarks_mention == mentioned
