"""The signature: one hash for one text, however its lines and letters are written."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown import Markdown

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
# What one line break makes of plain words. What is defined is seen by no reader.
BROKEN = {
    "a quotation": "The profit was\n> 5 million.",
    "a quotation in a quotation": "> The profit was\n> > 5 million.",
    "an abbreviation": "The fund did\n*[not]: not\nlose money.",
    "less of an abbreviation": "*[not]: not\nlose money.",
    "a footnote": "The minister lied.\n[^1]: He did not.",
    "less of a footnote": "[^1]: He did not.\n\nLie.",
    "a reference": "It fell, see\n[note]: nobody",
    "a list's item": "- It rose\n- and fell",
    "a numbered item": "1. It rose by\n2. It fell.",
    "a heading": "It rose by\n# 5",
    "a heading's end": "## It rose\nNothing fell.",
    "a heading's line": "It rose\n---",
    "a definition": "It rose\n: and fell",
    "a row": "a | b\n--|--\nc | d\ne | f",
    "code's language": "```\nnot\nlost\n```",
    "code": "It rose.\n\n    > 5",
    "a paragraph of its own": "It rose\n\nby\n- 5",
    "HTML": "It rose\n<div>and fell</div>",
    "attributes": "It rose\n{: .pull }",
}
WRAPPED = {
    "words": "It rose\nand fell.",
    "a number": "It rose in\n2016 by\n5.2 points.",
    "a claim": "It\n[rose](claim:rose) and\n[fell](claim:fell).",
    "emphasis": "*It* rose\n*and* fell,\n**much**.",
    "what is said": "“It rose,”\n‘and fell’\n(it seems).",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_line_break_that_readers_could_see_counts(body):
    """A break may begin or end what Markdown shows in another way, or not at all."""
    joined = [body[:at] + " " + body[at + 1 :] for at in _breaks(body)]
    assert signature(HEADLINE, STANDFIRST, body) not in {
        signature(HEADLINE, STANDFIRST, each) for each in joined
    }


def _breaks(text):
    """Return the places of the line breaks of a text."""
    return [at for at, sign in enumerate(text) if sign == "\n"]


@pytest.mark.parametrize("body", WRAPPED.values(), ids=WRAPPED)
def test_a_paragraph_is_wrapped_anywhere(body):
    """Its lines may begin with words, numbers, claims, emphasis and quotations."""
    assert signature("A", "B", body) == signature("A", "B", " ".join(body.split()))


# What may begin something, in pieces.
PIECES = """
    was 5 5. 1. > - * + # ## : | ` ``` ~~~ --- === *** *[not]: not [^1]: [^1] [a]: [a]
    http://x [b](c) a|b --|-- {: .x } *so* **so** _ “he — "t" (see &amp; <div> </div>
    <b> </b> <br> <!-- --> \\
"""
PIECE = st.sampled_from(PIECES.split())
# In one text and in another.
GAP = st.tuples(*[st.sampled_from([" ", "\n", "\n\n"])] * 2)


@given(PIECE, st.lists(st.tuples(GAP, PIECE), min_size=1, max_size=6))
@settings(max_examples=1000)
def test_texts_that_are_signed_alike_are_shown_alike(first, rest):
    """Whatever Markdown makes of a line break, it is seen or it counts."""
    one, other = (
        first + "".join(gap[way] + piece for gap, piece in rest) for way in (0, 1)
    )
    if signature("A", "B", one) == signature("A", "B", other):
        assert shown(one) == shown(other)


def shown(body):
    """Return what Markdown makes of a text, whatever spaces are in it."""
    html = Markdown(extensions=["extra", "sane_lists"]).convert(body)
    return "".join(html.split())


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
        ("Summary:", "Comments: closed\nSlug: boats\nSummary:"),
    ],
)
def test_the_rest_of_the_header_is_not_signed(old, new):
    """A section, a topic or a date is set without a new check."""
    assert old in ARTICLE
    assert of_article(ARTICLE.replace(old, new)) == of_article(ARTICLE)


BESIDE_TEXT = """\
Dateline: Port Quill
Image: quay.jpg
Alt: The quay at noon
Caption: Nobody was there.
Credit: M. Reporter
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BESIDE_TEXT, ""),
        ("Dateline: Port Quill\n", ""),
        ("Port Quill", "Lantern Bay"),
        ("at noon", "at night"),
        ("Nobody was", "The minister was"),
        ("M. Reporter", "The police"),
        ("Dateline: Port Quill\n", "Dateline: Nobody was there.\n"),
    ],
)
def test_what_readers_see_beside_the_text_is_signed(old, new):
    """The words of the lead picture, and where the story comes from."""
    whole = ARTICLE.replace("Summary:", f"{BESIDE_TEXT}Summary:")
    assert of_article(whole)[0] != of_article(whole.replace(old, new))[0]


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


def of_files(**files: str) -> str:
    """Return the signature of the article with files beside it, by their names."""
    return of_article(ARTICLE, lambda name: files.get(name.partition(".")[0], ""))[0]


def test_the_map_and_the_timeline_count():
    """Each for itself, and nothing of them can become a part of the text."""
    words = "# A heading\n\nTo go on."
    found = [
        of_files(),
        of_files(map=words),
        of_files(timeline=words),
        of_files(map="#", timeline=words),
        of_files(map=f"#\n{words}"),
        of_article(ARTICLE.replace(BODY, f"{words}\n\n{BODY}"))[0],
    ]
    assert len({*found}) == len(found)
    assert of_files(map=f"{words}\n\n") == of_files(map=words)
