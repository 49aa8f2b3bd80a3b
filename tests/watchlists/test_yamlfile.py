from __future__ import annotations

import pytest

from worker.errors import ConfigurationError
from worker.watchlists.yamlfile import read_yaml


def refused(text: str | bytes) -> str:
    """Everything wrong, one mistake a line, without the hints."""
    with pytest.raises(ConfigurationError) as raised:
        read_yaml("one.yaml", text.encode() if isinstance(text, str) else text)
    return "\n".join(f"{mistake.where} {mistake.what}" for mistake in raised.value.mistakes)


def test_every_scalar_stays_the_text_that_was_written() -> None:
    text = "a: NO\nb: 0000320193\nc: 1e3\nd: 2026-03-31\ne: 0x1F\nf: on\ng: '~'\nh: 1_000\n"
    assert read_yaml("one.yaml", text.encode()).value == {
        "a": "NO",
        "b": "0000320193",
        "c": "1e3",
        "d": "2026-03-31",
        "e": "0x1F",
        "f": "on",
        "g": "~",
        "h": "1_000",
    }


def test_what_is_left_empty_is_none_and_stands_where_its_key_does() -> None:
    document = read_yaml("one.yaml", b"name:\nowner: ~\n# a comment\n\nreason: null\n")
    assert document.value == {"name": None, "owner": None, "reason": None}
    assert document.where(("name",)) == "one.yaml:1:1"


def test_keys_and_values_know_their_line_and_column() -> None:
    document = read_yaml("one.yaml", b"\xef\xbb\xbfname: x\nissuers:\n  - AAPL\n  - cik: 320193\n")
    assert document.where(("issuers", 0)) == "one.yaml:3:5"
    assert document.where(("issuers", 1, "cik")) == "one.yaml:4:10"
    assert document.where(("issuers", 1, "cik"), at_key=True) == "one.yaml:4:5"
    assert document.where(("issuers", 1, "nowhere")) == "one.yaml:4:5"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: x\nname: y\n", "2:1 'name' stands twice; the first is on line 1"),
        ("a: &x 1\n", "1:4 an anchor (&x)"),
        ("a: *x\n", "1:4 an alias (*x)"),
        ("a: !!python/object x\n", "1:4 a tag"),
        ("a: 1\n---\nb: 2\n", "2:1 a second document begins"),
        ("%TAG ! tag:example.com,2000:\n---\na: 1\n", "a %TAG directive"),
        ("a: 1\n\tb: 2\n", "2:1 is not YAML: found character '\\t'"),
        ("a: >= 10M\n", "1:5 is not YAML: expected chomping or indentation"),
        ("a: b: c\n", "1:5 is not YAML: mapping values are not allowed"),
        ("a: 'x\n", "is not YAML: found unexpected end of stream"),
        ("a: [x\n", "is not YAML"),
        ("a: \x07\n", "is not YAML"),
        ('a: "\\ud83d\\ude00"\n', "1:4 half a character"),
        ("? [a]\n: b\n", "1:3 a key that is not a word"),
        ("a: " + "[" * 40 + "\n", "is nested too deeply"),
        ("a: " + "x" * 5000 + "\n", "1:4 a text of 5,000 characters"),
        (b"a: 1\nb: \xff\xfe\n", "2:4 is not UTF-8 text here"),
        (b"#" * 1_000_001, "1:1 is 1,000,001 bytes; at most 1,000,000 are read"),
        (b"\xff\xfea\x00:\x00", "1:1 is not UTF-8 text here"),
    ],
)
def test_what_a_watchlist_never_needs_is_refused_at_its_place(text: str | bytes, expected: str) -> None:
    assert expected in refused(text)


def test_a_bomb_of_aliases_is_refused_at_the_first_alias() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(30))
    assert "2:10 an alias (*a)" in refused(bomb)


def test_several_anchors_are_all_named() -> None:
    assert refused("a: &x 1\nb: &y 2\n").count("an anchor") == 2


def test_deep_flow_brackets_are_refused_without_reading_on() -> None:
    assert "nested too deeply" in refused("a: " + "[" * 900_000)
