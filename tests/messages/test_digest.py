"""What a digest says, in every channel, however much there is and whatever filings say."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from decimal import Decimal
from email.headerregistry import Address
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.builders import a_filing, a_notice, a_proposed_sale
from tests.messages import digests, samples
from tests.messages.test_in_chromium import CHROMIUM, LEAST_CONTRAST, _measured
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import Digest, Unacknowledged
from worker.alerts.message import Message
from worker.messages import slack_limits
from worker.messages.digest import DEGRADATION, DigestFacts, digest_facts
from worker.messages.digest_blocks import blocks_of_digest
from worker.messages.digest_message import write_digest
from worker.messages.digest_table import COLUMNS, cell, table_of
from worker.messages.rehearsal import rehearse
from worker.messages.templates import shipped
from worker.messages.together import blocks_of_together, together_of
from worker.messages.writer import HTML_BYTES, Writer
from worker.notifiers.email_message import compose
from worker.watchlists.destination import Destination
from worker.watchlists.match import Severity

WRITER = Writer([shipped()])
CHANNELS = ("slack", "slack-webhook", "email", "console")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def facts(digest: Digest, room: int = 0) -> DigestFacts:
    return digest_facts(digest, DEGRADATION[room])


def written(digest: Digest, channel: str = "email") -> Message:
    made = write_digest(WRITER, digest, Destination(channel), attach_csv=True)
    assert made.problem is None
    return made.message


def said(message: Message) -> str:
    """Everything a reader sees, on one line and without the channel's escapes."""
    if message.blocks is not None:
        shown = html.unescape(json.dumps([message.text, *message.blocks], ensure_ascii=False))
    elif message.html is not None:
        shown = html.unescape(re.sub(r"<[^>]*>", " ", message.html.split("</style>")[-1]))
    else:
        shown = message.text
    return " ".join(shown.replace("\\n", " ").replace('\\"', '"').split())


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", digests.EVERY)
def test_every_digest_is_written_without_a_problem_and_within_all_limits(name: str, channel: str) -> None:
    message = written(digests.EVERY[name](), channel)
    if message.blocks is not None:
        assert slack_limits.problems(message.blocks, message.text) == []
    if message.html is not None:
        assert len(message.html.encode()) <= HTML_BYTES


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_says_every_part_of_it(channel: str) -> None:
    digest = digests.full()
    message = written(digest, channel)
    expected = facts(digest)
    shown = said(message).upper()
    for group in expected.groups:
        assert group.issuer.upper() in shown
        assert " ".join(group.totals.split()).upper() in shown
    for part in expected.sections:
        assert part.name.upper() in shown
        assert part.lead.upper() in shown
    for line in (*expected.coverage, *expected.warnings, expected.headline):
        assert line.upper() in shown
    for entry in digest.entries:
        assert entry.item.url in html.unescape(str(message))


def test_the_coverage_line_is_the_one_that_status_prints() -> None:
    assert facts(digests.empty()).coverage == (
        "EDGAR's index for 1 Sep: 142 notices. Seen 142. Matched 0. Unreadable 0. Worst delay 48 s.",
        "EDGAR's index for 2 Sep is not out yet. Seen 4. Matched 0. Unreadable 0. Worst delay 48 s.",
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_of_a_thousand_alerts_what_is_not_shown_is_counted(channel: str) -> None:
    message = written(digests.large(1_000), channel)
    shown = said(message)
    told = {int(number) for number in re.findall(r"Jane Q\. Example (\d+) proposes", shown)}
    counted = sum(int(n.replace(",", "")) for n in re.findall(r"and ([\d,]+) more notices?", shown))
    rest = re.search(r"Not shown here: ([\d,]+) notices? about ([\d,]+) more issuers?", shown)
    assert rest is not None
    assert len(told) + counted + int(rest[1].replace(",", "")) == 1_000
    assert "1,000 notices about 200 issuers" in shown
    assert "$250,000,000.00" in shown


def test_the_table_holds_them_all() -> None:
    message = written(digests.large(1_000))
    (file,) = message.attachments
    rows = list(csv.DictReader(io.StringIO(file.content.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 1_000
    assert {row["accession number"] for row in rows} == {f"0001950047-26-{n:06}" for n in range(1_000)}
    assert file.name in said(message)
    assert "the table that is attached holds them all" in message.text


@pytest.mark.parametrize("number", [0, 1, 2, 30, 45, 120])
def test_no_notice_is_cut_and_none_is_left_out_in_silence(number: int) -> None:
    digest = digests.a_digest(*(digests.numbered(one, issuer=one % 7) for one in range(number)))
    for room in DEGRADATION:
        found = digest_facts(digest, room)
        shown = sum(len(group.lines) for group in found.groups)
        more = sum(int(re.findall(r"\d+", group.more)[0]) for group in found.groups if group.more)
        rest = int(re.findall(r"\d+", found.more)[0]) if found.more else 0
        assert shown + more + rest == number


def test_totals_count_an_amended_notice_once() -> None:
    original = digests.an_entry(samples.an_alert(filing=a_filing(accession="0001950047-26-000101")), number=1)
    amended = digests.an_entry(samples.amended(), number=2)
    (group,) = facts(digests.a_digest(original, amended)).groups
    assert "market value $311,250.50 (computed)" in group.totals
    assert "1 amended in this digest and not counted" in group.totals


def test_of_two_amendments_of_one_notice_the_newest_alone_counts() -> None:
    entries = [digests.numbered(number, issuer=1) for number in (1, 2, 3, 4)]
    original, first, second, third = (entry.item for entry in entries)
    chain = (
        original,
        structs.replace(first, amends=original.accession),
        structs.replace(second, amends=original.accession),
        structs.replace(third, amends=first.accession),
    )
    for items in (chain, chain[1:], chain[:3], chain[::-1]):
        made = [structs.replace(entry, item=item) for entry, item in zip(entries, items, strict=False)]
        found = facts(digests.a_digest(*made))
        assert "market value $250,000.00 (computed)" in found.groups[0].totals
        assert f"{len(items) - 1} amended in this digest and not counted" in found.groups[0].totals
        noted = [line for line in found.groups[0].lines if "by a newer notice" in " ".join(line.notes)]
        assert len(noted) == len(items) - 1


def test_notices_that_name_each_other_as_amended_are_one_family() -> None:
    one, other = (digests.numbered(number, issuer=1) for number in (1, 2))
    ring = [
        structs.replace(one, item=structs.replace(one.item, amends=other.item.accession)),
        structs.replace(other, item=structs.replace(other.item, amends=one.item.accession)),
    ]
    (group,) = facts(digests.a_digest(*ring)).groups
    assert "market value $250,000.00 (computed)" in group.totals


def test_units_of_an_amended_notice_are_counted_once() -> None:
    original, other, amended = (digests.numbered(number, issuer=1) for number in (1, 2, 3))
    item = structs.replace(amended.item, amends=original.item.accession)
    (group,) = facts(digests.a_digest(original, other, structs.replace(amended, item=item))).groups
    assert "20,005 units of Common in all, market value $500,000.00 (computed)" in group.totals


def test_a_value_that_is_not_known_is_never_zero_and_comes_first() -> None:
    known = digests.numbered(1, issuer=1, value=Decimal(90_000_000))
    unknown = digests.numbered(2, issuer=2, value=None)
    found = facts(digests.a_digest(known, unknown))
    assert [group.issuer for group in found.groups] == [
        "Example Industries 2 Inc.",
        "Example Industries 1 Inc.",
    ]
    assert found.groups[0].totals == "1 notice by 1 seller, market value not known"
    assert ("Market value, computed (1 not known)", "$90,000,000.00") in [
        (tile.name, tile.value) for tile in found.tiles
    ]


def test_what_is_severe_comes_before_what_is_large() -> None:
    large = digests.numbered(1, issuer=1, value=Decimal(90_000_000))
    severe = digests.numbered(2, issuer=2)
    severe = structs.replace(severe, item=structs.replace(severe.item, severity=Severity.HIGH))
    found = facts(digests.a_digest(large, severe))
    assert found.groups[0].lines[0].severity == "High"


def test_one_notice_on_two_lists_is_one_line_with_both_names() -> None:
    one = digests.numbered(1)
    two = structs.replace(one, id=2, item=structs.replace(one.item, list_name="Another"))
    found = facts(digests.a_digest(one, two))
    assert found.notices == 1
    assert found.groups[0].lines[0].notes == ("Industrials we follow", "Another")
    assert "1 notice by 1 seller" in found.groups[0].totals


def test_units_are_summed_only_where_they_are_of_one_class() -> None:
    same = facts(digests.a_digest(digests.numbered(0), digests.numbered(1))).groups[0]
    assert "20,001 units of Common in all" in same.totals
    other = a_notice(
        issuer_name="Example Industries 0 Inc.",
        issuer_cik=1_990_000,
        proposed_sales=(a_proposed_sale(class_title="Class B"),),
    )
    alert = samples.an_alert(other, a_filing(accession="0001950047-26-000900"))
    mixed = facts(digests.a_digest(digests.numbered(0), digests.an_entry(alert, number=9))).groups[0]
    assert "units" not in mixed.totals


def test_an_alert_that_another_list_raised_is_no_near_miss() -> None:
    digest = digests.full()
    near = next(one for one in digest.entries if one.is_near_miss)
    alerted = structs.replace(near, id=99, state=DeliveryState.HELD)
    found = facts(structs.replace(digest, entries=(*digest.entries, alerted)))
    assert "Near misses" not in [part.name for part in found.sections]


@given(text=st.text(max_size=40), prefix=st.sampled_from(["", " ", "=", "+", "-", "@", "\t", "\r", "＝"]))
def test_no_cell_is_a_formula(text: str, prefix: str) -> None:
    made = cell(prefix + text)
    assert not made.startswith(FORMULA)
    assert not made.lstrip().startswith(FORMULA)
    assert not made.lstrip().startswith(("＝", "＋", "－", "＠"))


def test_hostile_names_stay_text_in_the_table() -> None:
    content = table_of(digests.hostile(4)).content
    assert content.startswith("\ufeffwhat,")
    for row in csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")):
        assert len(row) == len(COLUMNS)
        assert not any(one.lstrip().startswith(FORMULA) for one in row)


def test_the_mail_carries_the_table_and_is_the_same_when_it_is_sent_again() -> None:
    message = written(digests.full())
    sender, recipient = (Address(username=name, domain="example.com") for name in ("form144", "jane"))

    def sent() -> bytes:
        mail = compose(
            message,
            sender=sender,
            recipient=recipient,
            key="a" * 64,
            now=digests.UNTIL,
            answers=None,
        )
        assert [part.get_content_type() for part in mail.walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/csv",
        ]
        return mail.as_bytes(policy=SMTP)

    assert sent() == sent()


def test_a_digest_survives_every_template_failing(tmp_path: Path) -> None:
    folder = tmp_path / "digest"
    folder.mkdir()
    (folder / "email.txt.j2").write_text("{{ digest.nothing }}")
    made = write_digest(Writer([tmp_path]), digests.full(), Destination("email"), attach_csv=True)
    assert made.problem is not None
    assert digests.full().entries[0].item.url in made.message.text
    assert made.message.attachments


def test_check_tries_a_users_digest_templates(tmp_path: Path) -> None:
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest" / "email.txt.j2").write_text("{{ digest.headlin }}")
    (tmp_path / "digest" / "emial.txt.j2").write_text("x")
    found = [str(mistake) for mistake in rehearse(tmp_path)]
    assert any("digest/email.txt.j2:1" in one and "headlin" in one for one in found)
    assert any("emial.txt.j2" in one and "did you mean" in one for one in found)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_digest_fits_a_phone_and_a_desktop_and_can_be_read(tmp_path: Path, scheme: str) -> None:
    frames = [
        f'<iframe name="{name} at {width}" width="{width}" height="600" '
        f'srcdoc="{html.escape(written(digest()).html or "")}"></iframe>'
        for name, digest in digests.EVERY.items()
        for width in (320, 700)
    ]
    measured = _measured(tmp_path, "".join(frames), scheme)
    assert len(measured) == len(frames)
    for frame in measured:
        assert frame["dark"] is (scheme == "dark")
        assert frame["over"] <= 0, f"{frame['name']} runs over its edge by {frame['over']} pixels"
        assert frame["ratio"] >= LEAST_CONTRAST, (
            f"{frame['name']}: {frame['text']!r} has {frame['ratio']:.2f}"
        )


def test_what_nobody_acknowledged_goes_by_the_name_of_its_form() -> None:
    before = Unacknowledged(
        form="Form 144/A", issuer="Example", said="said", url=digests.PAGE, told_at=digests.UNTIL
    )
    message = written(digests.a_digest(unacknowledged=(before,)), "slack")
    assert "|Form 144/A>" in str(message.blocks)


def test_what_slack_counts_as_two_letters_leaves_a_digest_and_a_burst_within_its_limits() -> None:
    wide = "\U00020000" * 550
    many = tuple(
        Unacknowledged(form="Form 144", issuer=wide, said="said", url=digests.PAGE, told_at=digests.UNTIL)
        for _ in range(8)
    )
    digest = blocks_of_digest(facts(digests.a_digest(unacknowledged=many)))
    assert slack_limits.problems(digest) == []
    one = structs.replace(samples.together()[0], line=wide)
    assert slack_limits.problems(blocks_of_together(together_of([one] * 8))) == []


def test_a_line_begins_with_the_notice_and_how_much_it_matters_stands_among_its_notes() -> None:
    unsure = samples.unsure()
    high = structs.replace(unsure, match=structs.replace(unsure.match, severity=Severity.HIGH))
    digest = digests.a_digest(digests.an_entry(high))
    made = {name: write_digest(WRITER, digest, Destination(name)).message for name in CHANNELS}
    email, slack = made["email"], made["slack"]
    assert "\n* Jane Q. Example proposes" in email.text
    assert "\n  High severity; a confidential watchlist; to be checked: " in email.text
    assert ">Jane Q. Example proposes to sell 10,000 units of Common</p>" in (email.html or "")
    assert "To be checked: Jane" not in (email.html or "")
    assert "    High severity; a confidential watchlist; to be checked: " in str(slack.blocks)
