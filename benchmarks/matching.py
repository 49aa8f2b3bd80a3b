"""What matching a notice costs as lists grow, what loading them costs, and how many spellings of a person
are found.

    python -m benchmarks.matching                          # 1,000, 100,000 and 1,000,000 entries
    python -m benchmarks.matching --entries 1000 100000    # smaller
    python -m benchmarks.matching --corpus ../corpus       # recall on the names in real feeds and indexes

Timings are medians of processor time on this machine. Lists are made of drawn names; so are the people where
there is no corpus. Half of the misspelt names differ in one letter, half in two swapped ones.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import structlog

from benchmarks.reach import reach
from tests.builders import a_filing, a_notice
from tests.conftest import ROOT
from worker.filings.notice import Form144Notice
from worker.watched_folder import WatchedFolder
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Grade
from worker.watchlists.matching import match
from worker.watchlists.names import is_entity

STARTS = re.split(" ", "b bl br c ch cl d dr f fl g gr h j k l m n p pr qu r s sh sl st t th tr v w z")
VOWELS = re.split(" ", "a e i o u ai ea ee ie oo ou")
ENDS = re.split(" ", "  b ck d ft g l ll m n nd ng nt p r rd rn s t x")
TRADES = ("Systems", "Energy", "Pharma", "Mining", "Foods", "Logistics", "Media", "Optics", "Marine", "Rail")
FORMS = ("Inc", "Corp", "Ltd", "plc")
HEAD = "name: Bench\nowner: Bench\ntell: 'console:'\n"
NOBODY = a_filing(parties=())
#: As many issuers as the SEC's list holds, by which names are looked up.
ISSUERS = 10_000

#: Rows of real material that name a person in conformed order: of a feed, and of an index by form or company.
REPORTING = re.compile(r"<title>\S+ - (.+?) \([0-9]{10}\) \(Reporting\)</title>")
BY_FORM = re.compile(r"(?m)^(?:3|4|5|144)(?:/A)? {4,}(\S.*?) {2,}[0-9]+ ")
BY_COMPANY = re.compile(r"(?m)^(\S.*?) {2,}(?:3|4|5|144)(?:/A)? {4,}[0-9]+ ")


def word(chance: random.Random) -> str:
    """A word that might be a name; drawn from letters, so that words share as few trigrams as real ones."""
    syllables = [
        chance.choice(STARTS) + chance.choice(VOWELS) + chance.choice(ENDS)
        for _ in range(chance.randint(1, 3))
    ]
    return "".join(syllables).capitalize()


def company(chance: random.Random) -> str:
    return f"{word(chance)} {word(chance)} {chance.choice(TRADES)} {chance.choice(FORMS)}"


def person(chance: random.Random) -> str:
    middle = chance.choice(["", f" {chance.choice('ABCDEFGHJKLMNPRSTW')}", f" {word(chance)}"])
    return f"{word(chance)} {word(chance)}{middle}"


def index_of(lines: Sequence[str], key: str) -> WatchlistIndex:
    """One list whose entries are these lines, read as a pasted file is."""
    return WatchlistIndex(load_watchlists(files_of(lines, key), None))


def files_of(lines: Sequence[str], key: str) -> dict[str, bytes]:
    head = f"{HEAD}entries_from: {{{key}: lines.txt}}\n"
    return {"one.yaml": head.encode(), "lines.txt": "\n".join(lines).encode()}


def reload(lines: Sequence[str], issuers: dict[str, tuple[int, str]]) -> tuple[float, float]:
    """Processor seconds to load a folder with one list of these names, each looked up in the SEC's list of
    issuers, and to take an edit of it while it runs: the lists in force stay in memory meanwhile.
    """
    now = datetime(2026, 9, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files_of(lines, "issuers").items():
            (folder / file).write_bytes(content)
        started = time.process_time()
        watched = WatchedFolder(
            folder, tickers=lambda: issuers, notifiers={"console": None}, clock=lambda: now
        )
        loaded = time.process_time() - started
        with (folder / "lines.txt").open("a") as file_of_lines:
            file_of_lines.write("\nOne Issuer More Inc")
        now += timedelta(minutes=1)
        started = time.process_time()
        index = watched()
        took = time.process_time() - started
        assert len(index.watchlists[0].entries) == len(lines) + 1
    return loaded, took


def microseconds(notices: Sequence[Form144Notice], index: WatchlistIndex) -> float:
    """One notice matched, the median over rounds of all of them."""
    rounds: list[float] = []
    for _ in range(7):
        start = time.process_time()
        for notice in notices:
            match(notice, NOBODY, index)
        rounds.append((time.process_time() - start) / len(notices) * 1e6)
    return statistics.median(rounds)


def misspelt(name: str, chance: random.Random) -> str:
    """The name with one typing error inside a word; first letters are seldom wrong."""
    inside = [at for at in range(1, len(name) - 1) if name[at - 1 : at + 2].isalpha()]
    if not inside:
        return name
    at = chance.choice(inside)
    if chance.random() < 0.5:
        return name[:at] + chance.choice("aeiou") + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def growth(sizes: Sequence[int], chance: random.Random) -> None:
    """Cost per notice, of loading and of an edit, by the number of entries."""
    issuers = {f"T{number}": (number + 1, company(chance)) for number in range(ISSUERS)}
    print(
        "A notice found by its CIK, and by a misspelt name; a list of CIKs loaded; one of names loaded, and"
    )
    print(
        f"looked up among {ISSUERS:,} issuers; an edit of it taken while it runs; most memory until then.\n"
    )
    print("   entries    by CIK   misspelt company   found   misspelt person  CIKs     names    edit    peak")
    for size in sizes:
        ciks = chance.sample(range(1, 10_000_000), size)
        started = time.process_time()
        by_cik = index_of([str(cik) for cik in ciks], "issuers")
        loaded = time.process_time() - started
        some = chance.sample(ciks, 100)
        cik_us = microseconds([a_notice(issuer_cik=cik) for cik in some], by_cik)
        del by_cik
        names = [company(chance) for _ in range(size)]
        by_name = index_of(names, "issuers")
        known = chance.sample(names, 100)
        wrong = [
            a_notice(issuer_cik=None, issuer_name=misspelt(name, chance), issuer_file_number=None)
            for name in known
        ]
        fuzzy_us = microseconds(wrong[:20], by_name)
        found = sum(bool(match(notice, NOBODY, by_name)) for notice in wrong)
        del by_name
        people = [person(chance) for _ in range(size)]
        by_person = index_of(people, "holders")
        person_us = microseconds(
            [
                a_notice(seller_name=misspelt(name, chance), filer_ciks=())
                for name in chance.sample(people, 20)
            ],
            by_person,
        )
        del by_person, people
        named, edited = reload(names, issuers)
        del names
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:10,}{cik_us:7.1f} us{fuzzy_us / 1000:16.2f} ms{found:7}%{person_us / 1000:15.2f} ms"
            f"{loaded:6.1f} s{named:8.1f} s{edited:6.1f} s{peak:6,.0f} MB"
        )
        reach(f"us by CIK among {size:,}", cik_us, at_most=20)
        reach(f"ms by a misspelt name among {size:,}", fuzzy_us / 1000, at_most=10)


def people_of(corpus: Path) -> list[str]:
    """The people who report in the corpus's feeds and indexes, as EDGAR writes them: LAST FIRST MIDDLE."""
    text = "\n".join(
        path.read_text(encoding="latin-1")
        for path in sorted([*corpus.glob("feeds/*.atom"), *corpus.glob("index/*.idx")])
    )
    found = [name for pattern in (REPORTING, BY_FORM, BY_COMPANY) for name in pattern.findall(text)]
    names = {" ".join(unescape(name).split()) for name in found}
    return sorted(name for name in names if not is_entity(name) and len(name.split()) in (2, 3))


def recall(real: Sequence[str], others: int, chance: random.Random, *, is_judged: bool = False) -> None:
    """How many spellings of a person are found on a long list of people with the same names."""
    parts = [name.split() for name in real]
    firsts, lasts = [words[1] for words in parts], [words[0] for words in parts]
    crowd = {
        f"{chance.choice(lasts)} {chance.choice(firsts)} {chance.choice('ABCDEFGHJKLMNPRSTW')}"
        for _ in range(others)
    }
    listed = [*real, *sorted(crowd - set(real))]
    index = index_of(listed, "holders")
    spellings: dict[str, Callable[[list[str]], str]] = {
        "as filed": " ".join,
        "First Middle Last": lambda words: " ".join([*words[1:], words[0]]),
        "First M. Last": lambda words: " ".join(
            [words[1], *(f"{word[0]}." for word in words[2:3]), words[0]]
        ),
        "First Last": lambda words: f"{words[1]} {words[0]}",
        "one wrong letter": lambda words: misspelt(" ".join([*words[1:], words[0]]), chance),
    }
    print(f"\n{len(real)} people among {len(listed):,}{'':12}found   of them only possible   others a query")
    for what, spell in spellings.items():
        sure = possible = false = 0
        for name in real:
            notice = a_notice(seller_name=spell(name.split()), filer_ciks=())
            identities = [one for found in match(notice, NOBODY, index) for one in found.identities]
            own = [one.grade for one in identities if one.entry == name]
            sure += bool(own) and own[0] is not Grade.POSSIBLE
            possible += bool(own) and own[0] is Grade.POSSIBLE
            false += sum(one.entry != name and one.grade is not Grade.POSSIBLE for one in identities)
        total = len(real)
        print(f"{what:36}{(sure + possible) / total:7.1%}{possible / total:16.1%}{false / total:23.2f}")
        if is_judged and what != "one wrong letter":
            reach("% of them found", (sure + possible) / total * 100, at_least=97)
            reach("others a query", false / total, at_most=0.5)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus")),
        help="folder with feeds/*.atom and index/*.idx of real names",
    )
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    chance = random.Random(144)
    print(f"Python {platform.python_version()}; one notice against one list\n")
    growth(asked.entries, chance)
    real = people_of(asked.corpus) if asked.corpus.is_dir() else []
    if not real:
        print(f"\nno corpus at {asked.corpus}: the people below are drawn")
        drawn = (" ".join(person(chance).split()) for _ in range(500))
        real = sorted({name for name in drawn if len(name.split()) in (2, 3)})
    recall(real, 100_000, chance, is_judged=True)
    for number in (200, 350):  # the fewer names the crowd is drawn from, the more people are called alike
        recall(sorted(chance.sample(real, min(number, len(real)))), 100_000, chance)


if __name__ == "__main__":
    main()
