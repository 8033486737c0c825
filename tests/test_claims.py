"""Marks of claims: from `[the words](claim:id)` to a way to the evidence and back."""

import json
import shutil

import feedparser
import pytest
from conftest import ROOT, SETTINGS
from lxml import etree
from lxml.html import fragment_fromstring
from pelican.settings import read_settings

from newsroom.badge import State
from newsroom.claims import without_links, words
from newsroom.problems import Collector
from newsroom.reader import NewsroomReader

HEADER = """\
Title: The boats
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: {summary}

"""
SITE = "https://x.org/news"


def ledger(*ids):
    """Return a ledger of claims with these ids, all of one source."""
    claims = "".join(
        f'[[claims]]\nid = "{name}"\nclaim = "The claim {name}."\n'
        f'verdict = "attributed"\nnote = "The note on {name}."\nabout = "the rest"\n'
        '[[claims.evidence]]\nsource = "gazette"\nstance = "supports"\nsays = "So."\n\n'
        for name in ids
    )
    source = (
        '[sources.gazette]\npublisher = "G"\ntitle = "T"\nurl = "https://g.example/"\n'
        'accessed = 2026-01-01\nkind = "press"\norigin = "G"\n'
    )
    return claims + (source if ids else "")


LEDGER = ledger("boats-late", "master-said", "boats", "harbour")


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that reads a body beside a ledger, as a build does.

    It gives the body's element, the story's metadata, and what was reported.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    settings = {"PATH": str(tmp_path), "RELATIVE_URLS": False}
    reader = NewsroomReader(read_settings(SETTINGS, settings))

    def run(body, *, beside=LEDGER, summary="What happened."):
        folder = tmp_path / "articles/a"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "article.md"
        header = HEADER.format(summary=summary)
        file.write_text(header + body, "utf-8")
        if beside is not None:
            (folder / "ledger.toml").write_text(beside, "utf-8")
        with Collector() as collector:
            html, metadata = reader.read(str(file))
        problems = [str(problem) for problem in collector.problems]
        return fragment_fromstring(html, create_parent="div"), metadata, problems

    return run


def marks(body):
    """Return each mark's words with its number, its id and where it leads."""
    return [
        (mark.text_content(), mark.get("id"), mark.get("href"))
        for mark in body.find_class("claim")
    ]


def test_a_mark_leads_to_the_evidence_and_can_be_led_to(read):
    """It keeps its words, has a number, and an id that the ledger's page links to."""
    body, metadata, problems = read("They were [*very* late](claim:boats-late), all.\n")
    assert problems == []
    [mark] = body.find_class("claim")
    assert dict(mark.attrib) == {
        "class": "claim",
        "href": "ledger/#claim-boats-late",
        "id": "claim-boats-late",
    }
    inside = b"".join(etree.tostring(child) for child in mark)
    assert (inside, mark.tail) == (b"<em>very</em> late<sup>1</sup>", ", all.")
    assert metadata["marks"] == ["boats-late"]


def test_marks_are_numbered_as_they_come(read):
    """Numbers follow the text, not the ledger."""
    body, metadata, _ = read(
        "[one](claim:harbour) [two](claim:boats)\n\n[three](claim:boats-late)\n"
    )
    assert [text for text, *_ in marks(body)] == ["one1", "two2", "three3"]
    assert metadata["marks"] == ["harbour", "boats", "boats-late"]


def test_a_claim_marked_twice_is_one(read):
    """Both marks have its number and lead to it; the first alone has its id."""
    body, metadata, _ = read(
        "[a](claim:boats) [b](claim:harbour) [c](claim:boats)\n\n[d](claim:boats)\n"
    )
    assert marks(body) == [
        ("a1", "claim-boats", "ledger/#claim-boats"),
        ("b2", "claim-harbour", "ledger/#claim-harbour"),
        ("c1", None, "ledger/#claim-boats"),
        ("d1", None, "ledger/#claim-boats"),
    ]
    assert metadata["marks"] == ["boats", "harbour"]
    assert len(body.find_class("notes")) == 1


def test_no_story_counts_on_from_the_one_before(read):
    """The numbers, the claims and the notes of one story end with it."""
    first = read("[a](claim:boats) [b](claim:harbour)\n")[1]
    body, second, _ = read("[b](claim:harbour)\n")
    assert first["marks"] == ["boats", "harbour"]
    assert second["marks"] == ["harbour"]
    assert marks(body)[0][0] == "b1"


PLACES = {
    "paragraph": ("{}", "p"),
    "item": ("- one\n- {}", "ul"),
    "numbered item": ("1. one\n2. {}", "ol"),
    "item of an item": ("- one\n    - {}", "ul"),
    "item of paragraphs": ("- one\n\n    {}\n\n- two", "ul"),
    "quotation": ("> one\n>\n> {}", "blockquote"),
    "signed quotation": ("> {}\n>\n> — A Master", "figure"),
    "heading": ("## One {}", "h2"),
    "emphasis": ("**one {}**", "p"),
    "table": ("| a | b |\n|---|---|\n| {} | c |", "div"),
    "definition": ("one\n:   {}", "dl"),
    "footnote": ("one[^1]\n\n[^1]: {}", "div"),
    "Markdown in HTML": ('<div markdown="1">\n{}\n</div>', "div"),
}


@pytest.mark.parametrize(("place", "tag"), PLACES.values(), ids=PLACES)
def test_a_mark_may_stand_anywhere(read, place, tag):
    """Its note stands below the outermost block it is in, and in no list or quote."""
    body, metadata, problems = read(
        f"Before.\n\n{place.format('[words](claim:boats)')}\n\nAfter.\n"
    )
    assert problems == []
    assert metadata["marks"] == ["boats"]
    [mark] = body.find_class("claim")
    [notes] = body.find_class("notes")
    block = notes.getprevious()
    assert notes.getparent() is body
    assert block.tag == tag
    assert mark in block.iter()


def test_a_footnote_is_not_numbered_as_a_claim_is(read):
    """Both have numbers from 1 on, and lead to different places."""
    body, *_ = read("One[^1] and [words](claim:boats).\n\n[^1]: A note.\n")
    assert [sup.text_content() for sup in body.iter("sup")] == ["[1]", "1"]


def test_notes_stand_below_their_block(read):
    """Each block has one group of notes, of the claims that it is first to mark."""
    body, *_ = read(
        "One [a](claim:boats) [b](claim:harbour).\n\nTwo.\n\n"
        "Three [a](claim:boats) [c](claim:master-said).\n"
    )
    assert [child.tag for child in body] == ["p", "details", "p", "p", "details"]
    first, second = body.find_class("notes")
    assert first.findtext("summary") == "Evidence for 2 claims"
    assert second.findtext("summary") == "Evidence for 1 claim"
    assert [note.text_content() for note in first.iterfind("p")] == [
        "1 Attributed The note on boats.",
        "2 Attributed The note on harbour.",
    ]
    [link] = second.iter("a")
    assert (link.text, link.get("class"), link.get("href")) == (
        "3 Attributed",
        "attributed",
        "ledger/#claim-master-said",
    )


def test_a_note_is_text(read):
    """What a note says is never taken for HTML."""
    note = "Not <b>bold</b> &amp; no <script>alert(1)</script>."
    beside = ledger("boats").replace("The note on boats.", note)
    body, *_ = read("[a](claim:boats)\n", beside=beside)
    assert body.xpath(".//b | .//script") == []
    assert note in body.text_content()


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        (
            "One.\n\nTwo [a](claim:boat-late).\n",
            9,
            'no claim of ledger.toml is called "boat-late"; did you mean "boats-late"?',
        ),
        (
            "- one\n- [a](claim:xyzzy)\n",
            8,
            'no claim of ledger.toml is called "xyzzy"',
        ),
        (
            "On claim:xyzzy, `[a](claim:xyzzy)`.\n\n[a](claim:xyzzy)\n",
            9,
            'no claim of ledger.toml is called "xyzzy"',
        ),
        ("[a](claim:)\n", 7, 'no claim of ledger.toml is called ""'),
        (
            "[a]\n\n[a]: claim:harbor\n",
            9,
            'no claim of ledger.toml is called "harbor"; did you mean "harbour"?',
        ),
        (
            "[a](claim:master-said)\n\n[b](claim:master)\n",
            9,
            'no claim of ledger.toml is called "master"; did you mean "master-said"?',
        ),
    ],
)
def test_a_mark_of_no_claim_is_named_with_its_line(read, body, line, message):
    """The near id is named too, where there is one."""
    _, metadata, problems = read(body)
    assert problems == [f"articles/a/article.md:{line}: {message}"]
    assert metadata["badge"].state is State.BEING_CHECKED


@pytest.mark.parametrize(
    "mark",
    [
        "[](claim:boats)",
        "[ ](claim:boats)",
        "[&nbsp;](claim:boats)",
        "[&emsp;&#x2009;](claim:boats)",
        "[<b> </b>](Claim:boats)",
        '[<span title="late"></span>](claim:boats)',
        "[…](claim:boats)",
        "[ ][boats]",
    ],
)
def test_a_mark_without_words_is_named_with_its_line(read, mark):
    """A claim that nobody sees marked is not marked."""
    body = f"[One](claim:boats).\n\nTwo {mark}.\n\n[boats]: claim:boats\n"
    told = "a claim marks no words; write [the words](claim:boats)"
    assert read(body)[2] == [f"articles/a/article.md:9: {told}"]


def test_each_mark_without_words_is_named_with_its_line(read):
    """Several are reported at once, of one claim or of several."""
    body = "[](claim:boats)\n\n[a](claim:boats) [-](claim:harbour)\n\n[](claim:boats)"
    lines = [problem.split(":")[1] for problem in read(body)[2]]
    assert lines == ["7", "9", "11"]


@pytest.mark.parametrize(
    "mark",
    [
        "[*5*](claim:boats)",
        "[`late`](claim:boats)",
        "[&eacute;](claim:boats)",
        "[<b>late</b>](claim:boats)",
        "[晩](claim:boats)",
    ],
)
def test_a_mark_may_be_of_a_letter_or_a_number(read, mark):
    """What readers see is marked, however it is written."""
    assert read(f"{mark}\n")[2] == []


def test_every_mark_of_no_claim_is_named(read):
    """Several are reported at once, those that are right are marked all the same."""
    body, _, problems = read("[a](claim:boat) [b](claim:boats)\n\n[c](claim:habour)\n")
    assert [problem.split(":")[1] for problem in problems] == ["7", "9"]
    assert "b2" in [text for text, *_ in marks(body)]


def test_a_mark_without_a_ledger_asks_for_one(read):
    """A story without evidence cannot mark claims."""
    _, metadata, problems = read("One.\n\n[a](claim:boats)\n", beside=None)
    needs = '"claim:boats" needs a ledger.toml beside this file'
    assert problems == [f"articles/a/article.md:9: {needs}"]
    assert metadata["badge"].state is State.NONE


def test_a_mark_on_a_page_asks_for_a_ledger(tmp_path, monkeypatch):
    """Pages have no ledger; a mark on one is a mistake, not a broken link."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "pages/about.md"
    page.parent.mkdir()
    page.write_text("Title: About\nSummary: Us.\n\n[We](claim:boats) are.\n")
    reader = NewsroomReader(read_settings(SETTINGS, {"PATH": str(tmp_path)}))
    with Collector() as collector:
        reader.read(str(page))
    needs = '"claim:boats" needs a ledger.toml beside this file'
    assert [*map(str, collector.problems)] == [f"pages/about.md:4: {needs}"]


def test_a_ledger_that_cannot_be_read_is_the_only_mistake(read):
    """Marks are not called wrong for what is wrong with their ledger."""
    _, metadata, problems = read("[a](claim:boats)\n", beside="[check\n")
    [problem] = problems
    assert problem.startswith("articles/a/ledger.toml:1: not TOML")
    assert metadata["badge"].state is State.NONE


def test_a_ledger_without_claims_has_none_to_mark(read):
    """The mark leads nowhere, and its author is told."""
    _, _, problems = read("[a](claim:boats)\n", beside='[check]\nby = "A Checker"\n')
    missing = 'no claim of ledger.toml is called "boats"'
    assert problems == [f"articles/a/article.md:7: {missing}"]


def test_a_link_in_html_is_no_way_around(read):
    """A link to a claim is a mark or a mistake, however it is written."""
    body, _, problems = read('<p><a href="claim:boats">words</a></p>\n')
    assert problems
    assert not marks(body)


def test_the_scheme_is_known_in_any_case(read):
    """No link of the page is left to lead to what no browser knows."""
    body, _, problems = read("[words](Claim:boats)\n")
    assert problems or marks(body)


# --- The standfirst -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stripped", "ids"),
    [
        ("No claim.", "No claim.", []),
        ("[One](claim:a) is [two](claim:b-c).", "One is two.", ["a", "b-c"]),
        ("[One](https://a.example)", "[One](https://a.example)", []),
        ("[](claim:a)", "", ["a"]),
        ("[“its [fighter] jets”](claim:a)", "“its [fighter] jets”", ["a"]),
    ],
)
def test_a_standfirst_is_read_without_its_marks(text, stripped, ids):
    """In lists, cards and feeds it is words alone; what it marks is remembered."""
    assert without_links(text) == (stripped, ids)


def test_a_standfirst_marks_claims(read):
    """A claim that only the standfirst makes is marked there."""
    beside = ledger("boats").replace('about = "the rest"\n', "")
    _, metadata, problems = read(
        "None.\n", beside=beside, summary="They were [late](claim:boats)."
    )
    assert problems == []
    assert metadata["summary"] == "They were late."


@pytest.mark.parametrize("words", ["", " ", "…"])
def test_a_standfirst_marks_words(read, words):
    """A mark without words is a mistake in the header as in the body."""
    _, _, problems = read("None.\n", summary=f"Late. [{words}](claim:boats)")
    told = "a claim marks no words; write [the words](claim:boats)"
    assert problems == [f"articles/a/article.md:5: {told}"]


@pytest.mark.parametrize("beside", [ledger("boats"), None])
def test_a_standfirst_marks_no_claim_that_is_none(read, beside):
    """A mark of nothing is a mistake in the header as in the body."""
    _, _, problems = read("One.\n", beside=beside, summary="[Late](claim:boat).")
    assert len(problems) == 1
    assert problems[0].startswith("articles/a/article.md:5: ")


# --- Words ----------------------------------------------------------------------------


def test_words_are_the_text_alone(read):
    """What a body says is without numbers, notes and markup, and nothing is lost."""
    body, *_ = read("One [*two*](claim:boats) three[^1].\n\n- four\n\n[^1]: Five\n")
    said = words(etree.tostring(body, encoding="unicode"))
    assert " ".join(said.split()) == "One two three. four Five"


@pytest.mark.parametrize("html", ["", "plain", "<!-- no -->", "a &amp; b<br>c"])
def test_words_of_whatever_html(html):
    """A body may be empty, bare, or hold what is no element."""
    assert words(html) == {"a &amp; b<br>c": "a & bc", "plain": "plain"}.get(html, "")


def test_a_quotation_is_found_across_its_marks(read):
    """A claim's exact words may be marked in their midst, and wrapped."""
    quote = "Russia has no base nor has it deployed [jets] here"
    beside = ledger("boats", "harbour").replace(
        "[[claims.evidence]]", f'quote = "{quote}"\n[[claims.evidence]]', 1
    )
    body = (
        "“Russia has [no *base*](claim:boats) nor has\nit deployed "
        "[\\[jets\\]](claim:harbour) here,” he said.\n"
    )
    assert read(body, beside=beside)[2] == []
    assert read(body.replace("jets", "ships"), beside=beside)[2] == [
        f'articles/a/ledger.toml:7: quote "{quote}" does not occur in the text'
    ]


# --- Feeds ----------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["relative", "published"])
def output(request, content, build_content):
    """Build a site of one story with marks."""
    story = content / "articles/2026/first"
    text = (story / "article.md").read_text("utf-8")
    text = text.replace("first paragraph", "[first](claim:boats) [par](claim:harbour)")
    (story / "article.md").write_text(text, "utf-8")
    (story / "ledger.toml").write_text(ledger("boats", "harbour"), "utf-8")
    return build_content(SITEURL=SITE, RELATIVE_URLS=request.param)


@pytest.fixture
def content(content):
    """Give the site the icons that the theme links to."""
    shutil.copytree(ROOT / "content/extra", content / "extra", dirs_exist_ok=True)
    return content


def bodies(output):
    """Return the story's body in each of the three feeds."""
    [div] = etree.parse(output / "atom.xml").findall(".//{*}content/{*}div")
    rss = feedparser.parse((output / "rss.xml").read_bytes())
    feed = json.loads((output / "feed.json").read_text("utf-8"))
    return {
        "atom": etree.tostring(div, encoding="unicode"),
        "rss": rss.entries[0].content[0].value,
        "json": feed["items"][0]["content_html"],
    }


@pytest.mark.parametrize("feed", ["atom", "rss", "json"])
def test_a_feed_leads_to_the_evidence(output, feed):
    """From any reader, a mark's address is the public one of its claim."""
    body = fragment_fromstring(bodies(output)[feed], create_parent=True)
    page = f"{SITE}/2026/a-first-story/ledger/"
    assert body.xpath(".//a/@href") == [f"{page}#claim-boats", f"{page}#claim-harbour"]


@pytest.mark.parametrize("feed", ["atom", "rss", "json"])
def test_a_feed_has_no_notes(output, feed):
    """A feed reader has no margin: it gets the words, their numbers and no notes."""
    body = fragment_fromstring(bodies(output)[feed], create_parent=True)
    assert body.text_content().strip() == "The first1 par2."
