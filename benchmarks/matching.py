"""What matching a notice costs as lists grow, what loading them costs, and how many spellings of a person
are found.

    python -m benchmarks.matching                          # 1,000, 100,000 and 1,000,000 entries
    python -m benchmarks.matching --entries 1000 100000    # smaller
    python -m benchmarks.matching --people names.txt       # recall on real names, one a line

Timings are medians of processor time on this machine. Lists are made of drawn names; without --people so are
the people. Half of the misspelt names differ in one letter, half in two swapped ones.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.builders import a_filing, a_notice
from worker.filings.notice import Form144Notice
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Grade
from worker.watchlists.matching import match

STARTS = re.split(" ", "b bl br c ch cl d dr f fl g gr h j k l m n p pr qu r s sh sl st t th tr v w z")
VOWELS = re.split(" ", "a e i o u ai ea ee ie oo ou")
ENDS = re.split(" ", "  b ck d ft g l ll m n nd ng nt p r rd rn s t x")
TRADES = ("Systems", "Energy", "Pharma", "Mining", "Foods", "Logistics", "Media", "Optics", "Marine", "Rail")
FORMS = ("Inc", "Corp", "Ltd", "plc")
HEAD = "name: Bench\nowner: Bench\ntell: 'console:'\n"
NOBODY = a_filing(parties=())


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
    files = {"one.yaml": f"{HEAD}entries_from: {{{key}: lines.txt}}\n".encode()}
    return WatchlistIndex(load_watchlists({**files, "lines.txt": "\n".join(lines).encode()}, None))


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
    """Cost per notice and of loading, by the number of entries."""
    print("A notice found by its CIK, and by a misspelt name; loading a list of CIKs, and one of names.\n")
    print(
        "   entries    by CIK   misspelt company   found   misspelt person   load, CIKs   load, names   peak"
    )
    for size in sizes:
        ciks = chance.sample(range(1, 10_000_000), size)
        started = time.process_time()
        by_cik = index_of([str(cik) for cik in ciks], "issuers")
        loaded = time.process_time() - started
        some = chance.sample(ciks, 100)
        cik_us = microseconds([a_notice(issuer_cik=cik) for cik in some], by_cik)
        del by_cik
        names = [company(chance) for _ in range(size)]
        started = time.process_time()
        by_name = index_of(names, "issuers")
        named = time.process_time() - started
        known = chance.sample(names, 100)
        wrong = [
            a_notice(issuer_cik=None, issuer_name=misspelt(name, chance), issuer_file_number=None)
            for name in known
        ]
        fuzzy_us = microseconds(wrong[:20], by_name)
        found = sum(bool(match(notice, NOBODY, by_name)) for notice in wrong)
        del by_name, names
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
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:10,}{cik_us:7.1f} us{fuzzy_us / 1000:16.2f} ms{found:7}%{person_us / 1000:15.2f} ms"
            f"{loaded:11.1f} s{named:12.1f} s{peak:6,.0f} MB"
        )


def recall(real: Sequence[str], others: int, chance: random.Random) -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    parser.add_argument(
        "--people", type=Path, help="real names in conformed order (LAST FIRST M), one a line"
    )
    asked = parser.parse_args()
    chance = random.Random(144)
    print(f"Python {platform.python_version()}; one notice against one list\n")
    growth(asked.entries, chance)
    lines = asked.people.read_text().splitlines() if asked.people else [person(chance) for _ in range(500)]
    real = sorted({" ".join(line.split()) for line in lines if len(line.split()) in (2, 3)})
    recall(real, 100_000, chance)


if __name__ == "__main__":
    main()
