"""A notice as a person reads it in a terminal: as filed, then what is computed, then the problems."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from rich import box
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType
from rich.measure import Measurement
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from worker.filings.figures import Figures
from worker.filings.form_words import (
    ABOUT_THE_ISSUER,
    ABOUT_THE_NOTICE,
    TABLES,
    FormTable,
    in_words,
    row_stated,
    stated,
)
from worker.filings.notice import Form144Notice
from worker.filings.rule144 import ONE_PERCENT_CAVEAT

NOT_STATED = "–"

#: The columns shown of each table, and short headings for them: all of it fits 80 columns.
_COLUMNS = {
    "proposed_sales": {
        "class_title": "Class",
        "units": "Units",
        "market_value": "Market value",
        "units_outstanding": "Outstanding",
        "sale_date": "Sale date",
        "broker_name": "Broker",
        "exchange": "On",
    },
    "acquired_lots": {
        "class_title": "Class",
        "acquired_date": "Acquired",
        "units": "Units",
        "nature": "Nature",
        "acquired_from": "From",
        "is_gift": "Gift",
    },
    "past_sales": {
        "seller_name": "Seller",
        "class_title": "Class",
        "sale_date": "Date",
        "units": "Units sold",
        "gross_proceeds": "Gross proceeds",
    },
}
_NUMBERS = frozenset({"units", "market_value", "units_outstanding", "gross_proceeds"})
#: A longer word is broken where the terminal has no room for it.
_LONGEST_WORD, _SHORTEST_PIECE = 12, 6
_SHORT = _NUMBERS | {"sale_date", "acquired_date", "is_gift"}


def notice_view(source: str, notice: Form144Notice, figures: Figures) -> Iterator[RenderableType]:
    """The parts of the view, top to bottom. Text of the filing is shown as text, never as markup."""
    yield Text(f"Form {notice.submission_type or '144'} · {printable(source)}", style="bold")
    yield Text(_sentence(notice, figures))
    yield _facts("As filed", _as_filed(notice))
    for table in TABLES:
        if getattr(notice, table.field):
            yield _Rows(notice, table)
    yield _facts("Computed (not in the filing)", list(_computed(figures)))
    if notice.problems:
        yield _problems(notice)


def _sentence(notice: Form144Notice, figures: Figures) -> str:
    who = printable(notice.seller_name or "Somebody the form does not name")
    what = f"{figures.units:,} units" if figures.units is not None else "securities"
    value = f" worth {figures.market_value:,.2f} dollars" if figures.market_value is not None else ""
    return f"{who} proposes to sell {what} of {printable(notice.issuer_name or 'an unnamed issuer')}{value}."


def _as_filed(notice: Form144Notice) -> list[tuple[str, str]]:
    words = ABOUT_THE_ISSUER | ABOUT_THE_NOTICE
    said = stated(notice, notice, words, "")
    facts = [(label, said.get(field, NOT_STATED)) for field, label in words.items()]
    if notice.previous_accession is not None:
        facts.insert(0, ("Amends", notice.previous_accession))
    if notice.is_live is False:
        facts.insert(0, ("Test filing", "yes"))
    facts += [("Attached document", name) for name in notice.documents]
    if notice.header is not None and notice.header.accession is not None:
        facts.append(("Accession number", notice.header.accession))
    if notice.header is not None and notice.header.accepted_at is not None:
        facts.append(("Accepted by EDGAR", f"{notice.header.accepted_at:%Y-%m-%d %H:%M:%S} UTC"))
    return facts


def _computed(figures: Figures) -> Iterator[tuple[str, str]]:
    """Labels and figures, in words that claim no more than the arithmetic does."""
    yield "Units to be sold", in_words(figures.units) or NOT_STATED
    yield "Aggregate market value", in_words(figures.market_value) or NOT_STATED
    for one in figures.classes:
        name = f" ({one.class_title})" if len(figures.classes) > 1 and one.class_title else ""
        yield f"Implied price{name}", in_words(one.implied_price) or NOT_STATED
        yield f"Percent of class{name}", _percent(one.percent_of_class)
        yield f"Percent with past 3 months{name}", _percent(one.percent_with_past)
        yield f"Above 1 % of class{name}", in_words(one.exceeds_one_percent) or NOT_STATED
    yield "Sold in past 3 months", in_words(figures.past_units) or NOT_STATED
    if figures.listed_twice:
        rows = ", ".join(str(row + 1) for row in figures.listed_twice)
        yield "Listed in both tables", f"row {rows} of past sales is the proposed sale; counted once"
    if figures.maybe_listed_twice:
        rows = ", ".join(str(row + 1) for row in figures.maybe_listed_twice)
        yield "Perhaps listed twice", f"row {rows} of past sales; counted as filed"
    for plan in figures.plans:
        age = (
            f"{plan.days_to_sale} days before the sale" if plan.days_to_sale is not None else "age not known"
        )
        yield "10b5-1 plan", f"{plan.adopted.isoformat()}, {age}"
    yield "Days from notice to sale", in_words(figures.days_to_sale) or NOT_STATED
    yield "Notice window ends", in_words(figures.window_ends) or NOT_STATED
    yield "Below 5,000 units and 50,000 dollars", in_words(figures.below_threshold) or NOT_STATED
    yield "Gift among the lots", in_words(figures.has_gift) or NOT_STATED
    yield "Seller looks like an entity", in_words(figures.seller_looks_like_entity) or NOT_STATED
    yield "Remarks mention", ", ".join(figures.remarks_mention) or "nothing of note"
    if figures.price_doubt is not None:
        yield "Price", figures.price_doubt
    yield "Note", ONE_PERCENT_CAVEAT


def _percent(percentage: Decimal | None) -> str:
    return NOT_STATED if percentage is None else f"{percentage:.4f} %"


def _facts(title: str, facts: list[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="dim", ratio=2)
    table.add_column(ratio=3, overflow="fold")
    for label, text in facts:
        table.add_row(Text(printable(label)), Text(printable(text)))
    return table


class _Rows:
    """One of the form's tables, its words whole where the terminal has room for the longest of each column;
    where there is room for no table, a list of each row. Addresses and payments are left to `--json`.
    """

    def __init__(self, notice: Form144Notice, of: FormTable) -> None:
        self._title, self._columns = of.title, _COLUMNS[of.field]
        self._said = [row_stated(notice, of, number) for number in range(len(getattr(notice, of.field)))]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        for longest in (_LONGEST_WORD, _SHORTEST_PIECE):
            table = self._table(longest=longest)
            if Measurement.get(console, options.update(width=1_000), table).minimum <= options.max_width:
                yield table
                return
        for row in self._said:
            facts = [(heading, row.get(field, NOT_STATED)) for field, heading in self._columns.items()]
            yield _facts(self._title, facts)

    def _table(self, *, longest: int) -> Table:
        # One space between columns leaves the words as much as there is.
        table = Table(title=self._title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
        for field, heading in self._columns.items():
            is_short = field in _SHORT
            justify: JustifyMethod = "right" if field in _NUMBERS else "left"
            words = [word for row in self._said for word in row.get(field, NOT_STATED).split()]
            least = None if is_short else min(max(map(len, [heading, *words])), longest)
            table.add_column(heading, justify=justify, no_wrap=is_short, overflow="fold", min_width=least)
        for row in self._said:
            table.add_row(*(Text(printable(row.get(field, NOT_STATED))) for field in self._columns))
        return table


def _problems(notice: Form144Notice) -> Panel:
    lines = [
        f"{problem.field or 'document'}: {problem.why}" + (f" Filed: “{problem.raw}”" if problem.raw else "")
        for problem in notice.problems
    ]
    return Panel(
        Text("\n".join(map(_shown_line, lines))), title="Problems", title_align="left", border_style="yellow"
    )


def printable(text: str) -> str:
    """Text as a terminal may print it: no control or invisible formatting characters."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf"})


def _shown_line(text: str) -> str:
    return printable(text.replace("\n", " "))
