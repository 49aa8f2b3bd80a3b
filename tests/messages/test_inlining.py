from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from tests.messages import samples
from worker.alerts.alert import Alert
from worker.messages.inlining import Inliner
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title><style>
td, p {{ font-size: 15px; }} .name {{ color: #5a6675; }} .card td p {{ margin: 0; }} a {{ color: #1d4f91; }}
@media (max-width: 480px) {{ .name {{ display: block !important; }} }}
</style></head><body><table class="card"><tr><td class="name">{text}</td><td> <p>{text} &middot;
 {other}</p></td></tr></table> {other} <a class="name" href="{link}">{title}</a></body></html>
"""
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(title=TEXT, text=TEXT, other=TEXT, link=TEXT)
def test_a_shape_with_its_gaps_filled_is_what_the_whole_page_comes_to(
    title: str, text: str, other: str, link: str
) -> None:
    filled = {"title": title, "text": text, "other": other, "link": link}
    page = PAGE.format_map({name: escape(value) for name, value in filled.items()})
    assert INLINER.inline(page) == INLINER.whole(page)


INLINER = Inliner()


@pytest.mark.parametrize(
    "page",
    [
        "",
        "no tags at all & no style",
        "<p>no style</p>",
        '<style>a[href^="http"] { color: red; }</style><a href="http://example.com">x</a>',
        "<style>p { color: red; }</style><p>one<style>p { margin: 0; }</style><p>two",
        "<style>p { color: red; }</style><!-- a comment > with <p>tags</p> --><p>text",
        "<style>p { color: red; }</style><table>text that a table may not hold<tr><td>cell</table>",
        '<style>p { color: red; }</style><p title="a > b">text</p><p title=\'href="x"\'>text</p>',
        "<style>p { color: red; }</style><pre>\n  kept as it is </pre><p>\ue0007\ue001</p>",
        '<style>p { color: red; }</style><a href="a&b;c&amp;d">x &lt; y &nbsp; &copy z</a><p>1 < 2</p>',
    ],
)
def test_pages_of_any_kind_come_out_as_css_inline_gives_them(page: str) -> None:
    assert INLINER.inline(page) == INLINER.whole(page)


@pytest.mark.parametrize("alert", [samples.an_alert(), samples.amended(), samples.the_seed()])
def test_our_own_messages_differ_in_few_shapes_and_their_texts_do_not_count(alert: Alert) -> None:
    inliner = Inliner()
    writer = Writer([shipped()])
    writer._inliner = inliner
    for _ in range(2):
        assert writer.write(alert, Destination("email", "jane@example.com")).problem is None
    assert inliner._shape.cache_info().hits == 1
