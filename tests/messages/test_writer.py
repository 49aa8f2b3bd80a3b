"""What the Writer promises, whatever the notice says and whatever the templates do."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.builders import a_filing, a_lot, a_notice, a_proposed_sale
from tests.messages import goldens, samples
from tests.watchlists.lists import decision
from worker.alerts.alert import Alert
from worker.alerts.message import Message
from worker.filings.filing import FoundBy
from worker.filings.notice import Form144Notice, Source
from worker.filings.rule144 import computed
from worker.messages import slack_limits
from worker.messages.amended import marked
from worker.messages.facts import DEGRADATION, Facts, facts_of
from worker.messages.templates import shipped
from worker.messages.writer import HTML_BYTES, Writer
from worker.watchlists.destination import Destination
from worker.watchlists.match import Answer

#: The form's own names for what a notice proposes, and for its table of past sales.
FORM_WORDS = (
    "to be sold",
    "securities sold during the past 3 months",
    "amount of securities sold",
    "title of securities sold",
)
CHANNELS = ("slack", "slack-webhook", "email", "console")
EVERY = {**samples.SHOWN, "maxima": samples.maxima, "hostile": samples.hostile}


START = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer([shipped()])


def facts(alert: Alert) -> Facts:
    return facts_of(alert, computed(alert.notice), DEGRADATION[0])


def said(message: Message) -> str:
    """Everything a reader of the message sees, on one line and without the channel's escapes."""
    if message.blocks is not None:
        shown = html.unescape(json.dumps([message.text, *message.blocks], ensure_ascii=False))
        shown = shown.replace("\\n", " ").replace('\\"', '"')
    elif message.html is not None:
        shown = html.unescape(re.sub(r"<[^>]*>", " ", message.html.split("</style>")[-1]))
    else:
        shown = message.text
    return " ".join(shown.split())


@pytest.mark.parametrize("name", goldens.files())
def test_the_messages_are_the_golden_ones(name: str) -> None:
    golden = goldens.FOLDER / name
    assert golden.is_file(), f"no golden file {name}; look at the message, then write it"
    assert goldens.files()[name] == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {file.name for file in goldens.FOLDER.iterdir()} == set(goldens.files())


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", EVERY)
def test_every_message_is_written_without_a_problem(writer: Writer, name: str, channel: str) -> None:
    written = writer.write(EVERY[name](), Destination(channel))
    assert written.problem is None
    assert written.message.text.strip()


@pytest.mark.parametrize("name", samples.SHOWN)
def test_every_channel_says_the_same_facts_in_the_same_order(writer: Writer, name: str) -> None:
    alert = samples.SHOWN[name]()
    expected = facts(alert)
    for channel in CHANNELS:
        shown = said(writer.write(alert, Destination(channel)).message)
        values = [row.value for row in expected.rows] + list(expected.reasons)
        places = []
        place = 0
        for value in values:
            place = shown.find(" ".join(value.split()), place)
            places.append(place)
        assert -1 not in places, (channel, dict(zip(values, places, strict=True)))
        for fact in (*expected.checks, *expected.lines, *expected.problems, expected.accession):
            assert " ".join(fact.split()) in shown, channel
        assert expected.url in html.unescape(str(writer.write(alert, Destination(channel)).message))


@pytest.mark.parametrize("name", samples.SHOWN)
def test_no_message_says_that_anything_was_sold_or_broke_a_rule(writer: Writer, name: str) -> None:
    for channel in CHANNELS:
        shown = said(writer.write(samples.SHOWN[name](), Destination(channel)).message).lower()
        for ours in ("does not say that anything was sold", "nothing sold, as filed", *FORM_WORDS):
            shown = shown.replace(ours, "")
        assert not re.search(r"\b(sold|violat\w*|breach\w*|complian\w*)\b", shown)


@pytest.mark.parametrize("text", ["W", "&", "\U0001f600"])
def test_at_the_schemas_maxima_every_channel_keeps_its_limits(writer: Writer, text: str) -> None:
    alert = samples.maxima(text)
    slack = writer.write(alert, Destination("slack"))
    assert slack.problem is None
    assert slack_limits.problems(slack.message.blocks or (), slack.message.text) == []
    email = writer.write(alert, Destination("email"))
    assert email.problem is None
    assert len((email.message.html or "").encode()) <= HTML_BYTES


def test_what_has_no_room_is_counted_and_said_with_the_link_never_cut(writer: Writer) -> None:
    alert = samples.maxima()
    whole = facts(alert)
    shown = said(writer.write(alert, Destination("slack")).message)
    lines = [line for line in whole.lines if line in shown]
    assert lines == list(whole.lines[: len(lines)])
    left = re.search(r"only there: (.+?) ·", shown)
    assert left is not None
    assert f"{40 - len(lines)} lines of the sale" in left[1]
    assert "the remarks" in left[1]
    assert "W…" not in shown
    assert "W..." not in shown


LOTS = tuple(a_lot(nature=f"Lot {n}: {'vested under the plan ' * 11}"[:255]) for n in range(40))
BROKERS = tuple(
    a_proposed_sale(broker_name=f"Broker & Sons {n} {'& Partners ' * 9}"[:100]) for n in range(40)
)
MANY = "  any: [{acquired_how: gift}, {broker: Morgan}]\n  not: {acquired_how: gift}\n"


@pytest.mark.parametrize("overrides", [{"acquired_lots": LOTS}, {"proposed_sales": BROKERS}])
@pytest.mark.parametrize(
    "when", [MANY, f"{MANY}  all: [{', '.join(['{broker: A}, {units: over 1}'] * 20)}]\n"]
)
def test_a_legal_notice_with_long_names_costs_nobody_the_message(
    writer: Writer, overrides: dict[str, Any], when: str
) -> None:
    notice = a_notice(**overrides)
    match = decision(f"any_notice: true\nwhen:\n{when}", notice, a_filing())
    written = writer.write(samples.an_alert(notice, match=match), Destination("slack"))
    assert written.problem is None
    assert written.message.blocks
    text = str(written.message.blocks)
    assert "any of (acquired how gift; broker Morgan): not met, why is too long" in text
    assert "not (acquired how gift): met, why" in text or "Nature of acquisition Restricted Stock" in text


def test_a_check_and_a_reason_that_are_too_long_are_said_shorter(writer: Writer) -> None:
    findings = tuple(
        samples.a_finding(condition=f"broker {n}", answer=Answer.UNKNOWN, because="x, " * 900)
        for n in range(9)
    )
    written = writer.write(samples.an_alert(match=samples.a_match(findings=findings)), Destination("slack"))
    assert written.problem is None
    shown = said(written.message)
    assert "broker 8: unknown, why is too long to be shown here" in shown


def test_a_header_is_measured_as_slack_measures_it(writer: Writer) -> None:
    written = writer.write(samples.an_alert(a_notice(issuer_name="\U0001d404" * 80)), Destination("slack"))
    assert written.problem is None
    assert (written.message.blocks or ())[0]["text"]["text"] == "Form 144"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_filing_that_calls_itself_a_test_is_to_be_checked_and_a_drill_is_not(
    writer: Writer, channel: str
) -> None:
    notice = a_notice(is_live=False)
    assert "calls itself a TEST filing" in said(
        writer.write(samples.an_alert(notice), Destination(channel)).message
    )
    drill = samples.an_alert(notice, a_filing(found_by=FoundBy.DRILL))
    assert "TEST filing" not in said(writer.write(drill, Destination(channel)).message)


def test_hostile_text_rings_nobody_and_is_not_markup(writer: Writer) -> None:
    alert = samples.hostile()
    slack = writer.write(alert, Destination("slack")).message
    blob = json.dumps([slack.text, *(slack.blocks or ())], ensure_ascii=False)
    assert "<!channel" not in blob
    assert "<@" not in blob
    for block in slack.blocks or ():
        for text in _texts(block):
            if text["type"] == "mrkdwn":
                assert "*b*" not in text["text"]
                assert "{{7*7}}" not in text["text"]
    email = writer.write(alert, Destination("email")).message
    assert "<b>x" not in (email.html or "")
    assert "\n" not in (email.subject or "")
    for message in (slack, email, writer.write(alert, Destination("console")).message):
        everything = repr(message)
        assert "\u202e" not in everything
        assert "\\u202e" not in everything
        assert "\\x1b" not in everything
        assert "49" not in (message.subject or "")


def _texts(value: object) -> list[dict[str, str]]:
    if isinstance(value, dict):
        own = [value] if value.get("type") in ("plain_text", "mrkdwn") else []
        return own + [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return []


def test_a_confidential_list_is_not_named(writer: Writer) -> None:
    for channel in CHANNELS:
        assert "On a confidential watchlist" in said(
            writer.write(samples.unsure(), Destination(channel)).message
        )


def test_an_amendment_is_in_the_thread_of_the_notice_it_amends(writer: Writer) -> None:
    for channel in CHANNELS:
        first = writer.write(samples.an_alert(), Destination(channel)).message
        assert first.thread == "0001950047-26-000123"
        amending = writer.write(samples.amendment(), Destination(channel)).message
        assert amending.thread == "0001950047-26-000101"


def test_the_subject_is_the_same_for_a_notice_and_its_amendment(writer: Writer) -> None:
    subjects = {
        writer.write(alert, Destination("email")).message.subject
        for alert in (samples.an_alert(), samples.amendment())
    }
    assert subjects == {"Form 144: Example Industries Inc. (Jane Q. Example)"}


def test_the_html_loads_nothing_from_anywhere(writer: Writer) -> None:
    for sample in EVERY.values():
        page = writer.write(sample(), Destination("email")).message.html or ""
        assert re.findall(r"(?:src|background)\s*=|url\(|@import|<link|<script|<iframe", page) == []
        assert all(link.startswith("https://www.sec.gov/") for link in re.findall(r'href="([^"]*)"', page))


NOTICES = st.builds(
    Form144Notice,
    source=st.just(Source.XML),
    issuer_name=st.none() | st.text(max_size=160),
    seller_name=st.none() | st.text(max_size=160),
    relationships_as_filed=st.lists(st.text(max_size=60), max_size=5).map(tuple),
    proposed_sales=st.lists(
        st.builds(
            a_proposed_sale,
            class_title=st.none() | st.text(max_size=160),
            units=st.none() | st.integers(0, 10**12),
            market_value=st.none() | st.decimals(0, 10**14, places=2),
            units_outstanding=st.none() | st.integers(0, 10**12),
            exchange=st.none() | st.text(max_size=25),
        ),
        max_size=4,
    ).map(tuple),
    remarks=st.none() | st.text(max_size=1000),
    nothing_to_report=st.none() | st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(notice=NOTICES)
def test_whatever_a_notice_says_every_channel_can_say_it(writer: Writer, notice: Form144Notice) -> None:
    alert = samples.an_alert(notice)
    for channel in CHANNELS:
        written = writer.write(alert, Destination(channel))
        assert written.problem is None
        if written.message.blocks is not None:
            assert slack_limits.problems(written.message.blocks, written.message.text) == []
        str(written.message).encode()


def user_folder(tmp_path: Path, **parts: str) -> Path:
    folder = tmp_path / "theirs" / "alert"
    folder.mkdir(parents=True)
    for name, text in parts.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder.parent


def test_a_users_folder_overrides_one_part_and_the_others_stay_ours(tmp_path: Path) -> None:
    theirs = user_folder(
        tmp_path, email__subject__txt__j2="{{ figures.market_value | money }} at {{ facts.issuer }}"
    )
    email = Writer([theirs, shipped()]).write(samples.an_alert(), Destination("email"))
    assert email.problem is None
    assert email.message.subject == "$250,000.00 at Example Industries Inc."
    assert (
        email.message.html == Writer([shipped()]).write(samples.an_alert(), Destination("email")).message.html
    )


def test_a_users_slack_blocks_are_used_where_slack_would_take_them(tmp_path: Path) -> None:
    blocks = '[{"type": "section", "text": {"type": "mrkdwn", "text": {{ facts.seller | slack | tojson }}}}]'
    theirs = user_folder(tmp_path, slack__json__j2=blocks)
    written = Writer([theirs, shipped()]).write(samples.hostile(), Destination("slack"))
    assert written.problem is None
    ((block,), text) = (written.message.blocks or (), written.message.text)
    assert block["text"]["text"].startswith("S&lt;!channel&gt;")
    assert "<!channel" not in text


def test_a_users_slack_text_is_escaped_once_and_may_tell_the_readers_own_time(tmp_path: Path) -> None:
    words = "{{ facts.seller }} / {{ facts.seller | slack }} / {{ facts.accepted_at | slack_instant }}"
    theirs = user_folder(tmp_path, slack__text__j2=words)
    alert = samples.an_alert(a_notice(seller_name="A & *B* <x>"))
    written = Writer([theirs, shipped()]).write(alert, Destination("slack"))
    assert written.problem is None
    assert written.message.text == (
        "A &amp; *B* &lt;x&gt; / A &amp; ∗B∗ &lt;x&gt; / "
        "<!date^1788293100^{date_short_pretty} at {time}|1 September 2026, 16:05 ET>"
    )


def test_a_users_template_has_jinjas_own_functions_and_leaves_nothing_for_the_next_message(
    tmp_path: Path,
) -> None:
    words = "{{ left | default('nothing') }} {% set left = range(3) | list %}{{ left }} {{ facts.issuer }}"
    theirs = user_folder(tmp_path, console__txt__j2=words)
    writer = Writer([theirs, shipped()])
    for _ in range(2):
        written = writer.write(samples.an_alert(), Destination("console"))
        assert written.message.text == "nothing [0, 1, 2] Example Industries Inc."


@pytest.mark.parametrize(
    "broken",
    [
        "{{ facts.no_such_thing }}",
        "{{ nobody }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ notice.proposed_sales.append(1) }}",
    ],
)
def test_a_template_that_fails_makes_way_for_ours_and_the_operator_is_told(
    tmp_path: Path, broken: str
) -> None:
    theirs = user_folder(tmp_path, email__txt__j2=f"a line\n{broken}")
    written = Writer([theirs, shipped()]).write(samples.an_alert(), Destination("email"))
    assert written.problem is not None
    assert written.problem.startswith("alert/email.txt.j2:2: ")
    assert str(tmp_path) not in written.problem
    assert "Industrials we follow" not in written.problem
    assert written.message == Writer([shipped()]).write(samples.an_alert(), Destination("email")).message


TOO_LONG = '[{"type": "header", "text": {"type": "plain_text", "text": "' + "x" * 151 + '"}}]'
RINGING = '[{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel> look"}}]'


@pytest.mark.parametrize("blocks", ["not JSON", '{"type": "section"}', "[1]", TOO_LONG, RINGING])
def test_blocks_slack_would_refuse_make_way_for_ours(tmp_path: Path, blocks: str) -> None:
    theirs = user_folder(tmp_path, slack__json__j2=blocks)
    written = Writer([theirs, shipped()]).write(samples.an_alert(), Destination("slack"))
    assert written.problem
    assert written.message == Writer([shipped()]).write(samples.an_alert(), Destination("slack")).message


def test_where_every_template_fails_a_plain_line_is_left(tmp_path: Path) -> None:
    tmp_path.joinpath("alert").mkdir()
    for channel in CHANNELS:
        written = Writer([tmp_path]).write(samples.an_alert(), Destination(channel))
        assert written.problem
        assert written.message.text == (
            "Form 144 0001950047-26-000123 about the issuer with CIK 1999500 is on one of your watchlists: "
            "https://www.sec.gov/Archives/edgar/data/1999500/000195004726000123/0001950047-26-000123-index.htm"
        )
        assert slack_limits.problems(written.message.blocks or (), written.message.text) == []


def test_a_notice_too_large_for_any_channel_still_becomes_a_line(writer: Writer) -> None:
    alert = samples.an_alert(a_notice(issuer_name="W" * 200_000))
    for channel in ("slack", "email"):
        written = writer.write(alert, Destination(channel))
        assert written.problem
        assert alert.document_url in written.message.text


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_message_about_several_tells_as_many_as_it_has_room_for_and_says_how_many(
    writer: Writer, channel: str
) -> None:
    summaries = samples.together_hostile()
    written, number = writer.write_together(summaries, Destination(channel))
    assert written.problem is None
    assert 1 <= number <= 50
    assert str(written.message).count("-index.htm") == number * (2 if channel == "email" else 1)
    if written.message.blocks:
        assert slack_limits.problems(written.message.blocks, written.message.text) == []
        assert "<!channel" not in str(written.message)
    assert "<b>x" not in (written.message.html or "")


def test_several_are_told_in_the_order_of_their_first_alert_by_issuer(writer: Writer) -> None:
    for channel in CHANNELS:
        written, number = writer.write_together(samples.together(), Destination(channel))
        assert number == 3
        shown = said(written.message).lower()
        values = ("$250,000.00", "market value could not be read", "$33,760,830.60")
        places = [shown.find(value) for value in values]
        assert -1 not in places
        assert places == sorted(places)


def test_a_template_for_several_that_fails_makes_way_for_ours(tmp_path: Path) -> None:
    folder = tmp_path / "together"
    folder.mkdir()
    (folder / "email.txt.j2").write_text("{{ together.nothing }}")
    written, number = Writer([tmp_path, shipped()]).write_together(samples.together(), Destination("email"))
    assert number == 3
    assert written.problem is not None
    assert "together/email.txt.j2:1" in written.problem
    assert "AT ONCE" in written.message.text


def test_a_mark_never_breaks_slacks_limits(writer: Writer) -> None:
    times = tuple(START + timedelta(minutes=n) for n in range(40))
    for sample in EVERY.values():
        message = writer.write(sample(), Destination("slack")).message
        made = marked(message, times)
        assert made is not None
        assert slack_limits.problems(made.blocks or (), made.text) == []
        assert "37 more times" in made.text
    full = Message(text="x", blocks=({"type": "divider"},) * 50)
    assert marked(full, times) is None


def test_as_many_changes_are_shown_as_have_room_and_the_rest_is_counted(writer: Writer) -> None:
    alert = samples.maxima()
    amendment = alert.amendment
    assert amendment is not None
    shown = said(writer.write(alert, Destination("slack")).message)
    listed = [change for change in amendment.changes if " ".join(str(change).split()) in shown]
    assert f"{len(amendment.changes) - len(listed)} changes" in shown


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_filing_the_feed_did_not_show_says_how_it_was_found_and_how_late(
    writer: Writer, channel: str
) -> None:
    alert = samples.an_alert()
    accepted = alert.seen_at - timedelta(hours=6, minutes=12)
    filing = structs.replace(alert.filing, found_by=FoundBy.INDEX, accepted_at=accepted)
    written = writer.write(structs.replace(alert, filing=filing), Destination(channel))
    blocks = written.message.blocks
    said = json.dumps(blocks) if blocks else written.message.text
    assert "Found by reconciliation, 6 h 12 min late" in said
