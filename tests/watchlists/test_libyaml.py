"""Two parsers, one reading: what libyaml reads, the parser in Python reads too, at the same places."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.watchlists.test_mutations import WHOLE
from worker.errors import ConfigurationError
from worker.watchlists import libyaml
from worker.watchlists.document import Document
from worker.watchlists.libyaml import read_usual
from worker.watchlists.yamlfile import read_any, read_yaml

pytestmark = pytest.mark.skipif(not libyaml.HAS_LIBYAML, reason="PyYAML is not there, or has no libyaml")

#: What people and programs leave in files, and what the parsers could take for different things.
PIECES = (
    *(" ", "  ", "\t", "\n", "\r\n", "- ", ": ", ":", ",", "#", " # x", '"', "'", "[", "]", "{", "}"),
    *(
        "? ",
        "|",
        ">",
        "|-\n  a\n",
        ">+\n  a\n\n",
        "~",
        "null",
        "''",
        '""',
        "<<: ",
        "!x ",
        "&a ",
        "*a",
        "%",
        "@",
    ),
    *(
        "`",
        "\\",
        '"\\x41\\/\\u00e9"',
        '"\\ud83d"',
        '"a\\\n  b"',
        "'a\n\n  b'",
        "---\n",
        "...\n",
        "%YAML 1.1\n---\n",
    ),
    *(
        "\x07",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u3000",
        "\ufeff",
        "é",
        "😀",
        "- - a\n",
        "a:b",
        "{a:b}",
        "[a: b]",
    ),
    *("[? a]", "? a\n: b\n", "0o7", "1:2", "=", "null: x\n", "~: y\n", ": z\n"),
)
WRITTEN = WHOLE.decode()


def alike(text: str) -> None:
    """Where libyaml reads the text, Python does, with the same outcome."""
    found = read_usual("one.yaml", text)
    if found is not None:
        other = read_any("one.yaml", text)
        assert found.value == other.value
        assert (dict(found.keys), dict(found.values)) == (dict(other.keys), dict(other.values))


def test_a_watchlist_as_people_write_it_is_read_by_libyaml_and_alike() -> None:
    assert read_usual("one.yaml", WRITTEN) is not None
    alike(WRITTEN)


@given(
    st.lists(
        st.tuples(st.integers(0, len(WRITTEN)), st.integers(0, 3), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    )
)
@example([(0, 0, "null: x\n"), (0, 0, "~: y\n")])
@example([(0, 0, "\ufeff")])
def test_however_a_file_is_broken_both_parsers_read_it_alike(changes: list[tuple[int, int, str]]) -> None:
    text = WRITTEN
    for at, without, piece in changes:
        text = text[:at] + piece + text[at + without :]
    alike(text)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_whatever_is_strung_together_both_parsers_read_it_alike(pieces: list[str]) -> None:
    alike("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\n",
        "a: &x [1]\n",
        "a: *x\n",
        "a: !x 1\n",
        "a: ! 1\n",
        "a: !!map {b: c}\n",
        "a: 1\n---\nb: 2\n",
        "%YAML 1.1\n---\na: 1\n",
        "%TAG ! tag:example.com,2000:\n---\na: 1\n",
        "a: 1\na: 2\n",
        "~: 1\n",
        "'': 2\n",
        "{? : 1}\n",
        "---\n # x",
        "a: 1\t# x\n",
        "a: |-#\n  x\n",
        "a: |-\n   \n  x\n",
        "? [a]\n: b\n",
        "&x a: 1\n",
        "!x a: 1\n",
        "a: " + "x" * 4001,
        "x" * 4001 + ": a",
        "a: " + "[" * 13 + "]" * 13,
        "a: b\u2028c\n",
        "a: '\x85'\n",
        "a: [\n",
        "a: \x07\n",
    ],
)
def test_what_is_unusual_is_left_to_the_parser_that_says_what_is_wrong(text: str) -> None:
    assert read_usual("one.yaml", text) is None


def test_without_libyaml_everything_is_read_and_refused_as_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome(text: str) -> Document | str:
        try:
            return read_yaml("one.yaml", text.encode())
        except ConfigurationError as error:
            return str(error)

    chance = random.Random(144)
    texts = [WRITTEN, *("".join(chance.choices(PIECES, k=5)) for _ in range(100))]
    with_it = [outcome(text) for text in texts]
    monkeypatch.setattr(libyaml, "HAS_LIBYAML", False)
    assert [outcome(text) for text in texts] == with_it
