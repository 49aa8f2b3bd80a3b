"""What is scraped, over HTTP, from worlds in which things went well and badly."""

from __future__ import annotations

import dataclasses
import http.client
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from typing import TypeAlias

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import a_filing
from tests.conftest import ROOT
from tests.ledger.test_chain import Killed, killed_at
from tests.test_confidential import CANARIES, SECRET_LIST
from tests.world import START, World
from worker.edgar.hours import index_days
from worker.errors import ConfigurationError
from worker.filings.filing import FoundBy
from worker.ledger import counters, tally
from worker.ledger.counters import Counters
from worker.ledger.gauge_coverage import coverage_of
from worker.ledger.gauges import Gauges
from worker.ledger.ledger import Ledger
from worker.ledger.pace import Pace
from worker.ledger.tables import filings
from worker.metrics import readings
from worker.metrics.reasons import OTHER, UNREADABLE, failure_class, unreadable_class
from worker.metrics.server import serving
from worker.notifiers import slack_errors
from worker.settings import Settings, from_environment
from worker.standins.edgar.faults import Fault as EdgarFault
from worker.standins.slack_faults import Fault

Labels: TypeAlias = frozenset[tuple[str, str]]
Scrape: TypeAlias = dict[tuple[str, Labels], float]


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "KEPT", timedelta(seconds=-1))


def settings_of(url: str) -> Settings:
    settings = from_environment({"FORM144_LEDGER_URL": url, "FORM144_SLACK_TOKEN": "xoxb-not-a-token"})
    return dataclasses.replace(settings, metrics_port=0)


def served(world: World, settings: Settings | None = None) -> AbstractContextManager[int | None]:
    """A process beside the world's own, as every process of a real installation is."""
    settings = settings or settings_of(str(world.ledger.database.engine.url))
    return serving(settings, world.clock)


def get(port: int | None, path: str) -> tuple[int, str]:
    assert port is not None
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def scrape(port: int | None) -> Scrape:
    status, text = get(port, "/metrics")
    assert status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(scraped: Scrape, name: str, **labels: str) -> float:
    return scraped[f"form144_{name}", frozenset(labels.items())]


@contextmanager
def scraped(world: World) -> Iterator[Callable[[], Scrape]]:
    with served(world) as port:
        yield lambda: scrape(port)


def test_a_process_without_a_port_serves_nothing() -> None:
    with serving(from_environment({}), lambda: START) as port:
        assert port is None


def test_what_a_world_does_shows_at_the_next_scrape(world: World) -> None:
    with scraped(world) as look:
        before = look()
        assert value(before, "filings_seen_total", source="feed") == 0
        assert value(before, "delivery_attempts_total", notifier="slack", outcome="delivered", reason="") == 0
        assert ("form144_last_successful_poll_timestamp_seconds", frozenset()) not in before
        world.publish()
        world.pipeline().poll()
        polled = look()
        assert value(polled, "filings_seen_total", source="feed") == 1
        assert value(polled, "queue_depth", queue="read") == 1
        assert value(polled, "feed_lag_seconds") == 60
        assert value(polled, "last_successful_poll_timestamp_seconds") == START.timestamp()
        assert value(polled, "polls_last_hour", outcome="complete") == 1
        world.settle()
        after = look()
    assert value(after, "queue_depth", queue="read") == 0
    assert value(after, "alerts_total") == 1
    for notifier in ("slack", "email"):
        arrived = {"notifier": notifier, "outcome": "delivered", "reason": ""}
        assert value(after, "delivery_attempts_total", **arrived) == 1
        assert value(after, "notification_latency_seconds_count", notifier=notifier) == 1
        assert value(after, "notification_latency_seconds_bucket", notifier=notifier, le="30") == 0
        assert value(after, "notification_latency_seconds_bucket", notifier=notifier, le="120") == 1
    assert 60 <= value(after, "notification_latency_seconds_sum", notifier="slack") <= 120
    assert value(after, "edgar_open") == 1
    assert value(after, "ledger_up") == 1


def test_a_destination_that_ends_and_a_refusal_are_counted_with_a_reason(world: World) -> None:
    world.slack.fail_next("chat.postMessage", Fault.rate_limited(2))
    world.slack.fail_next("chat.postMessage", Fault.error("is_archived"))
    world.mail.fail_next("RCPT", "550 5.1.1 no such user")
    world.publish()
    world.settle()
    with scraped(world) as look:
        found = look()
    failed = {key: number for key, number in found.items() if key[0] == "form144_delivery_attempts_total"}
    ways = {
        tuple(dict(labels)[k] for k in ("notifier", "outcome", "reason")): n
        for (_, labels), n in failed.items()
    }
    assert {way for way, number in ways.items() if number} == {
        ("slack", "unreachable", "rate_limited"),
        ("slack", "refused", "address"),
        ("email", "refused", "address"),
    }
    assert value(found, "destinations_ended", notifier="slack") == 1
    assert value(found, "deliveries", notifier="slack", state="refused") == 1
    assert value(found, "queue_depth", queue="deliver") == 0


def test_a_message_of_unknown_fate_stays_in_sight(world: World) -> None:
    world.publish()
    world.slack.fail_next("chat.postMessage", Fault.lost_answer())
    world.slack.fail_next("conversations.history", Fault.error("missing_scope"), times=9)
    world.settle()
    with scraped(world) as look:
        found = look()
    assert value(found, "deliveries", notifier="slack", state="unknown") == 1


def test_an_unreadable_document_and_a_failed_poll_are_counted(world: World) -> None:
    world.edgar.publish(a_filing(), b"nothing like a notice")
    world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)
    world.settle()
    with scraped(world) as look:
        found = look()
    assert value(found, "filings_unreadable_total", reason="another_document") == 1
    assert value(found, "polls_last_hour", outcome="failed") == 1


def test_counters_go_on_where_they_were_when_a_process_is_restarted(world: World) -> None:
    def counters(found: Scrape) -> Scrape:
        ends = ("_total", "_bucket", "_sum", "_count")
        return {key: n for key, n in found.items() if key[0].startswith("form144") and key[0].endswith(ends)}

    seen: list[Scrape] = []
    with scraped(world) as old:
        for number in range(4):
            world.publish(a_filing(accession=f"0001950047-26-00020{number}"))
            world.settle()
            with scraped(world) as new:  # one that was started at this moment
                assert counters(new()) == counters(old())
            seen.append(counters(old()))
            world.clock.move(timedelta(hours=3))  # so that the old one remembers, and the new one counts
        for before, after in itertools.pairwise(seen):
            assert {key for key in before if after[key] < before[key]} == set()
    assert value(seen[-1], "filings_seen_total", source="feed") == 4
    assert value(seen[-1], "record_entries_total") >= 0


def a_past(world: World) -> None:
    """Old rows of every kind that is counted: some one after the other, many at one instant."""
    for number in range(3):
        world.publish(a_filing(accession=f"0001950047-26-00040{number}"))
        world.settle()
        world.clock.move(timedelta(minutes=10))
    for number in range(5):
        world.publish(a_filing(accession=f"0001950047-26-00041{number}"))
    world.edgar.publish(a_filing(accession="0001950047-26-000420"), b"nothing like a notice")
    world.settle()
    world.clock.move(timedelta(hours=3))


def counts(found: Scrape) -> Scrape:
    ends = ("_total", "_bucket", "_sum", "_count")
    ledgers = ("record_entries_total",)  # not counted from rows
    return {
        key: number
        for key, number in found.items()
        if key[0].startswith("form144") and key[0].endswith(ends) and not key[0].endswith(ledgers)
    }


def test_counters_of_many_years_are_not_there_before_all_of_them_was_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_past(world)
    with scraped(world) as look:
        at_once = counts(look())
    monkeypatch.setattr(tally, "SLICE", 2)
    monkeypatch.setattr(counters, "PATIENCE", timedelta(seconds=-1))
    with scraped(world) as look:
        scrapes = 0
        while not (found := counts(whole := look())):
            scrapes += 1
            assert scrapes < 60
            assert value(whole, "ledger_up") == 1
            assert value(whole, "queue_depth", queue="read") == 0
            assert value(whole, "deliveries", notifier="slack", state="owed") == 0
        assert scrapes >= 4
        assert found == at_once
        world.clock.move(timedelta(hours=3))
        world.publish(a_filing(accession="0001950047-26-000430", accepted_at=world.clock()))
        world.settle()
        assert value(look(), "filings_seen_total", source="feed") == 10


def test_a_count_that_is_cut_short_goes_on_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As PostgreSQL does it to one that takes too long: whatever is asked after some seconds, fails."""
    a_past(world)
    database, now, days = world.ledger.database, world.clock(), (START.date(),)

    def gauges() -> Gauges:
        found = Counters(database, unreadable_class=unreadable_class, failure_class=failure_class)
        return Gauges(database, found)

    monkeypatch.setattr(tally, "SLICE", 2)
    whole = gauges().read(now, days).counted
    assert whole is not None
    assert whole.alerts == 9
    for statement in (9, 10):
        cut_short = gauges()
        for _ in range(60):
            with pytest.raises(Killed), killed_at(database.engine, statement):
                cut_short.read(now, days)
        with monkeypatch.context() as patch:
            patch.setattr(counters, "PATIENCE", timedelta(seconds=-1))
            assert cut_short.read(now, days).counted == whole


def test_alerts_told_together_are_each_in_the_latency(world: World) -> None:
    world.burst = 1
    for number in range(5):
        world.publish(a_filing(accession=f"0001950047-26-00030{number}"))
    world.settle()
    with scraped(world) as look:
        found = look()
    assert value(found, "notification_latency_seconds_count", notifier="slack") == 5
    arrived = {"notifier": "slack", "outcome": "delivered", "reason": ""}
    assert value(found, "delivery_attempts_total", **arrived) < 5


def test_the_coverage_of_closed_days_is_what_the_report_says(world: World) -> None:
    world.publish()
    world.settle()
    world.clock.move(timedelta(hours=8))
    ledger, now = world.ledger, world.clock()
    day = START.date()
    late = a_filing(accession="0001950047-26-000777", found_by=FoundBy.INDEX, accepted_at=None, filed_on=day)
    asked = a_filing(
        accession="0001950047-26-000778", found_by=FoundBy.PERSON, accepted_at=None, filed_on=day
    )
    ledger.days.settle(day, [a_filing(), late], now)
    ledger.filings.announce([asked], now + timedelta(days=30))
    for days in ((day,), (date(2026, 8, 31), day), index_days(day - timedelta(days=9), now)):
        with ledger.database.read() as connection:
            counted = coverage_of(ledger.database, connection, days)
        assert [msgspec_rounded(one) for one in counted] == [
            msgspec_rounded(ledger.report.coverage(one)) for one in days
        ]
    with scraped(world) as look:
        found = look()
    assert value(found, "coverage_indexed_filings", closed_day="1") == 2
    assert value(found, "coverage_waiting_filings", closed_day="1") == 2
    assert value(found, "coverage_found_late_filings", closed_day="1") == 1
    assert value(found, "coverage_matched_filings", closed_day="1") == 1
    assert value(found, "coverage_index_parsed", closed_day="1") == 1
    assert value(found, "index_gap_days") == 0


def msgspec_rounded(coverage: object) -> str:
    """Its repr; the database computes delays to the millisecond."""
    return re.sub(r"microseconds=(\d+)", "microseconds", repr(coverage))


def test_a_pause_that_the_sec_asked_for_shows_how_long_it_lasts(world: World) -> None:
    Pace(world.ledger.database, lambda: world.clock().timestamp(), per_second=5).pause(600)
    world.clock.move(timedelta(minutes=4))
    with scraped(world) as look:
        assert value(look(), "edgar_pause_seconds") == 360
        world.clock.move(timedelta(minutes=7))
        assert value(look(), "edgar_pause_seconds") == 0


def test_a_day_without_its_index_is_a_gap_and_has_no_number_for_it(world: World) -> None:
    world.publish()
    world.settle()
    world.clock.move(timedelta(hours=8))
    with scraped(world) as look:
        found = look()
    assert value(found, "index_gap_days") == 1
    assert value(found, "index_overdue_seconds") > 3600
    assert value(found, "coverage_index_parsed", closed_day="1") == 0
    assert ("form144_coverage_indexed_filings", frozenset({("closed_day", "1")})) not in found


def test_a_ledger_that_cannot_be_read_says_so_and_nothing_else(world: World) -> None:
    nowhere = settings_of(f"sqlite:///{world.folder / 'nowhere' / 'ledger.sqlite'}")
    with served(world, nowhere) as port:
        found = scrape(port)
        assert get(port, "/livez") == (200, "alive\n")
        assert get(port, "/readyz") == (503, "the ledger does not answer\n")
    assert value(found, "ledger_up") == 0
    assert {name for name, _ in found if name.startswith("form144")} == {
        "form144_ledger_up",
        "form144_build_info",
        "form144_config_info",
    }


def test_ready_is_who_has_a_ledger_that_fits_and_a_feed_somebody_looks_at(world: World) -> None:
    with served(world) as port:
        assert get(port, "/readyz")[1].splitlines() == [
            "no good poll in the last 15 min",
            "nobody works on queue edgar: poll was never done",
            "nobody works on queue deliver: follow_up was never done",
        ]
        pipeline = world.pipeline()
        chores = (pipeline.poll, pipeline.reconcile, pipeline.follow_up, pipeline.digest)
        for chore in chores:
            chore()
        assert get(port, "/readyz") == (200, "ready\n")
        world.clock.move(timedelta(minutes=16))
        assert get(port, "/readyz")[1].startswith("no good poll in the last 15 min\nnobody works on")
        world.clock.move(timedelta(hours=8))  # EDGAR sleeps, and so does everybody here
        assert get(port, "/readyz")[1].startswith("nobody works on queue edgar: poll is due since")
        for chore in chores[1:]:
            chore()
        world.edgar.fail_next("/cgi-bin/browse-edgar", EdgarFault.UNAVAILABLE)
        pipeline.poll()
        assert get(port, "/readyz") == (200, "ready\n")
        assert get(port, "/")[0] == 404
    with world.ledger.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0003'"))
    with served(world) as port:
        assert get(port, "/readyz") == (503, "the ledger's schema is not up to date\n")


def test_a_port_that_is_taken_is_a_sentence_and_not_a_traceback(world: World) -> None:
    with served(world) as port:
        assert port is not None
        twice = dataclasses.replace(settings_of(str(world.ledger.database.engine.url)), metrics_port=port)
        with pytest.raises(ConfigurationError, match="a port of its own"), served(world, twice):
            pass


def test_only_this_machine_is_served_unless_told_otherwise() -> None:
    assert from_environment({}).metrics_address == "127.0.0.1"


def test_no_label_and_no_help_says_anything_of_a_confidential_list(world: World) -> None:
    world.watchlist = SECRET_LIST.encode()
    world.publish()
    world.mail.fail_next("RCPT", "550 5.1.1 <jane@example.com> no such user at Zanzibarquux")
    world.settle()
    with served(world) as port:
        text = get(port, "/metrics")[1]
    assert "form144_alerts_total 1.0" in text
    assert [word for word in (*CANARIES, "jane@", "#ir-alerts", "xoxb") if word.lower() in text.lower()] == []


def test_scraping_twice_in_five_seconds_reads_the_ledger_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "KEPT", timedelta(minutes=5))
    with scraped(world) as look:
        before = look()
        world.publish()
        world.pipeline().poll()
        assert value(look(), "filings_seen_total", source="feed") == value(
            before, "filings_seen_total", source="feed"
        )


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (429, "", "rate_limited"),
        (200, "ratelimited", "rate_limited"),
        (200, "invalid_auth", "credentials"),
        (200, "token_revoked", "credentials"),
        (200, "missing_scope", "credentials"),
        (200, "channel_not_found", "address"),
        (200, "not_in_channel", "address"),
        (200, "is_archived", "address"),
        (200, "fatal_error", "answer_lost"),
        (503, "<html>", "answer_lost"),
        (407, "<html>", "connection"),
        (200, "msg_too_long", "message"),
        (200, "restricted_action", "message"),
    ],
)
def test_each_answer_of_slacks_has_a_reason(status: int, code: str, reason: str) -> None:
    assert failure_class(str(slack_errors.refusal(status, code, {}))) == reason


def test_no_sentence_of_a_notifier_goes_without_a_reason() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*(ROOT / "worker" / "notifiers").glob("*.py"), ROOT / "worker" / "handover.py")
    )
    said = re.findall(r"(?:Unreachable|Refused|Unknown|_CannotAskError)\(\s*f?\"([^\"]+)\"", source)
    assert len(said) > 15
    never_delivering = ("cannot be changed", "cannot change", "cannot be asked what", "whether Slack changed")
    loose = {
        line for line in said if failure_class(line) == OTHER and not any(w in line for w in never_delivering)
    }
    assert loose == {"this process was held up too long to be sure that it alone holds the claim"}
    assert failure_class("the mail server refused the login: 535") == "credentials"
    assert failure_class("the mail server refused the recipient: 450 greylisted") == "address"
    assert failure_class("the connection broke while the message was handed over (X)") == "answer_lost"


def test_no_sentence_about_a_document_goes_without_a_reason() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*(ROOT / "worker" / "filings").glob("*.py"), ROOT / "worker" / "reading.py")
    )
    said = re.findall(r"UnreadableFiling\(\s*f?\"([^\"]+)\"", source)
    assert len(said) > 12
    reasons = {
        line: unreadable_class(line.replace("{len(document):,}", "9").replace("{MOST_BYTES:,}", "9"))
        for line in said
    }
    assert [line for line, reason in reasons.items() if reason == OTHER] == []
    assert set(reasons.values()) == {*UNREADABLE} - {OTHER}


def test_postgresql_says_the_same_as_sqlite(postgres_url: str, world: World) -> None:
    """The statements that differ between the two compute spans of time."""
    ledger = Ledger.open(postgres_url, migrate=True)
    world.ledger.close()
    world.ledger = ledger
    world.closing.callback(ledger.close)
    world.publish()
    world.settle()
    with world.ledger.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(filings)) == 1
    with served(world, settings_of(postgres_url)) as port:
        found = scrape(port)
    assert value(found, "feed_lag_seconds") == 60
    assert value(found, "notification_latency_seconds_count", notifier="slack") == 1
    assert 60 <= value(found, "notification_latency_seconds_sum", notifier="slack") <= 120
    assert value(found, "ledger_up") == 1
