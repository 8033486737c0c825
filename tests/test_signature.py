"""The signature: one hash for one text, however its lines and letters are written."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsroom.signature import of_article, paragraphs, signature

HEADLINE = "Three boats are late"
STANDFIRST = "A day in the [harbour](claim:harbour)."
BODY = """\
The *first* was late, Zoë [said](claim:said).

> So were the others.

- one
- two
"""
ARTICLE = f"""\
Title: {HEADLINE}
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: {STANDFIRST}

{BODY}"""

SAME = {
    "a line broken elsewhere": ("was late", "was\nlate"),
    "two spaces for one": ("was late", "was  late"),
    "spaces at a line's end": ("the others.\n", "the others.  \n"),
    "more empty lines": ("\n\n>", "\n\n\n \n>"),
    "empty lines at the end": ("- two\n", "- two\n\n\n"),
    "letters composed in another way": ("Zoë", "Zoe\u0308"),
}
OTHER = {
    "a word": ("first", "second"),
    "a letter's case": ("The", "the"),
    "a mark": ("late,", "late;"),
    "a quotation's mark": (" others.", " others”."),
    "a word taken away": (" was", ""),
    "two words joined": ("So were", "Sowere"),
    "a paragraph joined": ("\n\n>", "\n>"),
    "a paragraph divided": ("late, ", "late,\n\n"),
    "emphasis": ("*first*", "first"),
    "a claim's mark": ("claim:said", "claim:meant"),
    "a claim marked no more": ("[said](claim:said)", "said"),
    "an accent": ("Zoë", "Zoe"),
    "a letter that looks alike": ("Zoë", "Zоë"),  # its second letter is Cyrillic
}


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_how_a_text_is_typed_does_not_count(old, new):
    """An editor may wrap lines or compose letters: readers see the same."""
    assert old in BODY
    changed = BODY.replace(old, new)
    assert changed != BODY
    assert signature(HEADLINE, STANDFIRST, changed) == signature(
        HEADLINE, STANDFIRST, BODY
    )


@pytest.mark.parametrize(("old", "new"), OTHER.values(), ids=OTHER)
def test_what_a_text_says_counts(old, new):
    """Every word, mark, link and paragraph is signed."""
    assert old in BODY
    changed = BODY.replace(old, new)
    assert signature(HEADLINE, STANDFIRST, changed) != signature(
        HEADLINE, STANDFIRST, BODY
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Three boats", "Four boats"),
        ("A day", "A week"),
        (f"Title: {HEADLINE}", f"Title: {HEADLINE}?"),
    ],
)
def test_the_headline_and_the_standfirst_are_signed(old, new):
    """What most readers read is checked too."""
    changed, _ = of_article(ARTICLE.replace(old, new))
    assert changed != of_article(ARTICLE)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Category: World", "Category: Harbour\nTags: Boats"),
        ("Date: 2026-01-02", "Date: 2026-01-02\nModified: 2026-01-03"),
        (
            f"Title: {HEADLINE}\nDate: 2026-01-02",
            f"Date: 2026-01-02\nTitle: {HEADLINE}",
        ),
        (f"Summary: {STANDFIRST}", f"Summary:\n    {STANDFIRST}"),
    ],
)
def test_the_rest_of_the_header_is_not_signed(old, new):
    """A section, a topic or a date is set without a new check."""
    assert old in ARTICLE
    assert of_article(ARTICLE.replace(old, new)) == of_article(ARTICLE)


def test_an_article_is_signed_as_its_parts_are():
    """The file's signature is that of its headline, standfirst and body."""
    signed, shown = of_article(ARTICLE)
    assert signed == signature(HEADLINE, STANDFIRST, BODY)
    assert shown == paragraphs(HEADLINE, STANDFIRST, BODY)
    assert shown == [
        HEADLINE,
        STANDFIRST,
        "The *first* was late, Zoë [said](claim:said).",
        "> So were the others.",
        "- one - two",
    ]


def test_the_signature_never_changes_with_the_tool():
    """What was signed by one version is still signed in another: SHA-256, spelt out."""
    assert signature("A", "B", "C\n\nD") == (
        "sha256:babbfc637186b9ba22c6eda008b9537048032a6bbdfb4187535b4cceeb45c1cb"
    )


TEXT = st.text(st.sampled_from("ab é\u0301\n.\xa0"), max_size=12)
# Short and of few letters, so that what moves from one part to the next is tried often.
SHORT = st.text(st.sampled_from("ab \n"), max_size=4)
PARTS = st.tuples(SHORT.map(lambda line: line.replace("\n", "")), SHORT, SHORT)


@given(PARTS, PARTS)
def test_what_is_signed_alike_says_alike(one, other):
    """No word moves between headline, standfirst and body, or its place, unseen."""
    if signature(*one) == signature(*other):
        assert [part.split() for part in one] == [part.split() for part in other]


@given(TEXT, st.sampled_from(["NFC", "NFD"]))
def test_what_was_signed_is_signed_alike_when_it_is_written_out(body, form):
    """The paragraphs that `make sign` shows are the signed text."""
    assume(body.strip())
    shown = paragraphs("A", "B", unicodedata.normalize(form, body))
    assert paragraphs("A", "B", "\n\n".join(shown[2:])) == shown
