from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from msgspec import structs

from tests.messages import digests, samples
from worker.alerts.alert import Alert
from worker.messages.anchored import SPECIMEN, page_of, plain_anchor
from worker.messages.digest_message import write_digest
from worker.messages.inlining import Inliner
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

EMAIL = Destination("email", "jane@example.com")
PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title><style>
td, p {{ font-size: 15px; }} .name {{ color: #5a6675; }} .card td p {{ margin: 0; }} a {{ color: #1d4f91; }}
@media (max-width: 480px) {{ .name {{ display: block !important; }} }}
</style></head><body><table class="card"><tr><td class="name">{text}</td><td> <p>{text} &middot;
 {other}</p></td></tr></table> {other} <a class="name" href="{link}">{title}</a></body></html>
"""
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
STYLES = """<style>
td, p { font-size: 15px; } .name { color: #5a6675; } table p, a { margin: 0; } p:empty { margin: 1px; }
p + p { color: red; } b > b { color: red; } @media print { .name { display: block !important; } }
</style>"""
#: What pages are made of, and what they should not be made of.
PLAIN = (
    *("<p>", '<p class="name">', "</p>", "<table>", "<tr>", '<td class="name">', "</td>", "</table>", "<br>"),
    *("<b>", "</b>", '<a href="x">', '<a href="y">', "</a>", '<div style="color: blue">', "</div>", "<li>"),
    *("text", "word ", " ", "\n", "\xa0", "é", "&lt;", "&#34;", "&nbsp;", "&copy;"),
)
ODD = (
    *("<title>", "</title>", "<style>", "</style>", "<iframe>", "</iframe>", "<select>", "<svg>", "<P>"),
    *(
        "<!--",
        "-->",
        "<!",
        "<",
        ">",
        "/>",
        '"',
        "'",
        '<a href="',
        "<a href='",
        "x & y",
        "\u2003",
        "\x0c",
        "\r",
    ),
    *("&amp;", "&copy=1", "&not", "it;", "&Tab;", "&#32;", "&#1;", "&#128;", "\ue000", "\ue0000\ue003"),
    *("</head>", "<body>", "</body>", "<html>", "</html>"),
)


class Checked(Inliner):
    """Fails where a page is not what css-inline makes of it; counts those that came of a shape."""

    def inline(self, html: str) -> str:
        inlined = super().inline(html)
        assert inlined == self.whole(html)
        return inlined

    @property
    def shapes(self) -> tuple[int, int]:
        """How many were made, and how often one was there already."""
        info = self._shape.cache_info()
        return info.misses, info.hits


def a_writer(*folders: Path) -> tuple[Writer, Checked]:
    writer, inliner = Writer([*folders, shipped()]), Checked()
    writer._inliner = inliner
    return writer, inliner


def about_another(alert: Alert) -> Alert:
    """The same of another issuer and seller, with all that HTML gives a meaning in their names."""
    names = {"issuer_name": "A & B <i>\"C\" 'D'\xa0&amp;", "seller_name": "É. Müller &copy &#1;"}
    return structs.replace(alert, notice=structs.replace(alert.notice, **names))


@given(title=TEXT, text=TEXT, other=TEXT, link=TEXT)
def test_a_shape_with_its_gaps_filled_is_what_the_whole_page_comes_to(
    title: str, text: str, other: str, link: str
) -> None:
    filled = {"title": title, "text": text, "other": other, "link": link}
    page = PAGE.format_map({name: escape(value) for name, value in filled.items()})
    assert INLINER.inline(page) == INLINER.whole(page)


INLINER = Inliner()


BODY = st.lists(st.sampled_from(PLAIN)) | st.lists(st.sampled_from(PLAIN + ODD))


@given(head=st.sampled_from(["", "<p>", "<!DOCTYPE html><html><head>"]), body=BODY)
def test_whatever_a_template_makes_of_its_markup_comes_out_as_css_inline_gives_it(
    head: str, body: list[str]
) -> None:
    page = f"{head}{STYLES}{''.join(body)}"
    assert INLINER.inline(page) == INLINER.whole(page)


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
        '<style>p { color: red; }</style><a href="?a=1&copy=2">x</a>',
        "<style>p { color: red; }</style><table>&#32;<tr><td>cell</table>",
        "<style>p { color: red; }</style><p>&#128; &#1;</p>",
        "<style>p { color: red; }</style><p>text</p><iframe>a & b</iframe>",
        '<style>p { color: red; }</style><a href="x"></a>',
        '<style>p { color: red; }</style><a href="x"><a href="x"><td><h1><a href="x">',
        '<a title="<style></style>">text</a><title><a href="x&quot;y"></title><style>p {}</style>',
    ],
)
def test_pages_of_any_kind_come_out_as_css_inline_gives_them(page: str) -> None:
    assert INLINER.inline(page) == INLINER.whole(page)


def test_every_message_of_ours_comes_out_as_css_inline_gives_it_from_its_own_shape_and_from_anothers() -> (
    None
):
    writer, inliner = a_writer()
    every = {**samples.SHOWN, "hostile": samples.hostile}
    alerts = [sample() for sample in every.values()] + [samples.maxima(text) for text in "W&\U0001f600"]
    for alert in alerts:
        assert writer.write(alert, EMAIL).problem is None
        assert writer.write(about_another(alert), EMAIL).problem is None
    for told in (samples.together(), samples.together()[::-1], samples.together_hostile()):
        assert writer.write_together(told, EMAIL)[0].problem is None
    for digest in digests.EVERY.values():
        assert write_digest(writer, digest(), EMAIL).problem is None
    assert writer.write_page(page_of(SPECIMEN), plain_anchor(SPECIMEN), EMAIL).problem is None
    made, again = inliner.shapes
    assert again >= len(samples.SHOWN)
    assert made > len(samples.SHOWN)


@pytest.mark.parametrize("alert", [samples.an_alert(), samples.amended(), samples.the_seed()])
def test_our_own_messages_differ_in_few_shapes_and_their_texts_do_not_count(alert: Alert) -> None:
    writer, inliner = a_writer()
    for one in (alert, about_another(alert)):
        assert writer.write(one, EMAIL).problem is None
    assert inliner.shapes == (1, 1)


OWN = {
    "a class made of data": "<p class=\"{{ 'large' if facts.issuer | length > 20 else 'small' }}\">x</p>",
    "a class of any words": '<p class="{{ facts.issuer }}">{{ facts.seller }}</p>',
    "markup made of data": "{{ ('<p class=\"large\">' ~ (facts.issuer | e) ~ '</p>') | safe }}",
    "tags made of data": "{% for c in facts.issuer %}<b>{{ c }}</b>{% endfor %}<p>x</p>",
    "a style of its own": '<p style="margin: {{ facts.issuer | length }}px" class="large">x</p>',
    "a link with a query": '<a href="https://example.com/?a=1&copy={{ facts.issuer | urlencode }}">x</a>',
    "a link of data": '<a href="{{ facts.issuer }}" title="{{ facts.seller }}">x</a>',
    "a comment": "<!-- {{ facts.issuer }} > --><p class='large'>{{ facts.seller }}</p>",
    "a macro": '{% macro m(x) %}<p class="large">{{ x }}</p>{% endmacro %}{{ m(facts.issuer) }}',
    "text where none may stand": "<table>{{ facts.issuer }}<tr><td>{{ facts.seller }}</table>",
}


@pytest.mark.parametrize("style", ["<style>", "<style>a[title] { color: red; }", '<style media="all">'])
@pytest.mark.parametrize("kind", OWN)
def test_a_template_of_a_users_own_gets_its_styles_whatever_it_makes_of_the_data(
    tmp_path: Path, kind: str, style: str
) -> None:
    styles = ".large { font-size: 20px; } .small { font-size: 9px; } .Example p, td { color: red; }"
    (tmp_path / "alert").mkdir()
    (tmp_path / "alert" / "email.html.j2").write_text(
        f"<html><head><title>{{{{ facts.issuer }}}}</title>{style}{styles}</style></head><body>{OWN[kind]}"
    )
    writer, _ = a_writer(tmp_path)
    for alert in (
        samples.an_alert(),
        about_another(samples.an_alert()),
        samples.the_seed(),
        samples.hostile(),
    ):
        assert writer.write(alert, EMAIL).problem is None


def test_styles_stand_in_the_tags_and_rules_for_narrow_screens_stay() -> None:
    inlined = INLINER.inline(PAGE.format(title="a", text="b", other="c", link="d"))
    assert '<td class="name" style="font-size: 15px;color: #5a6675;">b</td>' in inlined
    assert "@media (max-width: 480px)" in inlined
