"""The A–Z: every name under its letter, with all its stories, in pages that load."""

from types import SimpleNamespace

import pytest
from lxml.html import parse

from newsroom import a_to_z
from newsroom.a_to_z import Entry, entries

LETTERS = {
    "Iran": "I",
    "Éric Ångström": "E",
    "Ångström": "A",
    "“Quoted”, somebody": "Q",
    "the council": "T",
    "2231": "0–9",
    "灯台": "灯",
    "ميناء": "م",
    "ß": "SS",
    "…": "0–9",
}


def story(dateline=None, *said_by):
    return SimpleNamespace(
        dateline=dateline, speakers=[name for name in said_by if name]
    )


@pytest.mark.parametrize("name", LETTERS)
def test_a_name_stands_under_its_first_letter(name):
    """Without its accents and its quotation marks; digits and the rest stand apart."""
    assert Entry(name, "topic", []).letter == LETTERS[name]


def test_every_name_is_there_once_with_its_stories_in_order():
    """A name is one however it is typed; a story that has it twice is there once."""
    one = story("Port Quill", "Mia Mayor", "mia  mayor", None)
    two = story("PORT QUILL", "Tom Kay", "Mia Mayor")
    found = entries([one, two, story()], [], [])
    named = {
        (entry.name, entry.kind): entry.stories
        for group in found.values()
        for entry in group
    }
    assert named == {
        ("Mia Mayor", "speaker"): [one, two],
        ("Port Quill", "dateline"): [one, two],
        ("Tom Kay", "speaker"): [two],
    }
    assert list(found) == ["M", "P", "T"]


def test_the_page_has_every_topic_byline_speaker_and_dateline(owners_site):
    """The owner's story is found by all that its header and its ledger name."""
    page = parse(owners_site / "a-z/index.html")
    entries = {
        " ".join(item.text_content().split("\n")[0].split())
        for item in page.xpath("//section/ul/li")
    }
    assert {
        "Iran topic, 1 story",
        "Standfirst newsdesk byline, 1 story",
        "Hossein Dehghan, Iran’s defence minister speaker, 1 story",
        "Compiled from archived reports dateline, 1 story",
    } <= {entry.split(" Russia’s use")[0] for entry in entries}
    stories = page.xpath("//section//details//a/@href")
    assert set(stories) == {
        "../2016/russias-use-of-iranian-airbase-for-isis-strikes-in-syria-has-ended/"
        "index.html"
    }


def test_the_letters_lead_to_their_names(fixture_site):
    """Each letter at the top is the heading of a part of the page."""
    page = parse(fixture_site / "a-z/index.html")
    letters = page.xpath("//nav[@class='letters']//a/@href")
    assert letters == [f"#{name}" for name in page.xpath("//section/h2/@id")]
    assert len(letters) > 15


@pytest.mark.parametrize("relative", [True, False])
def test_a_long_one_has_a_page_for_each_letter(
    build_content, content, monkeypatch, relative
):
    """Its front leads to the letters, each page to the others, and all links lead."""
    monkeypatch.setattr(a_to_z, "ONE_PAGE", 2)
    article = content / "articles/2026/first/article.md"
    text = article.read_text().replace("Tags: Peace", "Tags: Peace, Pears, 灯台")
    article.write_text(text, "utf-8")
    output = build_content(RELATIVE_URLS=relative) / "a-z"
    assert {path.parent.name for path in output.glob("*/index.html")} == {
        "a",
        "p",
        "灯",
    }
    front = parse(output / "index.html")
    assert not front.xpath("//section")
    page = parse(output / "p/index.html")
    assert page.xpath("//section/ul/li/a/text()") == ["Peace", "Pears"]
    assert page.xpath("//a[@aria-current]/text()") == ["P"]


def test_the_masthead_leads_to_it_or_to_the_search_that_does(owners_site, fixture_site):
    """Readers look for it where the sections are."""
    page = parse(owners_site / "about/index.html")
    assert page.xpath("//header//a[text()='A–Z']/@href") == ["../a-z/index.html"]
    page = parse(fixture_site / "about/index.html")
    assert page.xpath("//header//a[text()='Search']/@href") == ["../search/index.html"]
    assert not page.xpath("//header//a[text()='A–Z']")
