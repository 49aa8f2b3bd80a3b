"""The verifier that is shipped beside an export: it needs nothing else, and misses no change."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.test_chain import NOW, a_record, write
from worker.cli.record_export import Form, written
from worker.ledger import verifier
from worker.ledger.ledger import Ledger
from worker.ledger.verifier import Check, Wrong

Line = dict[str, object]


@pytest.fixture
def exported(ledger: Ledger, tmp_path: Path) -> Path:
    """The whole record in a folder that holds nothing else but the verifier."""
    a_record(ledger)
    file = tmp_path / "clean" / "record.jsonl"
    file.parent.mkdir()
    assert written(ledger.chain, file, Form.JSONL, since=None, until=None) == 10
    return file


def run(file: Path, *anchors: str) -> tuple[int, str]:
    """What the verifier says to a third party: `-I -S` shuts out this project and everything installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", file.with_name("verifier.py").name, file.name, *anchors],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def first_wrong(lines: list[str], *anchors: str) -> str | None:
    try:
        check = Check(anchors)
        for line in lines:
            check.line(line)
        check.end()
    except Wrong as error:
        return str(error)
    return None


def test_a_whole_export_is_verified_by_python_alone(ledger: Ledger, exported: Path) -> None:
    head = ledger.chain.head()
    code, said = run(exported, str(head))
    assert code == 0
    assert "entries 1 to 10 are as they were sealed" in said
    assert str(head) in said
    assert {path.name for path in exported.parent.iterdir()} == {"record.jsonl", "verifier.py"}


def test_the_verifier_imports_nothing_but_python(tmp_path: Path) -> None:
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) ([\w.]+)", source, re.MULTILINE))
    assert imported <= {"__future__", "csv", "hashlib", "json", "sys", "collections.abc"}
    shutil.copy(verifier.__file__, tmp_path / "verifier.py")
    assert run(tmp_path / "absent.jsonl")[0] == 2


def test_some_days_of_the_record_are_verified_from_where_they_begin(ledger: Ledger, tmp_path: Path) -> None:
    a_record(ledger)
    write(ledger, 3, now=NOW.replace(day=2))
    write(ledger, 3, now=NOW.replace(day=3))
    ledger.chain.seal()
    file = tmp_path / "record.jsonl"
    since, until = NOW.replace(day=2, hour=4), NOW.replace(day=3, hour=4)
    assert written(ledger.chain, file, Form.JSONL, since=since, until=until) == 3
    code, said = run(file)
    assert (code, "entries 11 to 13" in said) == (0, True)
    assert run(file, str(ledger.chain.head())) == (
        1,
        "the anchor is of entry 16; these are entries 11 to 13\n",
    )


def test_nothing_is_no_record(tmp_path: Path) -> None:
    shutil.copy(verifier.__file__, tmp_path / "verifier.py")
    (tmp_path / "record.jsonl").write_text("")
    assert run(tmp_path / "record.jsonl") == (2, "there is no entry\n")


def edited(lines: list[str], number: int, edit: Callable[[Line], None]) -> list[str]:
    told: Line = json.loads(lines[number - 1])
    edit(told)
    return [*lines[: number - 1], json.dumps(told), *lines[number:]]


def entry(told: Line) -> Line:
    found = told["entry"]
    assert isinstance(found, dict)
    return found


def test_each_change_is_found_where_it_was_made(exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    found = {
        "one byte": first_wrong(edited(lines, 5, lambda one: entry(one).update(subject="subject 5"))),
        "one key": first_wrong(edited(lines, 5, lambda one: entry(one).update(more=1))),
        "a link": first_wrong(edited(lines, 5, lambda one: one.update(entry_hash="0" * 64))),
        "a hash": first_wrong(edited(lines, 5, lambda one: one.update(hash="0" * 64))),
        "no entry": first_wrong(edited(lines, 5, lambda one: one.update(entry=None))),
        "removed": first_wrong(lines[:4] + lines[5:]),
        "reordered": first_wrong([*lines[:4], lines[5], lines[4], *lines[6:]]),
        "not JSON": first_wrong([*lines[:4], "nonsense", *lines[5:]]),
    }
    assert found == {
        "one byte": "entry 5 was changed, or another one put in its place",
        "one key": "entry 5 was changed, or another one put in its place",
        "a link": "entry 5: its link was changed",
        "a hash": "entry 5: its link was changed",
        "no entry": "entry 5 is missing, and no entry says that it was pruned",
        "removed": "after entry 4 stands entry 6; entry 5 is missing, or moved",
        "reordered": "after entry 4 stands entry 6; entry 5 is missing, or moved",
        "not JSON": "after entry 4 stands a line that is not an entry of the record",
    }


@pytest.fixture
def table(ledger: Ledger, tmp_path: Path) -> Path:
    """The whole record as a table, with every kind of cell that was made harmless for spreadsheets."""
    a_record(ledger)
    for subject in (
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "'=1",
        "'",
        "two\nlines",
        'a "quoted", word',
        "é",
    ):
        ledger.chain.note("step", subject, NOW, said="=cmd", long="x" * 200_000 if subject == "é" else "")
    ledger.chain.seal()
    file = tmp_path / "clean" / "whole.csv"
    file.parent.mkdir()
    assert written(ledger.chain, file, Form.CSV, since=None, until=None) == 21
    return file


def test_a_table_is_verified_by_python_alone(ledger: Ledger, table: Path) -> None:
    head = ledger.chain.head()
    code, said = run(table, str(head))
    assert (code, said.splitlines()) == (
        0,
        ["entries 1 to 21 are as they were sealed", f"the last one is {head}"],
    )


def test_each_change_of_a_table_is_found_where_it_was_made(table: Path) -> None:
    whole = table.read_bytes().decode()
    rows = [f"{row}\r\n" for row in whole.split("\r\n")[:-1]]

    def said(changed: str) -> str:
        table.write_text(changed, encoding="utf-8", newline="")
        return run(table)[1].strip()

    changed = "was changed, or another one put in its place"
    assert said(whole.replace("subject 4", "subject 5")) == f"entry 5 {changed}"
    assert said(whole.replace("'@x", "@y")) == f"entry 14 {changed}"
    assert said(whole.replace("'=1", "''=1", 1)) == f"entry 11 {changed}"
    assert "entry 5 is missing, or moved" in said("".join(rows[:5] + rows[6:]))
    no_entry = "after entry 4 stands a line that is not an entry of the record"
    assert said("".join([*rows[:5], "nonsense\n", *rows[6:]])) == no_entry
    assert said("".join([*rows[:5], rows[5].replace("5,", "05,", 1), *rows[6:]])) == no_entry
    gone = f"5,,pruned,,,{','.join(rows[5].split(',')[-3:])}"
    missing = "entry 5 is missing, and no entry says that it was pruned"
    assert said("".join([*rows[:5], gone, *rows[6:]])) == missing


def test_a_name_that_stands_twice_in_a_line_is_no_entry(exported: Path) -> None:
    # One reader would see the first, which nobody sealed, and this one the last.
    lines = exported.read_text(encoding="utf-8").splitlines()
    for twice in (
        lines[4].replace('"subject":', '"subject":"somebody else","subject":'),
        lines[4].replace('"entry":', '"entry":{"kind":"made up"},"entry":'),
        lines[4].replace('"position":', '"note":"made up","position":'),
    ):
        assert first_wrong([*lines[:4], twice, *lines[5:]]) == (
            "after entry 4 stands a line that is not an entry of the record"
        )


@pytest.mark.parametrize(
    "line", ["[" * 100_000, "7", "[]", '{"position": 5}', '{"position": "5"}', '"\\ud800"', "\ud800"]
)
def test_no_line_ends_the_verifier_in_a_traceback(exported: Path, line: str) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    surrogate = edited(lines, 5, lambda one: entry(one).update(subject="\ud800"))
    for wrong in ([*lines[:4], line, *lines[5:]], surrogate):
        assert first_wrong(wrong) == "after entry 4 stands a line that is not an entry of the record"


def test_every_anchor_of_an_entry_is_held_against_it(exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    right = f"10:{json.loads(lines[-1])['hash']}"
    made_up = f"10:{'0' * 64}"
    assert first_wrong(lines, right, right) is None
    for anchors in ((right, made_up), (made_up, right)):
        assert "which is not the anchor's" in str(first_wrong(lines, *anchors))


def test_a_cut_end_and_a_record_made_anew_are_told_by_an_anchor(ledger: Ledger, exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    anchor = str(ledger.chain.head())
    assert first_wrong(lines[:7]) is None
    assert first_wrong(lines[:7], anchor) == "the anchor is of entry 10; these are entries 1 to 7"
    said = first_wrong(lines, f"10:{'0' * 64}")
    assert said is not None
    assert "which is not the anchor's" in said
    assert first_wrong(lines, "nonsense") == "the anchor nonsense is not POSITION:HASH"


def test_a_record_with_another_beginning_is_refused(exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").splitlines()
    anew = edited(lines, 1, lambda one: one.update(previous="0" * 64))
    assert first_wrong(anew) == "entry 1 does not follow the one before it: its link was changed"


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_byte_of_an_export_can_be_changed_for_another_meaning(data: st.DataObject) -> None:
    lines = [RECORD[number] for number in range(len(RECORD))]
    number = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    other = data.draw(st.characters(codec="utf-8", exclude_characters=lines[number][at]))
    changed = lines[number][:at] + other + lines[number][at + 1 :]
    try:
        same = json.loads(changed) == json.loads(lines[number])
    except ValueError:
        same = False
    lines[number] = changed
    assert (first_wrong(lines) is None) == same


def _a_short_record() -> list[str]:
    lines, previous = [], verifier.GENESIS
    for position in range(1, 5):
        told = {"at": "2026-09-01T20:06:00.000000Z", "body": {"é": [position]}, "kind": "k", "subject": "s"}
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry_hash = verifier.entry_hash_of(canonical)
        linked = verifier.chained(previous, entry_hash)
        head = {"position": position, "previous": previous, "entry_hash": entry_hash, "hash": linked}
        lines.append(json.dumps({**head, "entry": told}, ensure_ascii=False))
        previous = linked
    return lines


RECORD = _a_short_record()
