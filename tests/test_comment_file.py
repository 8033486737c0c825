"""The file of a comment: whatever is written can be read, and mistakes have lines."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.comment_file import Comment, is_web_address, parse, render
from newsroom.marks import hidden_marks

MOMENT = datetime(2026, 11, 24, 18, 0, 5, tzinfo=UTC)
FILE = """\
Author: Ann Ö. Reader
Date: 2026-11-24 18:00:05 +00:00
Url: https://example.org/ann
Parent: 2026-11-23-090000-abcdef

I was there.

It was *cold*.
"""
COMMENT = Comment(
    "Ann Ö. Reader",
    MOMENT,
    "https://example.org/ann",
    "2026-11-23-090000-abcdef",
    "I was there.\n\nIt was *cold*.",
)
characters = st.characters(exclude_categories=["Cs"]).filter(
    lambda character: not any(hidden_marks(character)) and character != "\r"
)
names = st.text(characters, min_size=1).map(lambda name: " ".join(name.split()))


def test_a_comment_is_written_as_it_is_read():
    """Header and body; nothing else, and nothing lost."""
    assert parse(FILE) == (COMMENT, [])
    assert render(COMMENT) == FILE


@given(
    author=names.filter(lambda name: any(map(str.isalnum, name))),
    text=st.text(characters).map(str.strip).filter(bool),
    parent=st.from_regex(r"([a-z0-9]+(-[a-z0-9]+)*)?", fullmatch=True),
    offset=st.integers(-840, 840),
)
def test_whatever_a_reader_sends_comes_back(author, text, parent, offset):
    """Colons, dashes, empty lines, lines like keys: no text can become a header."""
    moment = MOMENT.astimezone(timezone(timedelta(minutes=offset)))
    comment = Comment(author, moment, "", parent, text)
    assert parse(render(comment)) == (comment, [])


@pytest.mark.parametrize(
    "comment",
    [
        Comment("", MOMENT, text="Words."),
        Comment("***", MOMENT, text="Words."),
        Comment("Ann", MOMENT, text=" \n"),
        Comment("Ann", MOMENT, "javascript:alert(1)", text="Words."),
        Comment("Ann", MOMENT, "https://x.org\nParent: a", text="Words."),
        Comment("Ann", MOMENT, "", "../x", "Words."),
        Comment("Ann", MOMENT, "", "a\n\nWords", "Words."),
    ],
)
def test_what_no_file_can_hold_is_not_written(comment):
    """A name, words, an address to follow, a name of a file; no line breaks in them."""
    with pytest.raises(ValueError, match=r"\w"):
        render(comment)


def test_line_breaks_in_a_name_write_no_header():
    """They are spaces, so that nobody answers or links in another's name."""
    comment, mistakes = parse(render(Comment("Ann\nParent: a", MOMENT, text="Words.")))
    assert (comment.author, comment.parent, mistakes) == ("Ann Parent: a", "", [])


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("Author: Ann Ö. Reader\n", "", 1, 'missing key "Author"'),
        ("Ann Ö. Reader", "—", 1, "is no name"),
        ("Ann Ö. Reader", "", 1, '"Author" is empty'),
        ("2026-11-24", "24.11.2026", 2, "is no date"),
        ("2026-11-24", "2026-02-30", 2, "is no date"),
        ("https://example.org/ann", "javascript:alert(1)", 3, "is no web address"),
        ("https://example.org/ann", "example.org", 3, "is no web address"),
        ("Parent: 2026", "Parent: ../2026", 4, "is no comment's name"),
        ("Url:", "Email:", 3, 'unknown key "Email"'),
        ("Url:", "Ulr:", 3, 'did you mean "Url"?'),
        ("Url: ", "Author: ", 3, "stands here again"),
        ("I was there.\n\nIt was *cold*.\n", "", 4, "nothing follows the header"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, line, said):
    """One mistake, one message; what was read beside it can be used."""
    comment, mistakes = parse(FILE.replace(old, new, 1))
    assert [number for number, _ in mistakes] == [line]
    assert said in mistakes[0][1]
    assert comment.author
    assert comment.date


@pytest.mark.parametrize(
    ("value", "can_be"),
    [
        ("https://example.org", True),
        ("http://example.org:8080/a?b=c#d", True),
        ("https://bücher.example/ä", True),
        ("https://[::1]/", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("https://", False),
        ("https:///path", False),
        ("https://example.org:0/", False),
        ("https://example.org:99999/", False),
        ("https://[::1/", False),
        ("ftp://example.org", False),
        ("//example.org", False),
        ("https://example.org/a b", False),
        ('https://example.org/"onclick=', False),
        ("javascript://example.org/%0aalert(1)", False),
    ],
)
def test_a_web_address_can_be_followed(value, can_be):
    """It has a scheme of the web, a host, and no letter that ends an attribute."""
    assert is_web_address(value) == can_be
