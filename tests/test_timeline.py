"""The timeline: what its file may say, and what its page shows."""

from datetime import date

import pytest
from conftest import TESTS
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsroom.ledger_file import read_as
from newsroom.problems import BuildFailedError
from newsroom.timeline import TABLES, Timeline, When, beside

TODAY = date(2026, 11, 22)
UTF_8 = html.HTMLParser(encoding="utf-8")
EVENT = """\
[[events]]
date = {date}
event = "It began."
publisher = "The Harbour"
url = "https://harbour.example/"
"""


def dated(text):
    """Return the one date of a timeline, and the mistakes."""
    timeline, mistakes = read_as(Timeline, TABLES, EVENT.format(date=text))
    return timeline and timeline.events[0].date, mistakes


@pytest.mark.parametrize(
    ("text", "iso", "shown"),
    [
        ("2016-08-22", "2016-08-22", "22 August 2016"),
        ('"2016-08-02"', "2016-08-02", "2 August 2016"),
        ('"2016-07"', "2016-07", "July 2016"),
        ('"2016"', "2016", "2016"),
        ("2016", "2016", "2016"),
    ],
)
def test_a_date_is_a_day_a_month_or_a_year(text, iso, shown):
    """It is written as TOML has it or as a text, and shown as a newspaper does."""
    when, mistakes = dated(text)
    assert (mistakes, when.iso, str(when)) == ([], iso, shown)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)))
def test_dates_compare_as_far_as_both_say(one, other):
    """A day is after a day; a month or a year is after none that may lie in it."""
    for length in (4, 7, 10):
        coarse = When(one.isoformat()[:length])
        later = coarse.after(other.isoformat())
        assert later == (one.isoformat()[:length] > other.isoformat()[:length])
        assert not (later and When(other.isoformat()).after(coarse.iso))
        assert coarse.first <= one


@given(st.text(max_size=12) | st.from_regex(r"\A\d{4}-\d\d(-\d\d)?\Z"))
def test_any_other_text_is_refused(text):
    """What is taken for a date is one of the calendar, as it was typed."""
    quoted = "".join(
        f"\\U{ord(mark):08x}" for mark in text if not 0xD7FF < ord(mark) < 0xE000
    )
    when, mistakes = dated(f'"{quoted}"')
    assert bool(when) != bool(mistakes)
    if when:
        assert date.fromisoformat(f"{when.iso}-01-01"[:10]) == when.first


def test_a_story_without_one_has_none(tmp_path):
    """There is nothing to read, and nothing wrong."""
    assert beside(tmp_path / "article.md", None, TODAY) is None


def test_the_page_has_the_events_along_a_line_with_who_says_so(owners_site):
    """Each has its date for programs, and its sources lead to the ledger or away."""
    (page,) = owners_site.glob("2016/*/timeline/index.html")
    tree = html.parse(page, parser=UTF_8)
    events = tree.xpath("//ol[@class='timeline']/li")
    assert len(events) == 22
    assert [year.text for year in tree.iter("h2")] == ["2015", "2016", "2017"]
    assert tree.xpath("//time/@datetime")[:4] == [
        "2015-07-20",
        "2015-09",
        "2016-07",
        "2016-08-15",
    ]
    for event in events:
        assert event.xpath("p[@class='meta']/a/@href"), event.text_content()
    links = events[0].xpath("p[@class='meta']/a/@href")
    assert links[0] == "../ledger/index.html#source-polygraph"
    assert links[-1].startswith("https://en.wikipedia.org/")


def test_a_date_of_several_events_is_shown_once(owners_site):
    """The first of a day has the date; the others stand below it."""
    (page,) = owners_site.glob("2016/*/timeline/index.html")
    dates = html.parse(page).xpath("//time/@datetime")
    assert len(dates) == len(set(dates)) < 22


def test_the_story_leads_to_it_and_the_sitemap_has_it(owners_site, fixture_site):
    """Only a story that has one has the link, the page and the entry."""
    for site, count in ((owners_site, 1), (fixture_site, 1)):
        pages = [*site.glob("*/*/timeline/index.html")]
        assert len(pages) == count
        story = html.parse(pages[0].parents[1] / "index.html", parser=UTF_8)
        assert story.xpath("//a[@href='timeline/index.html']/text()") == ["Timeline"]
        assert (site / "sitemap.xml").read_text().count("/timeline/</loc>") == count
        links = [
            b'"timeline/' in page.read_bytes() for page in site.glob("2*/*/*.html")
        ]
        assert sum(links) == count
        assert not [*site.rglob("timeline.toml")]


def test_a_drafts_timeline_is_in_a_preview_alone(content, build_content):
    """It is published with its story."""
    article = content / "articles/2026/first/article.md"
    article.write_text(f"Status: draft\n{article.read_text()}")
    article.with_name("timeline.toml").write_text(EVENT.format(date="2025"))
    assert not [*build_content().rglob("timeline")]
    output = build_content(PREVIEW=True)
    assert (output / "drafts/a-first-story/timeline/index.html").is_file()


def test_it_counts_today_as_past(content, build_content, monkeypatch):
    """Today's events have happened, by the site's time zone; tomorrow's have not."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795395600")  # 23 November, 01:00 UTC
    file = content / "articles/2026/first/timeline.toml"
    file.write_text(EVENT.format(date="2026-11-23"))
    build_content()
    with pytest.raises(BuildFailedError, match="2026-11-23 is still to come"):
        build_content(TIMEZONE="America/New_York")


def test_every_mistake_that_can_be_made_is_a_broken_site():
    """Each is built, with what it must say, by tests/test_broken.py."""
    assert len([*TESTS.glob("broken/timeline-*")]) == 9
