"""The three tables of the printed form, one row a line, cells separated by tabs.

A row whose cells cannot be told apart becomes a row of Nones with a problem: were it left out, totals
would come out too small and look right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.filings import fields
from worker.filings.notice import AcquiredLot, Address, PastSale, ProblemKind, ProposedSale
from worker.filings.print_text import name_and_address, taken, unescaped
from worker.filings.problems import Problems
from worker.filings.schema import EXCHANGE, NAME, NATURE, TITLE

#: How the lines above a table's rows begin. No such line has a digit in it, and every row has.
_HEADER_WORDS = ("title of the", "class\tacquired", "transaction\tacquired", "name and address of seller")
_MOST_LOT_CELLS = 9
_DIGIT = re.compile(r"[0-9]")
_AMOUNT = re.compile(r"[0-9]+")
_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_GIFT_MARKS = frozenset({"X", "Y", "YES", "☒", "☑", "✓"})


def proposed_sales(section: str, problems: Problems) -> tuple[ProposedSale, ...]:
    """Class, broker, units, market value, units outstanding, date, exchange."""
    return tuple(
        _proposed_sale(cells, f"proposed_sales[{number}]", problems)
        for number, cells in enumerate(_rows(section, "proposed_sales", problems))
    )


def _proposed_sale(cells: list[str], name: str, problems: Problems) -> ProposedSale:
    if len(cells) != 7:
        _unreadable(cells, name, problems)
        return ProposedSale()
    _note_blanks(
        {"class_title": cells[0], "broker_name": cells[1], "units": cells[2], "market_value": cells[3]}
        | {"units_outstanding": cells[4], "sale_date": cells[5], "exchange": cells[6]},
        name,
        problems,
    )
    broker, address = _name_and_address(f"{name}.broker_name", cells[1], None, problems)
    return ProposedSale(
        class_title=_text(f"{name}.class_title", cells[0], TITLE, problems),
        broker_name=broker,
        broker_address=address,
        units=taken(f"{name}.units", fields.units, cells[2], problems),
        market_value=taken(f"{name}.market_value", fields.money, cells[3], problems),
        units_outstanding=taken(f"{name}.units_outstanding", fields.units, cells[4], problems),
        sale_date=taken(f"{name}.sale_date", fields.day, cells[5], problems),
        exchange=_text(f"{name}.exchange", cells[6], EXCHANGE, problems),
    )


def lots(section: str, problems: Problems) -> tuple[AcquiredLot, ...]:
    """Class, date, nature, from whom, gift and donor's date (often one cell, often empty), amount, and
    the payment's date and nature (often one cell).
    """
    return tuple(
        _lot(cells, f"acquired_lots[{number}]", problems)
        for number, cells in enumerate(_rows(section, "acquired_lots", problems))
    )


def _lot(cells: list[str], name: str, problems: Problems) -> AcquiredLot:
    at = next((number for number, cell in enumerate(cells) if number > 4 and _AMOUNT.fullmatch(cell)), None)
    if at is None or len(cells) > _MOST_LOT_CELLS:
        _unreadable(cells, name, problems)
        return AcquiredLot()
    _note_blanks({"class_title": cells[0], "acquired_date": cells[1]}, name, problems)
    about_gift = " ".join(cells[4:at]).split()
    donor_dates = [word for word in about_gift if word.upper() not in _GIFT_MARKS]
    payment_date, payment = _payment(" ".join(cells[at + 1 :]).strip())
    if payment and not payment_date and not about_gift:
        why = "The cell does not begin with the date of payment."
        problems.add(f"{name}.payment_date", ProblemKind.DATE, payment, why)
    return AcquiredLot(
        class_title=_text(f"{name}.class_title", cells[0], TITLE, problems),
        acquired_date=taken(f"{name}.acquired_date", fields.day, cells[1], problems),
        nature=_text(f"{name}.nature", cells[2], NATURE, problems),
        acquired_from=_text(f"{name}.acquired_from", cells[3], NAME, problems),
        is_gift=True if len(donor_dates) < len(about_gift) else None,
        donor_acquired_date=taken(f"{name}.donor_acquired_date", fields.day, " ".join(donor_dates), problems),
        units=taken(f"{name}.units", fields.units, cells[at], problems),
        payment_date=taken(f"{name}.payment_date", fields.day, payment_date, problems),
        nature_of_payment=_text(f"{name}.nature_of_payment", payment, NATURE, problems),
    )


def _payment(cell: str) -> tuple[str, str]:
    """`11/27/2019 $10 per ADS` taken apart; the date is "" where the cell does not begin with one."""
    date = _DATE.match(cell)
    return (date[0], cell[date.end() :].strip()) if date else ("", cell)


def past_sales(section: str, seller: str | None, problems: Problems) -> tuple[PastSale, ...]:
    """Seller, class (with an empty cell beside it at times), date, units, proceeds. `seller`, the person
    of the notice, helps to tell a name from its address.
    """
    return tuple(
        _past_sale(cells, seller, f"past_sales[{number}]", problems)
        for number, cells in enumerate(_rows(section, "past_sales", problems))
    )


def _past_sale(cells: list[str], seller: str | None, name: str, problems: Problems) -> PastSale:
    if len(cells) not in {5, 6}:
        _unreadable(cells, name, problems)
        return PastSale()
    class_title = " ".join(cells[1:-3])
    _note_blanks(
        {"seller_name": cells[0], "class_title": class_title, "sale_date": cells[-3]}
        | {"units": cells[-2], "gross_proceeds": cells[-1]},
        name,
        problems,
    )
    seller_name, address = _name_and_address(f"{name}.seller_name", cells[0], seller, problems)
    return PastSale(
        seller_name=seller_name,
        seller_address=address,
        class_title=_text(f"{name}.class_title", class_title, TITLE, problems),
        sale_date=taken(f"{name}.sale_date", fields.day, cells[-3], problems),
        units=taken(f"{name}.units", fields.units, cells[-2], problems),
        gross_proceeds=taken(f"{name}.gross_proceeds", fields.money, cells[-1], problems),
    )


def _rows(section: str, name: str, problems: Problems) -> Iterator[list[str]]:
    """The cells of every row. A line without tabs is a row that lost them where it holds a date, as every row
    does; else, right below a row, it is a piece of that which came loose. Of a lot, such a piece may hold the
    date of payment.
    """
    is_below_row, number = False, 0
    for line in section.split("\n"):
        may_be_piece = is_below_row and name == "acquired_lots"
        has_cells = "\t" in line.strip() or (not may_be_piece and _DATE.search(line) is not None)
        is_header = line.strip().casefold().startswith(_HEADER_WORDS) and not _DIGIT.search(line)
        if has_cells and not is_header:
            yield [cell.strip() for cell in line.split("\t")]
            number += 1
        elif is_below_row and line.strip():
            why = "This line of the print stands below the row, and is in none of its cells."
            problems.add(f"{name}[{number - 1}]", ProblemKind.UNEXPECTED, line.strip(), why)
        is_below_row = has_cells and not is_header


def _text(name: str, cell: str, limit: int, problems: Problems) -> str | None:
    return taken(name, fields.text, unescaped(cell), problems, limit)


def _name_and_address(
    name: str, cell: str, known_name: str | None, problems: Problems
) -> tuple[str | None, Address | None]:
    return name_and_address(_text(name, cell, NAME, problems) or "", known_name)


def _note_blanks(cells: dict[str, str], name: str, problems: Problems) -> None:
    for field, cell in cells.items():
        if not cell.strip():
            why = "The form demands this, and its cell is empty."
            problems.add(f"{name}.{field}", ProblemKind.ABSENT, "", why)


def _unreadable(cells: list[str], name: str, problems: Problems) -> None:
    why = f"The row has {len(cells)} cells, and they cannot be told apart."
    problems.add(name, ProblemKind.UNEXPECTED, "\t".join(cells), why)
