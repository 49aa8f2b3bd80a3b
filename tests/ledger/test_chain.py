"""The chained record: written with each step, sealed by whoever comes, and no change to it goes unnoticed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from worker.ledger import chain as chain_module
from worker.ledger.chain import Entry, Head, note, note_all
from worker.ledger.database import Database
from worker.ledger.ledger import Ledger
from worker.ledger.record_tables import entries, links
from worker.ledger.verification import Verification, Verified, Wrong

NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)


def write(ledger: Ledger, number: int, *, kind: str = "step", now: datetime = NOW) -> None:
    with ledger.database.write() as connection:
        note_all(connection, now, (Entry(kind, f"subject {one}", {"said": one}) for one in range(number)))


def a_record(ledger: Ledger, number: int = 10) -> None:
    write(ledger, number)
    ledger.chain.seal()


def write_and_fail(connection: sa.Connection) -> int:
    note(connection, "step", "before", NOW)
    return 0


def execute(ledger: Ledger, *statements: str) -> None:
    with ledger.database.write() as connection:
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount > 0


def wrong(ledger: Ledger, anchors: dict[int, str] | None = None) -> tuple[int, Wrong] | None:
    """Where and what is wrong first."""
    finding = ledger.verification.verify((anchors or {}).items()).finding
    return (finding.position, finding.wrong) if finding is not None else None


def test_an_entry_is_hashed_as_anybody_can_do_it_by_hand(ledger: Ledger) -> None:
    eastern = timezone(timedelta(hours=-4))
    with ledger.database.write() as connection:
        note(
            connection,
            "read",
            "0001950047-26-000123",
            datetime(2026, 9, 1, 16, 6, tzinfo=eastern),
            why="Zoë's\n\x00",
            bytes=2709,
            accepted=datetime(2026, 9, 1, 20, 5, 0, 7, tzinfo=UTC),
            none=None,
            listed=[{"b": 1, "a": True}],
        )
    ledger.chain.seal()
    canonical = (
        '{"at":"2026-09-01T20:06:00.000000Z","body":{"accepted":"2026-09-01T20:05:00.000007Z","bytes":2709,'
        '"listed":[{"a":true,"b":1}],"none":null,"why":"Zoë\'s\\n\\u0000"},"kind":"read",'
        '"subject":"0001950047-26-000123"}'
    )
    (sealed,) = ledger.chain.walk()
    assert sealed.entry is not None
    assert sealed.entry.canonical == canonical
    assert (
        json.dumps(json.loads(canonical), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        == canonical
    )
    genesis = sha256(b"form144 record, version 1").hexdigest()
    assert sealed.entry_hash == sha256(canonical.encode()).hexdigest()
    assert sealed.hash == sha256(f"{genesis}\n{sealed.entry_hash}".encode()).hexdigest()
    assert ledger.chain.head() == Head(1, sealed.hash)


def test_what_has_no_place_in_the_record_is_refused(ledger: Ledger) -> None:
    with pytest.raises(TypeError, match="no place"):
        ledger.chain.note("step", "subject", NOW, body=object())  # type: ignore[arg-type]  # the claim
    with pytest.raises(ValueError, match="no time zone"):
        ledger.chain.note("step", "subject", NOW.replace(tzinfo=None))
    assert ledger.chain.loose() == 0


def test_a_step_that_is_rolled_back_leaves_no_entry(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.database.write() as connection:
        note(connection, "step", "subject", NOW, said=1 // write_and_fail(connection))
    ledger.chain.seal()
    assert ledger.chain.head().position == 0


def test_what_waits_to_be_sealed_can_be_seen(ledger: Ledger) -> None:
    assert (ledger.chain.loose(), ledger.chain.loose_since()) == (0, None)
    write(ledger, 2)
    write(ledger, 1, now=NOW + timedelta(seconds=4))
    assert (ledger.chain.loose(), ledger.chain.loose_since()) == (3, NOW)
    assert ledger.chain.seal() == 3
    assert (ledger.chain.loose(), ledger.chain.loose_since()) == (0, None)


def test_a_long_record_is_sealed_and_walked_in_parts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_module, "BATCH", 7)
    monkeypatch.setattr(chain_module, "PAGE", 5)
    a_record(ledger, 40)
    positions = [sealed.position for sealed in ledger.chain.walk()]
    assert positions == list(range(1, 41))
    assert [sealed.position for sealed in ledger.chain.walk(6, 15)] == list(range(6, 16))
    assert ledger.verification.verify() == Verified(
        position=40, hash=ledger.chain.head().hash, pruned=0, finding=None
    )


TAMPERED: dict[str, tuple[tuple[str, ...], tuple[int, Wrong]]] = {
    "one byte of a body": (
        ("UPDATE entries SET body = replace(body, '4', '5') WHERE id = 5",),
        (5, Wrong.CHANGED),
    ),
    "a space in a body, which says nothing else": (
        ("UPDATE entries SET body = replace(body, ':', ': ') WHERE id = 5",),
        (5, Wrong.CHANGED),
    ),
    "a kind": (("UPDATE entries SET kind = 'stop' WHERE id = 5",), (5, Wrong.CHANGED)),
    "a subject": (("UPDATE entries SET subject = 'subject 04' WHERE id = 5",), (5, Wrong.CHANGED)),
    "an instant, by a microsecond": (
        ("UPDATE entries SET at = '2026-09-01T20:06:00.000001Z' WHERE id = 5",),
        (5, Wrong.CHANGED),
    ),
    "an instant that is none": (("UPDATE entries SET at = 'noon' WHERE id = 5",), (5, Wrong.CHANGED)),
    "a removed entry": (("DELETE FROM entries WHERE id = 5",), (5, Wrong.MISSING)),
    "a removed entry with its link": (
        ("DELETE FROM entries WHERE id = 5", "DELETE FROM links WHERE position = 5"),
        (5, Wrong.MISSING),
    ),
    "a removed entry, and every later one moved up": (
        (
            "DELETE FROM entries WHERE id = 5",
            "DELETE FROM links WHERE position = 5",
            "UPDATE links SET position = -position WHERE position > 5",
            "UPDATE links SET position = -position - 1 WHERE position < 0",
        ),
        (5, Wrong.LINK),
    ),
    "the first entry": (
        ("DELETE FROM entries WHERE id = 1", "DELETE FROM links WHERE position = 1"),
        (1, Wrong.MISSING),
    ),
    "a pair that changed bodies and subjects": (
        (
            "UPDATE entries SET body = '{\"said\":5}', subject = 'subject 5' WHERE id = 5",
            "UPDATE entries SET body = '{\"said\":4}', subject = 'subject 4' WHERE id = 6",
        ),
        (5, Wrong.MOVED),
    ),
    "a pair that changed numbers": (
        (
            "UPDATE entries SET id = 1000 WHERE id = 5",
            "UPDATE entries SET id = 5 WHERE id = 6",
            "UPDATE entries SET id = 6 WHERE id = 1000",
        ),
        (5, Wrong.MOVED),
    ),
    "a pair that changed positions": (
        (
            "UPDATE links SET position = 1000 WHERE position = 5",
            "UPDATE links SET position = 5 WHERE position = 6",
            "UPDATE links SET position = 6 WHERE position = 1000",
        ),
        (5, Wrong.MOVED),
    ),
    "a hash": (("UPDATE links SET hash = entry_hash WHERE position = 5",), (5, Wrong.LINK)),
    "an entry's hash": (("UPDATE links SET entry_hash = hash WHERE position = 5",), (5, Wrong.LINK)),
    "the links at the end": (("DELETE FROM links WHERE position > 8",), (9, Wrong.MISSING)),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_first_entry_that_is_wrong_is_named(ledger: Ledger, what: str) -> None:
    statements, expected = TAMPERED[what]
    a_record(ledger)
    assert wrong(ledger) is None
    execute(ledger, *statements)
    assert wrong(ledger) == expected


def test_an_end_that_was_cut_off_is_missed_by_whoever_kept_an_anchor(ledger: Ledger) -> None:
    a_record(ledger)
    kept = ledger.chain.head()
    execute(ledger, "DELETE FROM entries WHERE id > 7", "DELETE FROM links WHERE position > 7")
    assert wrong(ledger) is None
    assert wrong(ledger, {kept.position: kept.hash}) == (8, Wrong.MISSING)


def test_a_record_made_anew_is_told_from_the_old_by_an_anchor(ledger: Ledger) -> None:
    a_record(ledger)
    kept = ledger.chain.head()
    execute(
        ledger,
        "DELETE FROM links",
        "UPDATE entries SET body = '{\"said\":0}', sealed = NOT sealed WHERE id = 5",
        "UPDATE entries SET sealed = (1 = 0)",
    )
    ledger.chain.seal()
    assert wrong(ledger) is None
    assert wrong(ledger, {kept.position: kept.hash}) == (10, Wrong.ANCHOR)


def test_a_second_anchor_of_one_entry_is_held_against_it_too(ledger: Ledger) -> None:
    a_record(ledger)
    kept = ledger.chain.head()
    made_up = (kept.position, "0" * 64)
    for anchors in ([(kept.position, kept.hash), made_up], [made_up, (kept.position, kept.hash)]):
        finding = ledger.verification.verify(anchors).finding
        assert finding is not None
        assert (finding.position, finding.wrong) == (kept.position, Wrong.ANCHOR)


def test_anchors_that_hold_change_nothing(ledger: Ledger) -> None:
    a_record(ledger)
    assert wrong(ledger, {sealed.position: sealed.hash for sealed in ledger.chain.walk()}) is None


def test_the_number_of_the_newest_entry_is_never_given_again(ledger: Ledger) -> None:
    a_record(ledger)
    execute(ledger, "DELETE FROM entries WHERE id = 10")
    a_record(ledger, 1)
    assert wrong(ledger) == (10, Wrong.MISSING)
    assert ledger.chain.head().position == 11


@pytest.fixture(scope="module")
def sealed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("chain") / "ledger.sqlite"
    ledger = Ledger.open(f"sqlite:///{file}", migrate=True)
    a_record(ledger, 12)
    ledger.close()
    return file


POSITION = st.integers(1, 12)
TEXT_COLUMNS = st.sampled_from(
    [("entries", "id", name) for name in ("at", "kind", "subject", "body")]
    + [("links", "position", name) for name in ("entry_hash", "hash")]
)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_is_tampered_with_first_is_what_is_named(
    sealed_file: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("copy") / "ledger.sqlite"
    shutil.copy(sealed_file, file)
    touched = set()
    with closing(sqlite3.connect(file)) as raw, raw:
        for position in data.draw(st.sets(POSITION, min_size=1, max_size=3)):
            if data.draw(st.booleans()):
                raw.execute("DELETE FROM entries WHERE id = ?", [position])
            else:
                table, key, column = data.draw(TEXT_COLUMNS)
                row = raw.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", [position]).fetchone()
                at = data.draw(st.integers(0, len(row[0]) - 1))
                other = data.draw(st.characters(codec="utf-8", exclude_characters=row[0][at]))
                changed = row[0][:at] + other + row[0][at + 1 :]
                raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", [changed, position])
            touched.add(position)
    database = Database(f"sqlite:///{file}")
    finding = Verification(database).verify().finding
    database.close()
    assert finding is not None
    assert finding.position == min(touched)


def test_eight_writers_and_two_sealers_make_one_chain_without_a_gap(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_module, "BATCH", 9)
    writers, each = 8, 40
    running = set(range(writers))

    def writer(number: int) -> None:
        try:
            for one in range(each):
                with ledger.database.write() as connection:
                    note(connection, "step", f"writer {number}", NOW, said=one)
        finally:
            running.discard(number)

    def sealer(_number: int) -> int:
        sealed = 0
        while running:
            sealed += ledger.chain.seal()
        return sealed + ledger.chain.seal()

    with ThreadPoolExecutor(writers + 2) as pool:
        sealing = [pool.submit(sealer, number) for number in range(2)]
        list(pool.map(writer, range(writers)))
    assert sum(one.result() for one in sealing) == writers * each
    assert ledger.chain.loose() == 0
    told: dict[str, list[int]] = {}
    for number, sealed in enumerate(ledger.chain.walk(), start=1):
        assert sealed.position == number
        assert sealed.entry is not None
        told.setdefault(sealed.entry.subject, []).append(json.loads(sealed.entry.body)["said"])
    assert told == {f"writer {number}": list(range(each)) for number in range(writers)}
    assert wrong(ledger) is None


@pytest.mark.servers
def test_an_entry_that_becomes_visible_after_later_ones_is_sealed_after_them(postgres_url: str) -> None:
    ledger = Ledger.open(postgres_url, migrate=True)
    with ledger.database.write() as slow:
        note(slow, "step", "slow", NOW)
        ledger.chain.note("step", "quick", NOW)
        assert ledger.chain.seal() == 1
    assert ledger.chain.seal() == 1
    found = [sealed.entry.subject for sealed in ledger.chain.walk() if sealed.entry]
    assert found == ["quick", "slow"]
    assert wrong(ledger) is None
    ledger.close()


class Killed(Exception):
    """What kill -9 is to a transaction: it is rolled back."""


@contextmanager
def killed_at(engine: sa.Engine, statement: int) -> Iterator[Callable[[], int]]:
    """Ends the process at the `statement`-th time it begins or ends a statement, 0 for never; yields how many
    times that is.
    """
    made = 0

    def count(*_arguments: object) -> None:
        nonlocal made
        made += 1
        if made == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "after_cursor_execute", count)
    try:
        yield lambda: made
    finally:
        event.remove(engine, "before_cursor_execute", count)
        event.remove(engine, "after_cursor_execute", count)


def test_a_sealer_killed_between_any_two_statements_leaves_a_chain_that_goes_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_module, "BATCH", 3)
    write(ledger, 5)
    with killed_at(ledger.database.engine, 0) as made:
        ledger.chain.seal()
    assert made() > 8
    for statement in range(1, made() + 1):
        before = ledger.chain.head().position
        write(ledger, 5)
        with killed_at(ledger.database.engine, statement), pytest.raises(Killed):
            ledger.chain.seal()
        assert wrong(ledger) is None
        ledger.chain.seal()
        assert (ledger.chain.head().position, ledger.chain.loose()) == (before + 5, 0)
        assert wrong(ledger) is None


def test_a_sealed_entry_is_found_by_its_link_and_the_flag_is_only_a_help(ledger: Ledger) -> None:
    a_record(ledger)
    with ledger.database.write() as connection:
        connection.execute(sa.update(entries).values(sealed=False))
    assert (ledger.chain.loose(), ledger.chain.seal(), ledger.chain.loose()) == (10, 0, 0)
    assert wrong(ledger) is None
    with ledger.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(links)) == 10
