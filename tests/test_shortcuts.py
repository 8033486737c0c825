"""What Markdown need not try: nothing but the time that it takes may tell."""

import re
from pathlib import Path

import pelicanconf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from newsroom import shortcuts
from newsroom.header import parse
from newsroom.pictures import Gallery
from newsroom.problems import Collector

# Whatever begins a block or an inline, or ends one, and words to stand between.
PIECES = [
    *("word ", "Über ", "“Said", "1", "\n", "\n\n", " ", "  \n", "    ", "\\", "`"),
    *("```\n", "~~~\n", "*", "**", "_", "__", "[", "]", "](", "(", ")", "!", "![", "<"),
    *(">", "> ", "</", "&", "&amp;", "&#42;", ";", "<b>", "</b>", "<div markdown=1>"),
    *("</div>", "<https://a.example>", "<a@b.example>", "](claim:one)", "](CLAIM:one)"),
    *("[^1]", "[^1]: ", "[ref]", "[ref]: ", "[ref]: https://a.example\n", "*[NGO]: "),
    *("NGO", "# ", "#", "===\n", "---\n", "- ", "+ ", "* ", "1. ", ": ", "|", "-|-\n"),
    *(
        "{: .pull }",
        "{credit=A}",
        "https://a.example",
        '"',
        "'",
        "\u2028",
        "\x02",
        "\t",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def converted(text, *, quickly):
    """Return the HTML of a text, and what was reported of it."""
    markdown = Markdown(**pelicanconf.MARKDOWN)
    if quickly:
        shortcuts.take(markdown)
    path = Path("content/articles/a/article.md")
    markdown.source = path, parse(f"Title: A\n\n{text}")
    markdown.treeprocessors["pictures"].gallery = Gallery(
        path, {"PATH": "content"}, has_folder=False
    )
    with Collector() as collector:
        return markdown.convert(text), collector.problems


def test_all_is_asked_in_the_order_in_which_markdown_has_it():
    """What is taken in the place of a part of Markdown's has that one's place."""
    plain, quick = Markdown(**pelicanconf.MARKDOWN), Markdown(**pelicanconf.MARKDOWN)
    shortcuts.take(quick)
    taken = {
        "preprocessors": shortcuts.PREPROCESSORS,
        "treeprocessors": ("inline", "unescape"),
    }
    for kind, names in taken.items():
        for name in names:
            place = getattr(plain, kind).get_index_for_name(name)
            assert getattr(quick, kind).get_index_for_name(name) == place
            assert getattr(quick, kind)[name] is not getattr(plain, kind)[name]


@given(TEXTS)
def test_what_is_not_tried_would_have_made_nothing(text):
    """A text comes to the same HTML and the same problems, however it is read."""
    assert converted(text, quickly=True) == converted(text, quickly=False)


@given(TEXTS, st.sampled_from(sorted(shortcuts.SIGNS)))
def test_no_pattern_matches_without_its_signs(text, pattern):
    """Where a pattern is found in a text, one of its signs is."""
    if re.search(pattern, text, re.DOTALL):
        assert any(sign in text for sign in shortcuts.SIGNS[pattern])


def test_each_pattern_of_our_markdown_is_known():
    """None is tried on every text because its own wording changed."""
    patterns = {
        each.pattern for each in Markdown(**pelicanconf.MARKDOWN).inlinePatterns
    }
    assert patterns == shortcuts.SIGNS.keys()


@pytest.mark.parametrize("text", ["A word.", "“A word,” she said.\nÜber all."])
def test_a_plain_paragraph_is_known_by_its_first_letters(text):
    """Letters and opening quotation marks begin no other block, nor does a line."""
    assert shortcuts.PLAIN.fullmatch(text)
