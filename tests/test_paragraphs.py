"""The address of a paragraph: what it is made of, and what leaves it as it is."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragments_fromstring
from markdown import Markdown

from newsroom.header import Header
from newsroom.markup import letters
from newsroom.paragraphs import DIGITS, LENGTH, OPENING, opening
from newsroom.wording import name_key

ONE = "The harbour was closed on Monday, the council said."
TWO = "Nobody had asked the ferrymen, who were at sea."
THREE = "They came home to a chain."


def ids(text: str) -> dict[str, str]:
    """Return the words of each paragraph that has an address, by that address."""
    markdown = Markdown(extensions=["extra", "newsroom.markup", "newsroom.paragraphs"])
    markdown.source = "article.md", Header({}, text, 1, [])
    body = fragments_fromstring(markdown.convert(text))
    found = [
        (paragraph.get("id"), " ".join(paragraph.text_content().split()))
        for block in body
        for paragraph in block.iter("p")
        if paragraph.get("id")
    ]
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


def test_it_is_short_and_spells_nothing():
    """Four letters and digits without vowels: no word, and no id of the theme's."""
    for name in ids(f"{ONE}\n\n{TWO}\n\n{THREE}"):
        assert re.fullmatch(f"[{DIGITS}]{{{LENGTH}}}", name)
    assert not set("aeiou") & set(DIGITS)


@pytest.mark.parametrize(
    "text",
    [
        f"{TWO}\n\n{ONE}",
        f"{THREE} A new one.\n\n{ONE}\n\n{TWO}",
        f"A note.[^1]\n\n{ONE}\n\n<b>Raw</b> &amp; more.\n\n{TWO}\n\n[^1]: Here.",
        f"## Why\n\n> {ONE}\n\n- {TWO}\n\n- {THREE}",
        f"{ONE} And more was said.\n\n{TWO}\n{THREE}",
        ONE.replace("harbour", "*harbour*").replace("Monday", "[Monday](https://a.b/)")
        + f"\n\n{TWO.upper()}",
        f"{ONE.replace('harbour ', 'harbour[^1] ')}\n\n{TWO}\n\n[^1]: A note.",
        f"{ONE.replace('Monday', '<b>Monday</b>')}\n\n{TWO.replace(' ', '&nbsp;', 1)}",
    ],
)
def test_it_stays_when_others_come_and_go(text):
    """Not its place, not its markup, not its end: its opening letters make it."""
    before = ids(f"{ONE}\n\n{TWO}").keys()
    assert before <= ids(text).keys()


def test_it_changes_with_the_opening():
    """Another beginning is another paragraph."""
    assert not ids(ONE).keys() & ids(f"On Monday, {ONE}").keys()


def test_paragraphs_that_begin_alike_are_told_apart():
    """The second has an address of its own, and the first keeps its."""
    (first,) = ids(ONE)
    twins = ids(f"{ONE}\n\n{TWO}\n\n{ONE} Again.")
    assert len(twins) == 3
    assert next(iter(twins)) == first


def test_what_has_an_address_keeps_it():
    """Footnotes have theirs, and an author may give one."""
    found = ids(f"{ONE}\n{{: #mine }}\n\n{TWO}[^1]\n\n[^1]: A note.")
    assert next(iter(found)) == "mine"
    assert len(found) == 2


def test_what_is_no_paragraph_has_none():
    """A picture, raw HTML, a table's cell, a heading."""
    text = (
        '![A map](map.png)\n\n<div class="x">Raw</div>\n\n## Why\n\na | b\n-|-\n1 | 2'
    )
    assert ids(text) == {}


@pytest.mark.parametrize("site", ["owners_site", "fixture_site"])
def test_feeds_have_none(site, request):
    """A feed has the stories of many pages in one document; links lead to the site."""
    output = request.getfixturevalue(site)
    for item in json.loads((output / "feed.json").read_text("utf-8"))["items"]:
        assert " id=" not in item["content_html"]


@given(
    st.text(
        st.sampled_from("aÉß ﬁŉ\u0301\u1100\u1161\xa0\u00a8ﷺ.1_İ") | st.characters()
    )
)
def test_its_opening_is_the_same_read_whole_or_by_words(text):
    """No letter is composed, or told apart, by what stands beyond a space."""
    words = " ".join(text.split())
    assert opening(words) == letters(name_key(words))[:OPENING]
