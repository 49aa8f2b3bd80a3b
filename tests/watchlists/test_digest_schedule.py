"""When digests are due, on every kind of day, and how people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlists.lists import TICKERS, said
from worker.alerts.digest import how_told, near_misses
from worker.watchlists import zones as module
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestSchedule, WhenEmpty, digest_schedule
from worker.watchlists.loading import load_watchlists, read_watchlists
from worker.watchlists.match import Answer, Finding, Grade, Identity, Match, Routed, Side
from worker.watchlists.misread import Misread
from worker.watchlists.schema import json_schema
from worker.watchlists.watchlist import Watchlist

IR = Destination("email", "ir@example.com")
ZONES = ("UTC", "America/New_York", "Europe/London", "Australia/Sydney", "Asia/Kolkata", "Pacific/Apia")

SCHEDULES = st.builds(
    DigestSchedule,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(ZONES),
)
INSTANTS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def a_list(tell: str) -> Watchlist:
    text = f"name: A list\nowner: Jane\nissuers: [AAPL]\nwhen: {{market_value: over 1M}}\ntell:\n{tell}"
    (watchlist,) = load_watchlists({"lists/one.yaml": text.encode()}, TICKERS)
    return watchlist


def mistakes(tell: str) -> list[str]:
    text = f"name: A list\nowner: Jane\nissuers: [AAPL]\ntell:\n{tell}"
    return said(read_watchlists({"lists/one.yaml": text.encode()}, TICKERS))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("daily 07:30 America/New_York", "daily 07:30 America/New_York"),
        ("every day at 7:30, Europe/London", "daily 07:30 Europe/London"),
        ("weekdays 18:00 Asia/Tokyo", "weekdays 18:00 Asia/Tokyo"),
        ("weekly fri 17:00 Europe/London", "weekly Friday 17:00 Europe/London"),
        ("every Friday at 17:00 Europe/London", "weekly Friday 17:00 Europe/London"),
        ("Sundays 08:00 UTC", "weekly Sunday 08:00 UTC"),
        ("sun 08:00 UTC", "weekly Sunday 08:00 UTC"),
        ("mon and thu 08:00 Asia/Tokyo", "weekly Monday Thursday 08:00 Asia/Tokyo"),
    ],
)
def test_it_is_read_as_people_write_it(written: str, means: str) -> None:
    assert str(digest_schedule(written)) == means


@pytest.mark.parametrize(
    ("written", "what", "hint"),
    [
        ("daily 25:00 Europe/London", "25:00 is no time of day", "07:30"),
        ("daily 24:00 Europe/London", "24:00 is no time of day", "07:30"),
        ("daily 0730 Europe/London", "0730 is no time of day", "07:30"),
        ("daily 7pm Europe/London", "7pm is a time by twelve hours", "write 19:00"),
        ("daily 12am Europe/London", "12am is a time by twelve hours", "write 00:00"),
        ("daily 7:30 p.m. Europe/London", "7:30 p.m. is a time by twelve hours", "write 19:30"),
        ("daily 07:30", "names no time zone", "daily 07:30 America/New_York"),
        ("daily 07:30 EST", "EST is no place", "America/New_York"),
        ("daily 07:30 Sydney", "Sydney is no time zone", "did you mean Australia/Sydney?"),
        ("daily 07:30 New York", "New_York is no time zone", "did you mean America/New_York?"),
        ("daily 07:30 Europe/Lodnon", "Europe/Lodnon is no time zone", "did you mean Europe/London?"),
        ("daily America/New_York", "names no time of day", "daily 07:30"),
        ("07:30 Europe/Paris", "does not say how often", "write daily 07:30 Europe/Paris"),
        ("weekly 17:00 Europe/Paris", "weekly says no day", "weekly Friday"),
        ("sundy 07:30 Europe/Paris", "'sundy' is not daily", "did you mean Sunday?"),
        ("dayly 07:30 Europe/Paris", "'dayly' is not daily", "did you mean daily?"),
    ],
)
def test_a_mistake_says_what_to_write(written: str, what: str, hint: str) -> None:
    with pytest.raises(Misread) as found:
        digest_schedule(written)
    assert what in found.value.what
    assert hint in found.value.hint


def test_however_many_schedules_are_read_the_tz_database_is_gone_through_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walks = []

    def walk() -> set[str]:
        walks.append(1)
        return available_timezones()

    monkeypatch.setattr(module, "available_timezones", walk)
    module._zones.cache_clear()
    for hour in range(24):
        digest_schedule(f"daily {hour:02}:00 Europe/London")
        with pytest.raises(Misread):
            digest_schedule(f"daily {hour:02}:00 Europe/Lodnon")
    assert len(walks) == 1


IN_MAIL = "  - to: email:ir@example.com\n    "


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (f"{IN_MAIL}digset: daily 07:30 UTC", "6:5 'digset' is not a key here | did you mean digest?"),
        (f"{IN_MAIL}digest:", "digest: nothing stands behind the key"),
        (f"{IN_MAIL}digest: daily 25:00 UTC", "6:13 every: 25:00 is no time of day"),
        (f"{IN_MAIL}digest: {{evry: daily 07:30 UTC}}", "does not say when | add every:"),
        (f"{IN_MAIL}digest: {{every: daily 07:30 UTC, when_empt: no}}", "did you mean when_empty?"),
        (f"{IN_MAIL}digest: {{every: daily 07:30 UTC, when_empty: so}}", "'so' is not one of business days"),
        ("  - to: 'slack:#ir'\n    digest: {every: daily 07:30 UTC, attach: csv}", "csv is for e-mail"),
        (f"{IN_MAIL}also_at_once: true", "also_at_once goes with a digest"),
        (f"{IN_MAIL}digest: daily 07:30 UTC\n    quiet_hours: 22:00-07:00 UTC", "hold nothing back here"),
        ("  - digest: daily 07:30 UTC", "names no destination"),
    ],
)
def test_a_mistake_in_the_file_has_its_place(tell: str, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes(tell)), mistakes(tell)


def test_a_line_takes_a_time_or_keys() -> None:
    bare = a_list("  - to: email:ir@example.com\n    digest: daily 07:30 UTC\n").routes[0]
    assert bare.digest is not None
    assert (bare.digest.when_empty, bare.digest.attach_csv) == (WhenEmpty.BUSINESS_DAYS, False)
    assert bare.how == "in the digest, daily 07:30 UTC"
    keys = "{every: weekly fri 17:00 UTC, when_empty: no, attach: csv}"
    full = a_list(f"  - to: email:ir@example.com\n    digest: {keys}\n    also_at_once: yes\n").routes[0]
    assert full.digest is not None
    assert (full.digest.when_empty, full.digest.attach_csv) == (WhenEmpty.NEVER, True)
    assert full.how == "at once and in the digest, weekly Friday 17:00 UTC"
    assert a_list("  - email:ir@example.com\n").routes[0].how == "at once"


def test_two_lines_for_one_reader_are_no_mistake_where_one_is_a_digest() -> None:
    both = "  - email:ir@example.com\n  - {to: email:ir@example.com, digest: daily 07:30 UTC}\n"
    assert not any("told anyway" in one for one in mistakes(both))
    twice = "  - email:ir@example.com\n  - {to: email:ir@example.com, when: {units: over 1k}}\n"
    text = f"name: A list\nowner: Jane\nissuers: [AAPL]\ntell:\n{twice}"
    warned = read_watchlists({"lists/one.yaml": text.encode()}, TICKERS).warnings
    assert any("told anyway" in one.what for one in warned)


def test_the_schema_knows_a_digest() -> None:
    shapes = json_schema()["$defs"]
    assert {"digest", "also_at_once"} <= set(shapes["Tell"]["anyOf"][-1]["properties"])
    assert {"type": "string"} in shapes["DigestFile"]["anyOf"]


@given(schedule=SCHEDULES, now=INSTANTS)
def test_it_reads_back_as_it_writes_itself(schedule: DigestSchedule, now: datetime) -> None:
    again = digest_schedule(str(schedule))
    assert again == schedule
    assert again.last(now) == schedule.last(now)


@given(schedule=SCHEDULES, now=INSTANTS)
def test_the_last_and_the_next_are_neighbours(schedule: DigestSchedule, now: datetime) -> None:
    last, following = schedule.last(now), schedule.next(now)
    assert last <= now < following
    assert schedule.last(following) == following
    assert schedule.next(last) == following
    assert following - last <= timedelta(days=8, hours=2)


@given(day=st.dates(date(2011, 1, 1), date(2030, 1, 1)), at=st.times(), zone=st.sampled_from(ZONES))
def test_every_day_has_one(day: date, at: time, zone: str) -> None:
    """Also the days on which the clocks change: between two noons there is exactly one."""
    at = at.replace(second=0, microsecond=0, fold=0)
    schedule = DigestSchedule(days=tuple(range(7)), at=at, zone=zone)
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    moment, found = noon, set()
    while moment < noon + timedelta(days=3):
        moment = schedule.next(moment)
        found.add(moment)
    clocks = [one.astimezone(ZoneInfo(zone)) for one in sorted(found)]
    # A day that a zone skips whole (Apia, 30 December 2011) has none.
    assert len({one.date() for one in clocks}) == len(clocks)


def test_where_the_clocks_skip_it_comes_as_much_later() -> None:
    schedule = digest_schedule("daily 02:30 America/New_York")
    before = datetime(2027, 3, 14, 4, 0, tzinfo=UTC)
    assert schedule.next(before) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)  # 03:30 EDT
    assert schedule.next(schedule.next(before)) == datetime(2027, 3, 15, 6, 30, tzinfo=UTC)


def test_where_the_clocks_show_it_twice_it_comes_the_first_time() -> None:
    schedule = digest_schedule("daily 01:30 America/New_York")
    before = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    assert schedule.next(before) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 EDT
    assert schedule.next(schedule.next(before)) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


IDENTITY = Identity(side=Side.ISSUER, entry="AAPL", grade=Grade.CIK, because="issuer CIK 320193")


def finding(answer: Answer, *, near: bool = False) -> Finding:
    return Finding(condition="market_value over 1M", answer=answer, because="because", near=near)


def a_match(own: Finding, *routes: tuple[Destination, tuple[Finding, ...]]) -> Match:
    return Match(
        watchlist_id="one",
        identities=(IDENTITY,),
        findings=(own,),
        routes=tuple(Routed(destination=to, findings=found) for to, found in routes),
    )


def test_the_line_that_holds_decides_how_one_is_told() -> None:
    large = "  - {to: email:ir@example.com, when: {market_value: over 50M}}\n"
    watchlist = a_list(large + "  - {to: email:ir@example.com, digest: daily 07:30 UTC}\n")
    met, missed = finding(Answer.MET), finding(Answer.NOT_MET)
    small = a_match(met, (IR, (missed,)), (IR, ()))
    assert how_told(watchlist, small, IR) == (False, watchlist.routes[1].digest)
    assert how_told(watchlist, a_match(met, (IR, (met,)), (IR, ())), IR) == (
        True,
        watchlist.routes[1].digest,
    )
    # An amendment that falls below everything goes wherever the list tells its readers.
    follows = Match(watchlist_id="one", identities=(IDENTITY,))
    assert how_told(watchlist, follows, IR) == (True, watchlist.routes[1].digest)


@pytest.mark.parametrize(
    ("own", "theirs", "number"),
    [
        (finding(Answer.NOT_MET, near=True), (), 1),
        (finding(Answer.NOT_MET, near=False), (), 0),
        (finding(Answer.MET), (finding(Answer.NOT_MET, near=True),), 1),
        (finding(Answer.NOT_MET, near=True), (finding(Answer.NOT_MET, near=False),), 0),
        (finding(Answer.NOT_MET, near=True), (finding(Answer.NOT_MET, near=True),), 1),
        (finding(Answer.MET), (), 0),
    ],
)
def test_a_near_miss_is_one_where_all_that_stood_in_the_way_did_so_by_a_hair(
    own: Finding, theirs: tuple[Finding, ...], number: int
) -> None:
    watchlist = a_list("  - {to: email:ir@example.com, digest: daily 07:30 UTC}\n  - 'console:'\n")
    found = a_match(own, (IR, theirs), (Destination("console"), ()))
    missed = list(near_misses(watchlist, found))
    assert [to for to, _, _ in missed] == [IR] * number
    unnamed = Match(watchlist_id="one", identities=(), findings=(own,), routes=found.routes)
    assert list(near_misses(watchlist, unnamed)) == []
