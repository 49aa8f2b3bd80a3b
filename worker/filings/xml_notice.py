"""The raw `primary_doc.xml` read into a notice, in whatever prefixes it is written."""

from __future__ import annotations

from lxml import etree

from worker.errors import UnreadableFiling
from worker.filings.notice import Form144Notice, Source
from worker.filings.notice_checks import check
from worker.filings.problems import Problems
from worker.filings.relationships import classified
from worker.filings.schema import FORM_DATA, LISTS, MOST, ROOT, SUBMISSION
from worker.filings.walk import BEYOND, Element, Values, walk
from worker.filings.xml_tree import parsed

#: Other documents that are handed over by mistake, by the local name of their root.
_OTHERS = {
    "ownershipDocument": "It is a Form 3, 4 or 5 (ownershipDocument), not a Form 144.",
    "Error": "It is an error page of the SEC's file store, not a document.",
    "feed": "It is a feed of filings, not a filing.",
    "html": "It is a web page, not the raw document.",
}


def notice_from_xml(document: bytes) -> Form144Notice:
    """Read a document that begins with its XML. Raises UnreadableFiling where it is no Form 144."""
    problems = Problems()
    values = values_from_xml(document, problems)
    return finished(values, Source.XML, problems)


def values_from_xml(document: bytes, problems: Problems) -> Values:
    """The fields of the notice by name, not yet checked against each other."""
    root = parsed(document)
    if root.tag != ROOT:
        raise UnreadableFiling(_not_a_notice(root))
    if all(child.tag != FORM_DATA for child in root):
        raise UnreadableFiling("The document has no formData: nothing of the form is in it.")
    values: Values = {}
    walk(root, SUBMISSION, values, "", problems)
    return values


def finished(values: Values, source: Source, problems: Problems) -> Form144Notice:
    """The notice those fields make: lists become tuples and empty ones are dropped, relationships are
    classified, and what the form demands is looked for. Raises UnreadableFiling where a table has far more
    rows than the form has room for.
    """
    for field in LISTS & values.keys():
        filled = tuple(values.pop(field))
        most = MOST.get(field)
        if most is not None and len(filled) > BEYOND * most:
            what = field.replace("_", " ")
            raise UnreadableFiling(f"It has {len(filled):,} {what}; the form has room for {most}.")
        if filled:
            values[field] = filled
    values["relationships"] = classified(values.get("relationships_as_filed", ()))
    check(values, source, problems)
    return Form144Notice(source=source, problems=problems.as_tuple(), **values)


def _not_a_notice(root: Element) -> str:
    name = etree.QName(root)
    known = _OTHERS.get(name.localname)
    if known is not None:
        return known
    return f"It is not a Form 144: its root is {name.localname} in {name.namespace or 'no namespace'}."
