"""The header: which lines it has, what they say, and where each of them stands."""

import pytest

from newsroom.header import parse


def test_a_field_has_its_key_as_written_its_value_and_its_line():
    """A key is found in small letters, and remembers how and where it was written."""
    header = parse("TITLE: Peace\nAuthor: A Reporter\n\nBody")
    title = header.fields["title"]
    assert (title.key, title.value, title.line) == ("TITLE", "Peace", 1)
    assert header.fields["author"].line == 2


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Title: War: a history", "War: a history"),
        ("Title:Peace", "Peace"),
        ("Title :  Peace ", "Peace"),
        ("Title:", ""),
        ("Title: https://example.org/", "https://example.org/"),
    ],
)
def test_a_value_is_what_follows_the_first_colon(line, value):
    """Only the first colon of a line divides it, and white space around is dropped."""
    assert parse(line).fields["title"].value == value


@pytest.mark.parametrize("indent", ["    ", "\t", "      "])
def test_an_indented_line_continues_the_value_above(indent):
    """A value may go on in lines that begin with four spaces or a tab."""
    header = parse(f"Summary: One\n{indent}and two\n{indent}and three\nSlug: x\n")
    assert header.fields["summary"].value == "One and two and three"
    assert header.fields["summary"].line == 1
    assert header.fields["slug"].line == 4


@pytest.mark.parametrize(
    "text",
    [
        "Title: A\n\nBody\n\nMore",
        "Title: A\n    and B\n\nBody\n\nMore",
        "---\nTitle: A\n---\nBody\n\nMore",
        "---\nTitle: A\n---\n\nBody\n\nMore",
        "Title: A\n---\nBody\n\nMore",
        "Title: A\nno colon\n\nBody\n\nMore",
        # Fail: an empty line above the header is taken for its end.
        "\nTitle: A\n\nBody\n\nMore",
        "\n---\nTitle: A\n---\nBody\n\nMore",
    ],
)
def test_the_body_is_what_follows_the_header(text):
    """An empty line ends the header, or `---` does; body_line is the body's first."""
    header = parse(text)
    assert header.fields["title"].value.startswith("A")
    assert header.body.strip() == "Body\n\nMore"
    assert header.body.splitlines() == text.splitlines()[header.body_line - 1 :]


def test_a_header_may_be_all_there_is():
    """A file that ends with its header has an empty body."""
    assert parse("Title: A").body == ""
    assert parse("").fields == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Title: A\nJust words", 2, '"Just words" is not a "Key: value" line'),
        ("Title: A\ntitle: B", 2, '"title" stands here again; it is on line 1'),
        ("    and more\nTitle: A", 1, "an indented line continues no key"),
        ("1st: A", 1, '"1st: A" is not a "Key: value" line'),
    ],
)
def test_a_line_that_cannot_be_read_is_a_mistake(text, line, words):
    """What is no field is named with its line, and the rest is read all the same."""
    [(found_line, message)] = parse(text).mistakes
    assert found_line == line
    assert words in message


def test_code_counts_only_where_nothing_else_matches():
    """A mistake is looked for where it is made, and not where it is written about."""
    header = parse("Title: A\n\n`![A](x.png)` and\n\n    <b>\n\n![A](x.png)\n")
    assert header.line_of(r"\]\(x") == 7
    assert header.line_of("<b>") == 5
    assert header.line_of("nowhere") == 3


def test_the_first_of_two_equal_keys_counts():
    """A key that stands again changes nothing."""
    assert parse("Slug: a\nSlug: b").fields["slug"].value == "a"


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_only_a_line_feed_ends_a_line(mark):
    """Lines are counted as editors count them, whatever was pasted into one."""
    header = parse(f"Title: A{mark}B\nSlug: x\n\nBody")
    assert header.mistakes == []
    assert header.fields["slug"].line == 2
