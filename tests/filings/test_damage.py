"""Damaged documents: an error, or the damage is seen. Never a different record in silence."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from worker.errors import UnreadableFiling
from worker.filings.notice import Form144Notice, Source
from worker.filings.reader import read_notice

SAMPLES = Path(__file__).parents[1] / "samples"
TRUNCATIONS, DAMAGES = 2_000, 2_000

Leaves = dict[str, object]


def _documents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in {".xml", ".txt"}]


@pytest.fixture(scope="module")
def samples() -> list[bytes]:
    return _documents(SAMPLES)


@pytest.fixture(scope="module")
def real(corpus: Path) -> list[bytes]:
    return [
        *_documents(corpus / "filings"),
        *_documents(corpus / "filings_trimmed"),
        *_documents(corpus / "seed"),
    ]


def _truncated(documents: list[bytes], seed: int) -> Iterator[tuple[bytes, bytes]]:
    chance = random.Random(seed)
    for _ in range(TRUNCATIONS):
        document = chance.choice(documents)
        yield document, document[: chance.randrange(len(document.rstrip()))]


def _damaged(documents: list[bytes], seed: int) -> Iterator[tuple[bytes, bytes]]:
    chance = random.Random(seed)
    for _ in range(DAMAGES):
        document = bytearray(chance.choice(documents))
        original = bytes(document)
        place = chance.randrange(len(document))
        document[place] = chance.choice([value for value in range(256) if value != document[place]])
        yield original, bytes(document)


def _leaves(value: object, path: str = "") -> Leaves:
    """Every value of a notice by its path, such as `proposed_sales[0].units`."""
    if isinstance(value, msgspec.Struct):
        return {
            name: leaf
            for field in value.__struct_fields__
            if field != "problems"
            for name, leaf in _leaves(getattr(value, field), f"{path}.{field}".strip(".")).items()
        }
    if isinstance(value, tuple):
        return {
            name: leaf
            for number, part in enumerate(value)
            for name, leaf in _leaves(part, f"{path}[{number}]").items()
        }
    return {path: value}


@lru_cache
def _read(document: bytes) -> Form144Notice:
    return read_notice(document)


def _read_or_none(document: bytes) -> Form144Notice | None:
    try:
        return read_notice(document)
    except UnreadableFiling:
        return None


def assert_never_cut_in_silence(cases: Iterator[tuple[bytes, bytes]]) -> None:
    for original, cut in cases:
        notice = _read_or_none(cut)
        assert notice is None or notice == _read(original), f"cut at byte {len(cut)}"


def assert_never_damaged_in_silence(cases: Iterator[tuple[bytes, bytes]]) -> None:
    """Equal, or an error, or a problem more, or: fields stand where they stood, and one text, number or
    day reads differently, because the damage left something that is just as valid.
    """
    for original, damaged in cases:
        after, before = _read_or_none(damaged), _read(original)
        if after is None or after == before or set(after.problems) - set(before.problems):
            continue
        was, now = _leaves(before), _leaves(after)
        changed = {path for path in was.keys() | now.keys() if was.get(path, "") != now.get(path, "")}
        changed = {path for path in changed if not re.match(r"relationships\[|source", path)}
        if before.source is Source.PRINT:
            changed = {_on_print(path) for path in changed}
        assert len(changed) == 1, changed


def _on_print(path: str) -> str:
    """A print shows a name and its address in one cell, and the state and postal code in one line."""
    cell = re.sub(r"(broker|seller)_(name|address.*)$", r"\1", path)
    return re.sub(r"^issuer_address\.(state_or_country|zip_code)$", "issuer_address: last line", cell)


def test_no_truncated_sample_gives_a_record_that_differs(samples: list[bytes]) -> None:
    assert_never_cut_in_silence(_truncated(samples, seed=144))


def test_no_damaged_byte_of_a_sample_goes_unseen(samples: list[bytes]) -> None:
    assert_never_damaged_in_silence(_damaged(samples, seed=144))


@pytest.mark.corpus
def test_no_truncated_real_notice_gives_a_record_that_differs(real: list[bytes]) -> None:
    assert_never_cut_in_silence(_truncated(real, seed=1933))


@pytest.mark.corpus
def test_no_damaged_byte_of_a_real_notice_goes_unseen(real: list[bytes]) -> None:
    assert_never_damaged_in_silence(_damaged(real, seed=1933))
