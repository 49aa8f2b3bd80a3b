"""Three hundred ways to break a file. Whatever somebody saves by mistake ends in a located message, never
in a traceback and never in a list that is half there.
"""

from __future__ import annotations

import json
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.watchlists.lists import TICKERS
from worker.watchlists.loading import read_watchlists
from worker.watchlists.yamlfile import read_yaml

WHOLE = b"""\
# A comment
name: Large holders
owner: Jane Doe, Compliance
reason: >
  folded text
visibility: shared
issuers:
  - QFIN
  - {cik: 320193, note: "core, since May"}
  - Berkshire Hathaway Inc
holders:
  - Ruby Finance Holdings Ltd.
entries_from: holdings.csv
when:
  relationship: [ten_percent_holder, director]
  market_value: over 10M
  any:
    - plan: absent
    - not: {form: amendment}
near_miss: 10%
tell:
  - console:
  - {to: slack:#ir-alerts, when: {units: over 5k}}
tests:
  - name: a large one
    notice: {issuer: QFIN, market_value: 12M, relationship: 10% holder}
    at: 2026-09-01 22:05
    tells:
      - console:
    not: slack:#ir-alerts
"""
TABLE = b"symbol,note\nAAPL,core\nNVDA,\n"
PLACE = re.compile(r"lists/(one\.yaml|holdings\.csv):[1-9][0-9]*:[1-9][0-9]*$")


def judged(content: bytes, table: bytes = TABLE) -> bool:
    """True where the file was taken. Either way the outcome is whole: a list, or located mistakes."""
    found = read_watchlists({"lists/one.yaml": content, "lists/holdings.csv": table}, TICKERS)
    for mistake in (*found.mistakes, *found.warnings):
        assert PLACE.fullmatch(mistake.where), mistake
        assert mistake.what
        assert "Traceback" not in mistake.what
        assert "error" not in mistake.what.lower().split()
    if not found.mistakes:
        (watchlist,) = found.watchlists
        assert watchlist.name
        assert watchlist.owner
        assert watchlist.entries or watchlist.any_notice
        assert watchlist.destinations
    return not found.mistakes


def test_the_whole_file_is_taken() -> None:
    assert judged(WHOLE)


_SPLICES = [
    b"\t", b"\x00", b"\xff", b"&a ", b"*a", b"!!python/object:os.system ", b"- ", b": ", b"{", b"[", b"}",
    b"]", b'"', b"'", b"|", b">", b"%", b"@", b"`", b"?", b"#", b"\n---\n", b"\n...\n", b"\r", b"\r\n", b"NO",
    b"null", b"~", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"  ", b"\n", b"<<: *a\n", b"\\u0000", b"9" * 21,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(300))
def test_a_mutated_file_is_a_list_or_a_located_mistake(seed: int) -> None:
    chance = random.Random(seed)
    content = WHOLE
    for _ in range(chance.randint(1, 3)):
        kind, at = chance.randrange(6), chance.randrange(len(content))
        lines = content.splitlines(keepends=True)
        line = chance.randrange(len(lines))
        if kind == 0:
            content = content[:at] + chance.choice(_SPLICES) + content[at:]
        elif kind == 1:
            content = content[:at] + content[at + chance.randint(1, 12) :]
        elif kind == 2:
            content = b"".join([*lines[:line], *lines[line + 1 :]])
        elif kind == 3:
            content = b"".join([*lines[:line], lines[line], *lines[line:]])
        elif kind == 4:
            content = b"".join([*lines[:line], b"\t" + lines[line].lstrip(), *lines[line + 1 :]])
        else:
            content = content[:at] or b"x"
    judged(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"# only a comment\n",
        b"just a text",
        b"- a\n- list\n",
        b"42",
        b"null",
        b"name: [a]\nowner: {b: c}\ntell: {d: [e]}\nissuers: {f: g}\n",
        WHOLE.replace(b"visibility: shared", b"visibility: NO"),
        WHOLE.replace(b"  - QFIN", b"  - NO"),
        WHOLE.replace(b"when:", b"when: &when") + b"also: *when\n",
        b"a: &a [x,x]\n" + b"".join(b"b%d: &b%d [*a,*a,*a,*a,*a,*a]\n" % (i, i) for i in range(40)),
        b"name: " + b"[" * 100_000,
        b"name: " + b"{a: " * 50_000,
        b"name: " + b"- " * 100_000,
        b"? " * 100_000,
        b"name: |\n" + b"  x\n" * 100_000,
        b"name: " + b'"' + b"\\n" * 400_000 + b'"',
        b"name: x # " + b"y" * 900_000,
        b"x" * 50_000_000,
        "name: Ünïcödé\nowner: 漢字\nany_notice: true\ntell: 'console:'\n".encode("utf-16"),
        b"name: a\nname: b\nowner: c\nowner: d\n",
        b"name: a\r\nowner: b\r\nissuers: [QFIN]\r\ntell: [x:y]\r\n" * 2,
        WHOLE + WHOLE,
        WHOLE.replace(b"over 10M", b"over 10M" + b"0" * 3000),
        WHOLE.replace(b"over 10M", b"2001-01-01"),
        WHOLE.replace(b"- QFIN", b"- 0o17"),
        WHOLE.replace(b"- QFIN", b"- !!int 3"),
        WHOLE.replace(b"tell:", b"tell: &x"),
        WHOLE.replace(b"holdings.csv", b"one.yaml"),
        WHOLE.replace(b"holdings.csv", b"/etc/passwd"),
        WHOLE.replace(b"holdings.csv", b"../lists/../../x.csv"),
        b"all: " * 300_000,
    ],
)
def test_files_made_to_hurt_end_in_a_located_mistake_and_soon(content: bytes) -> None:
    started = time.process_time()
    assert not judged(content)
    assert time.process_time() - started < 20  # a bomb takes for ever; a slow machine does not


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_at_all_are_a_located_mistake(content: bytes) -> None:
    judged(content)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=20)),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["name", "owner", "issuers", "holders", "when", "tell", "any", "not", "cik", "units", "x"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150)
def test_any_values_under_the_right_keys_are_a_located_mistake(value: object) -> None:
    judged(json.dumps(value, default=str).encode())


def test_a_long_list_by_hand_is_still_read_in_a_few_seconds() -> None:
    text = WHOLE + b"".join(b"# %d\n" % number for number in range(100_000))
    assert read_yaml("lists/one.yaml", text[:999_999]).value
