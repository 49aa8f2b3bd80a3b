"""The issuer's part of the printed form: labels and values in lines, the street above its label."""

from __future__ import annotations

import re

from worker.filings import fields
from worker.filings.notice import Address, ProblemKind
from worker.filings.print_text import taken, unescaped
from worker.filings.problems import Problems
from worker.filings.schema import PARTY, RELATIONSHIP
from worker.filings.walk import Values

_LABELS = {
    "Name of Issuer": "issuer_name",
    "SEC File Number": "issuer_file_number",
    "Address of Issuer": "city",
    "Phone": "issuer_phone",
    "Name of Person for Whose Account the Securities are To Be Sold": "seller_name",
    "Relationship to Issuer": "relationship",
}
_MOST_STREETS = 2
_FIELDS = {"city": "issuer_address", "relationship": "relationships_as_filed"}
_PLAIN = ("issuer_name", "issuer_file_number", "issuer_phone", "seller_name")
_LABEL = re.compile("(" + "|".join(map(re.escape, _LABELS)) + r")(?![^\s])\s*(.*)")

#: The form's own sentence, which stands between the person and the relationship.
_EXPLANATION = "See the definition of"

#: `CHINA 200137`, `F4 200137`, `UNITED KINGDOM SW1A 1AA`: the postal code begins at the first digit's word.
_STATE_AND_ZIP = re.compile(r"(?P<state>[A-Z][A-Z0-9]|[^0-9]+?)\s+(?P<zip>\S*[0-9].*)")


class _Lines:
    """The section's lines, each put where the labels before it say."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.found: dict[str, str] = {}
        self.streets: list[str] = []
        self.relationships: list[str] = []
        self._label = ""

    def take(self, line: str) -> bool:
        """Place one line; False where it has no place."""
        if match := _LABEL.fullmatch(line):
            self.seen.add(match[1])
            self._label, line = _LABELS[match[1]], match[2]
        if not line or line.startswith(_EXPLANATION):
            return True
        if self._label == "relationship":
            self.relationships.append(line)
        elif self._label and self._label not in self.found:
            self.found[self._label] = line
        elif self._label == "issuer_file_number":
            self.streets.append(line)
        elif self._label == "city" and "state" not in self.found:
            self.found["state"] = line
        else:
            return False
        return True


def issuer_values(section: str, values: Values, problems: Problems) -> None:
    """Fill the issuer's and the seller's fields. A line nobody can place is a problem of its own."""
    lines = _Lines()
    for line in section.split("\n"):
        # No line holds more than one of the fields, of which the names are the longest.
        text = taken("", fields.text, unescaped(line.strip()), problems, PARTY)
        if not lines.take(text or ""):
            why = "This line of the print has no place in the form."
            problems.add("", ProblemKind.UNEXPECTED, line.strip(), why)
    if len(lines.streets) > _MOST_STREETS:
        why = f"The form has {_MOST_STREETS} lines for a street; all are taken."
        problems.add("issuer_address.street2", ProblemKind.LIMIT, " / ".join(lines.streets), why)
    for label, field in _LABELS.items():
        if label not in lines.seen:
            why = "This label of the form is not on the print."
            problems.add(_FIELDS.get(field, field), ProblemKind.ABSENT, label, why)
    stated = {field: fields.text(lines.found.get(field, "")) for field in _PLAIN}
    values.update({field: text for field, text in stated.items() if text})
    if address := _address(lines.streets, lines.found.get("city"), lines.found.get("state")):
        values["issuer_address"] = address
    read = (
        taken(f"relationships_as_filed[{number}]", fields.text, line, problems, RELATIONSHIP)
        for number, line in enumerate(lines.relationships)
    )
    values["relationships_as_filed"] = tuple(text for text in read if text is not None)


def _address(streets: list[str], city: str | None, state_and_zip: str | None) -> Address | None:
    """The print spells states and countries out (`CHINA`); they stay so."""
    if not (streets or city or state_and_zip):
        return None
    match = _STATE_AND_ZIP.fullmatch(state_and_zip or "")
    return Address(
        street1=streets[0] if streets else None,
        street2=" ".join(streets[1:]) or None,
        city=city,
        state_or_country=match["state"] if match else state_and_zip,
        zip_code=match["zip"] if match else None,
    )
