"""The filters, tests and functions that templates call."""

import json
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from lxml.html import fromstring

from newsroom import theme_tools
from newsroom.weights import count_words

NEW_YORK = timezone(timedelta(hours=-5))


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch):
    """Build on 22 November 2026, at 12:00 UTC."""
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(noon.timestamp())))


def dated(*date, modified=None):
    """Return what stands for a story of this date."""
    return SimpleNamespace(date=datetime(*date, tzinfo=UTC), modified=modified)


def test_a_date_is_written_for_people_and_for_rss():
    """A day has no zero before it; RSS has English names and a zone."""
    date = datetime(2016, 8, 2, 23, 5, tzinfo=NEW_YORK)
    assert theme_tools.day(date) == "2 August 2016"
    assert theme_tools.rfc822(date) == "Tue, 02 Aug 2016 23:05:00 -0500"


@pytest.mark.parametrize(
    ("path", "folder"),
    [("a/b/index.html", "a/b/"), ("a/b/", "a/b/"), ("index.html", ""), ("", "")],
)
def test_a_folder_ends_with_its_slash(path, folder):
    """The root's is nothing, so that a name can follow it."""
    assert theme_tools.folder(path) == folder


def test_only_the_web_addresses_of_a_body_are_printed():
    """They keep their order and their number, as the print style counts them."""
    body = (
        'See <a href="https://a.org/?b&amp;c">a</a> <a href="../x.html">b</a>'
        '<ul><li><a href="http://b.org">c</a> <a href="https://a.org/?b&amp;c">d</a>'
        '</ul><a href="mailto:a@b.org">e</a> <a>f</a> <img src="https://c.org/d.png">'
    )
    assert theme_tools.outbound_links(body) == [
        "https://a.org/?b&c",
        "http://b.org",
        "https://a.org/?b&c",
    ]
    assert theme_tools.outbound_links("") == []


@pytest.mark.parametrize(
    ("html", "parts"),
    [
        ("<p>Text</p>", []),
        ("<ol><li>a</ol>", ["lists"]),
        ("<dl><dt>a</dl>", ["lists"]),
        ("<figure><blockquote>a</blockquote></figure>", ["quotes"]),
        ('<img src="a"><table></table>', ["figures", "tables"]),
        ("<pre><code>a</code></pre>", ["code"]),
        ("<p>&lt;table&gt;</p>", []),
    ],
)
def test_a_page_has_the_styles_of_what_it_shows(html, parts):
    """A body asks for the components of its elements and for no others."""
    assert theme_tools.body_parts(html) == parts


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, 1), (238, 1), (356, 1), (358, 2), (2380, 10)]
)
def test_reading_time_is_rounded_to_minutes(words, minutes):
    """It counts words and no markup, and is never nothing."""
    assert theme_tools.reading_minutes('<p class="a b c">a</p> ' * words) == minutes


def test_a_word_is_what_stands_between_spaces():
    """A space may be written as a character reference; a tag or a comment is none."""
    assert count_words("a&nbsp;b <!-- c > d --><i>e</i>f &lt;g h&gt; &#32; i") == 6


def test_a_feed_changed_when_its_newest_story_did():
    """A later change counts as a later story; an empty feed changed with the build."""
    old = dated(2026, 1, 1, modified=datetime(2026, 5, 1, tzinfo=NEW_YORK))
    new = dated(2026, 4, 1)
    assert theme_tools.newest([new, old]) == "2026-05-01T00:00:00-05:00"
    assert theme_tools.newest([]) == "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize(
    ("date", "aged", "recent"),
    [
        ((2026, 11, 22), False, True),
        ((2026, 11, 20, 12, 1), False, True),
        ((2026, 11, 20, 12), False, False),
        ((2025, 11, 22, 12), False, False),
        ((2025, 11, 22, 11), True, False),
    ],
)
def test_a_storys_age_is_counted_from_the_builds_date(date, aged, recent):
    """News is two days old at most; after a year a story says that it is aged."""
    assert theme_tools.is_aged(dated(*date)) == aged
    assert theme_tools.is_recent(dated(*date)) == recent


def test_security_txt_ends_within_a_year_and_not_with_every_build(monkeypatch):
    """RFC 9116 asks for less than a year; the day is a month's first."""
    for day in range(365):
        now = datetime(2027, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(now.timestamp())))
        ends = theme_tools.security_expires()
        assert ends.day == 1
        assert timedelta(days=300) < ends - now < timedelta(days=365)


def test_no_value_ends_the_script_that_data_stands_in():
    """Data is read back as it was, whatever it says."""
    name = "</script><!-- <script> & ' \" \u2028 é ]]>"
    script = f'<script type="a">{theme_tools.json_ld({"name": name})}</script>'
    [element] = fromstring(f"<div>{script}</div>")
    assert json.loads(element.text)["@graph"] == [{"name": name}]
    assert "é" in element.text


def test_what_json_has_no_form_for_is_refused():
    """A set would be written in an order that differs from build to build."""
    with pytest.raises(TypeError, match="not JSON serializable: set"):
        theme_tools.json_ld({"name": {"a", "b"}})


def test_notes_beside_a_text_take_no_reading_time():
    """The evidence is for looking up; the minutes are those of the story."""
    story = f"<p>{'word ' * 476}</p>"
    notes = f'<details class="notes"><p>{"note " * 2380}</p></details>'
    minutes = theme_tools.reading_minutes
    assert minutes(story) == minutes(f"{story}\n{notes}\n") == 2
