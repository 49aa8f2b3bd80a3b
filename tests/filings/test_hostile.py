"""Hostile documents: nothing is fetched, expanded or believed, within bounds the system enforces."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.filings.hostile import HOSTILE

ROOT = Path(__file__).parents[2]

#: For all documents together, the making of them included: seconds of processor, bytes of address space.
SECONDS, MEMORY = 60, 1 << 30


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.filings.hostile"],
        cwd=ROOT,
        preexec_fn=_bounded,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return dict(line.split("\t") for line in run.stdout.splitlines())


#: Documents that are only strange are read, and what is wrong in them is a problem ...
READ = {"60,000 attributes", "a million digits", "a million zeros", "a title of its own for each of 240 rows"}
READ |= {"a submission of 16 MB in a million documents", "a print of one endless row"}
READ |= {"a title of 20,000 digits", "a title of 900,000 digits", "a relationship of 20,000 chiefs"}
READ |= {"a relationship of 2,000 shares", "50 relationships as long as they are taken"}
READ |= {"a seller of 2,400 characters", "a seller of 1,400 characters"}
READ |= {"a seller of 60,000 characters in the header", "2,000 past sales", "2,000 other past sales"}
READ |= {"a print with a title of 20,000 digits", "a print of open labels", "5,000 zeros"}

#: ... or nothing is: repeated lines of a header and spaces say nothing new.
HARMLESS = {"a header of a million lines", "a print of spaces"}


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - READ - HARMLESS))
def test_a_hostile_document_is_refused(name: str, outcomes: dict[str, str]) -> None:
    assert outcomes[name].startswith("unreadable: ")


@pytest.mark.parametrize("name", sorted(READ))
def test_a_strange_document_is_read_and_its_strangeness_is_a_problem(
    name: str, outcomes: dict[str, str]
) -> None:
    assert outcomes[name].startswith("read, ")
    assert not outcomes[name].endswith(" 0 problems")


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_harmless_document_is_read_within_the_bounds(name: str, outcomes: dict[str, str]) -> None:
    assert outcomes[name] == "read, issuer 'Example Industries Inc.', 0 problems"


def test_a_doctype_is_refused_before_anything_is_loaded(outcomes: dict[str, str]) -> None:
    for name, outcome in outcomes.items():
        if "DTD" in name or "DOCTYPE" in name or "entity" in name.split() or "external" in name:
            assert "DOCTYPE" in outcome or name == "an undeclared entity"


def test_an_entity_is_never_expanded_into_text(outcomes: dict[str, str]) -> None:
    assert not any("hostname" in outcome or "haha" in outcome for outcome in outcomes.values())
