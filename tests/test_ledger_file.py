"""ledger.toml: each mistake in it is named at once, with its line and the remedy."""

import json
import pickle
import tomllib
from datetime import date

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from newsroom.badge import Story
from newsroom.ledger import Ledger, Verdict
from newsroom.ledger_file import against_story, read, table_lines

TODAY = date(2026, 11, 22)
WORDS = "Three boats were “late — very late”, the harbour’s master said."
STORY = Story("news", ("A Reporter",), frozenset({"boats-late", "master-said"}))
# Its tables begin on lines 1, 8, 16, 24, 29, 35, 40, 45 and 50.
LEDGER = """\
[check]
by = "A Checker"
on = 2026-11-22
review_by = 2027-11-22
scope = "All."
text = "sha256:0"

[sources.gazette]
publisher = "The Gazette"
title = "Late"
url = "https://gazette.example/late"
accessed = 2026-11-21
kind = "press"
origin = "Gazette"

[sources.harbour-log]
publisher = "The Harbour"
title = "Log"
url = "https://harbour.example/log?day=1"
accessed = 2026-11-21
kind = "primary"
origin = "Harbour"

[[claims]]
id = "boats-late"
claim = "Three boats were late."
verdict = "corroborated"

[[claims.evidence]]
source = "harbour-log"
stance = "supports"
says = "Three entries."

# The second claim.
[[claims]] # with a word to say
id = "master-said"
claim = "The master said so."
verdict = "attributed"
quote = "late — very late"
[[claims.evidence]]
source = "gazette"
stance = "supports"
says = "So he said."

[[claims.evidence]]

source = "harbour-log"
stance = "qualifies"
says = "It does not say."
[[corrections]]
on = 2026-11-22
was = "Two."
now = "Three."
why = "Miscounted."
claim = "boats-late"
"""
# What is written for what; the line that is named, and what is said of it.
MISTAKES = {
    "unknown table": (
        "[check]",
        "[chekc]",
        1,
        'unknown key "chekc"; did you mean "check"?',
    ),
    "unknown array of tables": (
        "[[corrections]]",
        "[[corection]]",
        50,
        'unknown key "corection"; did you mean "corrections"?',
    ),
    "a table made an array": (
        "[sources.gazette]",
        "[[sources.gazette]]",
        8,
        "[[sources.gazette]] stands once; write it as [sources.gazette]",
    ),
    "an array made a table": (
        "[[corrections]]",
        "[corrections]",
        50,
        "[corrections] may come again; write it as [[corrections]]",
    ),
    "unknown key of the check": (
        "review_by",
        "reviewed_by",
        4,
        'unknown key "reviewed_by" in [check]; did you mean "review_by"?',
    ),
    "unknown key of a source": (
        'title = "Log"',
        'title = "Log"\narchive = "https://a.example"',
        19,
        'unknown key "archive" in [sources.harbour-log]; did you mean "archived"?',
    ),
    "unknown key of a claim": (
        'quote = "late',
        'qoute = "late',
        39,
        'unknown key "qoute" in [claims.2]; did you mean "quote"?',
    ),
    "unknown key of evidence": (
        'says = "It',
        'say = "It does."\nsays = "It',
        49,
        'unknown key "say" in [claims.2.evidence.2]; did you mean "says"?',
    ),
    "a key like none": (
        'by = "A Checker"',
        'by = "A Checker"\nxyzzy = 1',
        3,
        'unknown key "xyzzy" in [check]',
    ),
    "missing key of a source": (
        'origin = "Harbour"\n',
        "",
        16,
        'missing key "origin" in [sources.harbour-log]',
    ),
    "missing key of a claim": (
        'verdict = "attributed"\n',
        "",
        35,
        'missing key "verdict" in [claims.2]',
    ),
    "missing key of a correction": (
        'why = "Miscounted."\n',
        "",
        50,
        'missing key "why" in [corrections.1]',
    ),
    "unknown verdict": (
        '"attributed"',
        '"atributed"',
        38,
        'verdict = "atributed" is none of corroborated, attributed, disputed, '
        'unproven, inaccurate; did you mean "attributed"?',
    ),
    "a verdict like none": (
        '"corroborated"',
        '"true"',
        27,
        'verdict = "true" is none of corroborated, attributed, disputed, unproven, '
        "inaccurate",
    ),
    "unknown stance": (
        '"qualifies"',
        '"qualify"',
        48,
        'stance = "qualify" is none of supports, qualifies, contradicts; did you mean '
        '"qualifies"?',
    ),
    "unknown kind": (
        '"primary"',
        '"primry"',
        21,
        'kind = "primry" is none of primary, wire, press, reference; did you mean '
        '"primary"?',
    ),
    "no web address": (
        "https://gazette.example/late",
        "www.gazette.example",
        11,
        'url = "www.gazette.example" is no web address',
    ),
    "an address with a space": (
        "/log?day=1",
        "/the log",
        19,
        'url = "https://harbour.example/the log" is no web address',
    ),
    "an empty key": ('"Late"', '" "', 10, '"title" is empty'),
    "no id of a claim": (
        'id = "boats-late"',
        'id = "Boats late"',
        25,
        '"Boats late" is no id: small letters, digits and single hyphens',
    ),
    "no id of a source": (
        "[sources.gazette]",
        '[sources."The Gazette"]',
        8,
        '"The Gazette" is no id: small letters, digits and single hyphens',
    ),
    "no date": (
        "on = 2026-11-22\nreview",
        'on = "soon"\nreview',
        3,
        "on in [check] is no date; write it as 2026-11-22, unquoted",
    ),
    "a control character": (
        'was = "Two."',
        'was = "Two\\u0001."',
        52,
        "was: control character U+0001; delete it",
    ),
    "a number for a date": (
        "on = 2026-11-22\nreview",
        "on = 0\nreview",
        3,
        "on in [check] is no date; write it as 2026-11-22, unquoted",
    ),
    "no TOML": (
        'by = "A Checker"',
        "by = A Checker",
        2,
        "not TOML: string values must be quoted, expected literal string "
        "at line 2 column 6",
    ),
    "a date as it is said": (
        "on = 2026-11-22\nreview",
        "on = 22.11.2026\nreview",
        3,
        "not TOML: invalid float, expected nothing at line 3 column 11; "
        "a date is written as 2026-11-22",
    ),
    "quotation marks of a typesetter": (
        'by = "A Checker"',
        "by = “A Checker”",
        2,
        "not TOML: string values must be quoted, expected literal string "
        'at line 2 column 6; quotation marks are straight ones: "',
    ),
    "a month": (
        "on = 2026-11-22\nreview",
        "on = 2026-11\nreview",
        3,
        "not TOML: invalid date, expected `-` (MM-DD) at line 3 column 6; a date is "
        'written as 2026-11-22, and in a timeline a month as "2026-11"',
    ),
    "a key of nothing": (
        "review_by = 2027-11-22",
        "review_by =  # when to look again",
        4,
        "not TOML: string values must be quoted, expected literal string at line 4 "
        "column 14; give it a value, or take the line out",
    ),
    "quotation marks in a text": (
        'by = "A Checker"',
        'by = "A "good" Checker"',
        2,
        "not TOML: unexpected key or value, expected newline, `#` at line 2 column 10; "
        'a " inside of a text is written as \\"',
    ),
    "the same table twice": (
        "[sources.harbour-log]",
        "[sources.gazette]",
        16,
        "not TOML: duplicate key at line 16 column 10",
    ),
    "TOML that does not end": (
        'claim = "boats-late"\n',
        'claim = "boats-late',
        55,
        'not TOML: invalid basic string, expected `"` at line 55 column 20',
    ),
    "unused source": (
        'source = "gazette"',
        'source = "harbour-log"',
        8,
        'source "gazette" is evidence of nothing',
    ),
    "unknown source": (
        'source = "gazette"',
        'source = "gazete"',
        41,
        'unknown source "gazete"; did you mean "gazette"?',
    ),
    "duplicate id": (
        'id = "master-said"',
        'id = "boats-late"',
        36,
        'a second claim is called "boats-late"',
    ),
    "unmarked claim": (
        'id = "master-said"',
        'id = "harbour"',
        35,
        'claim "harbour" is not marked in the text; write [its words](claim:harbour) '
        'there, or here about = "the headline"',
    ),
    "quotation that is none": (
        "late — very late",
        "late — really late",
        39,
        'quote "late — really late" does not occur in the text',
    ),
    "correction of no claim": (
        'claim = "boats-late"',
        'claim = "boat-late"',
        55,
        'unknown claim "boat-late"; did you mean "boats-late"?',
    ),
    "check to come": (
        "on = 2026-11-22\nreview",
        "on = 2026-11-23\nreview",
        3,
        "on = 2026-11-23 is still to come",
    ),
    "correction to come": (
        "on = 2026-11-22\nwas",
        "on = 2026-11-23\nwas",
        51,
        "on = 2026-11-23 is still to come",
    ),
    "source of the future": (
        'kind = "primary"',
        'kind = "primary"\ndate = 2026-11-23',
        22,
        "date = 2026-11-23 is still to come",
    ),
    "source read in the future": (
        'accessed = 2026-11-21\nkind = "press"',
        'accessed = 2027-11-21\nkind = "press"',
        12,
        "accessed = 2027-11-21 is still to come",
    ),
    "said in the future": (
        'verdict = "attributed"',
        'verdict = "attributed"\nsaid_on = 2026-11-23',
        39,
        "said_on = 2026-11-23 is still to come",
    ),
    "withdrawn in the future": (
        "[[corrections]]",
        '[withdrawn]\non = 2026-11-23\nwhy = "Wrong."\n[[corrections]]',
        51,
        "on = 2026-11-23 is still to come",
    ),
    "a review of what is no fact-check": (
        "[[corrections]]",
        '[review]\nclaim = "boats-late"\nappearance = "https://a.example"\n'
        "[[corrections]]",
        50,
        'only a story of "Kind: fact-check" has it, not "news"',
    ),
}


def mistakes(text, story=STORY, words=WORDS):
    """Return the (line, message) of every mistake, as a build reports them."""
    ledger, found = read(text)
    if ledger:
        found += against_story(text, ledger, story, lambda: words, TODAY)
    return found


def replaced(old, new, text=LEDGER):
    """Return `text` with `new` for its one `old`."""
    assert text.count(old) == 1, text.count(old)
    return text.replace(old, new)


def test_a_ledger_without_mistakes_is_read_whole():
    """Nothing is reported of what is right, and nothing of it is lost."""
    assert mistakes(LEDGER) == []
    ledger, _ = read(LEDGER)
    assert [claim.id for claim in ledger.claims] == ["boats-late", "master-said"]
    assert ledger.claims[1].evidence[1].says == "It does not say."
    assert ledger.sources["gazette"].accessed == date(2026, 11, 21)


def test_an_empty_ledger_is_one():
    """A file that was only just made has no mistake in it."""
    assert mistakes("", Story("news", (), frozenset())) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"), MISTAKES.values(), ids=MISTAKES
)
def test_a_mistake_is_named_with_its_line(old, new, line, message):
    """The line is that of the key, or its table's, and the message has the remedy."""
    assert (line, message) in mistakes(replaced(old, new))


FACT_CHECK = Story("fact-check", ("A Reporter",), STORY.marks)
REVIEWED = """\
claim = "The master said so."
said_by = "The Master"
"""
REVIEW = """
[review]
claim = "master-said"
appearance = "https://gazette.example/late"
"""
# What is written for what; the line that is named, and what is said of it.
REVIEW_MISTAKES = {
    "no review": (
        REVIEW,
        "",
        1,
        'a fact-check needs [review] with claim = "…" and appearance = "…"',
    ),
    "a claim that nobody made": (
        'said_by = "The Master"\n',
        "",
        57,
        'its claim "master-said" needs said_by',
    ),
    "a claim of its author": (
        "The Master",
        "a reporter",
        58,
        "a reporter wrote this story; a fact-check is of another's claim",
    ),
    "a claim of its author, by spaces": (
        "The Master",
        "A  Reporter",
        58,
        "A  Reporter wrote this story; a fact-check is of another's claim",
    ),
    "a review of no claim": (
        REVIEW,
        REVIEW.replace("master", "masters"),
        59,
        'unknown claim "masters-said"; did you mean "master-said"?',
    ),
    "a review that appeared nowhere": (
        'appearance = "https://gazette.example/late"\n',
        "",
        58,
        'missing key "appearance" in [review]',
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"), REVIEW_MISTAKES.values(), ids=REVIEW_MISTAKES
)
def test_a_fact_check_is_of_one_claim_of_somebody_else(old, new, line, message):
    """It says which claim, who made it and where; nobody reviews their own."""
    text = replaced('claim = "The master said so."\n', REVIEWED) + REVIEW
    assert mistakes(text, FACT_CHECK) == []
    assert mistakes(replaced(old, new, text), FACT_CHECK) == [(line, message)]


@pytest.mark.parametrize(
    "words",
    ["“late - very late”", "Late — very late", "“late — very, late”", "late —", ""],
)
def test_an_exact_quotation_is_exact(words):
    """Another mark, case or word is another quotation."""
    message = 'quote "late — very late" does not occur in the text'
    assert mistakes(LEDGER, words=words) == [(39, message)]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("It's “his”", "And: 'It’s \"his\"'."),
        ("one two", "one\ntwo"),
        ("one two", "one\xa0 two"),
    ],
)
def test_a_quotation_may_be_set_in_other_type(quote, words):
    """Typewriter's and printer's quotation marks are alike, and so are all spaces."""
    assert mistakes(replaced("late — very late", quote), words=words) == []


def test_a_claim_may_be_about_something_else():
    """A claim about the headline, say, need not be marked in the text."""
    unmarked = Story("news", ("A Reporter",), frozenset({"boats-late"}))
    text = replaced('"attributed"', '"attributed"\nabout = "the headline"')
    assert mistakes(text, unmarked) == []


def test_all_mistakes_of_the_shape_are_named_at_once():
    """One run tells of every key and value that cannot be."""
    text = LEDGER.replace('"attributed"', '"atributed"').replace("scope", "scop")
    text = text.replace('origin = "Gazette"\n', "").replace('"supports"', '"for"')
    assert sorted(mistakes(text)) == [
        (5, 'unknown key "scop" in [check]; did you mean "scope"?'),
        (8, 'missing key "origin" in [sources.gazette]'),
        (30, 'stance = "for" is none of supports, qualifies, contradicts'),
        (
            37,
            'verdict = "atributed" is none of corroborated, attributed, disputed, '
            'unproven, inaccurate; did you mean "attributed"?',
        ),
        (41, 'stance = "for" is none of supports, qualifies, contradicts'),
    ]


def test_all_mistakes_beside_the_story_are_named_at_once():
    """A ledger that is one is held against its story in all that it says."""
    text = LEDGER.replace('source = "gazette"', 'source = "gazete"')
    text = text.replace("2026-11-21", "2026-12-21").replace(
        "late — very", "early — very"
    )
    unmarked = 'claim "{0}" is not marked in the text; write [its words](claim:{0}) '
    unmarked += 'there, or here about = "the headline"'
    assert sorted(mistakes(text, Story("news", (), frozenset()))) == [
        (8, 'source "gazette" is evidence of nothing'),
        (12, "accessed = 2026-12-21 is still to come"),
        (20, "accessed = 2026-12-21 is still to come"),
        (24, unmarked.format("boats-late")),
        (35, unmarked.format("master-said")),
        (39, 'quote "early — very late" does not occur in the text'),
        (41, 'unknown source "gazete"; did you mean "gazette"?'),
    ]


def test_a_source_may_be_called_as_a_table_is():
    """What a key of a source was to be does not hang on the source's id."""
    text = LEDGER.replace("gazette]", "check]").replace('"gazette"', '"check"')
    assert mistakes(replaced('title = "Late"', 'tilte = "Late"', text)) == [
        (8, 'missing key "title" in [sources.check]'),
        (10, 'unknown key "tilte" in [sources.check]; did you mean "title"?'),
    ]


# --- Lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", {}),
        ("a = 1", {}),
        ("[a]\n[b]", {("a",): 1, ("b",): 2}),
        ("\n  [ a ]  # one\n", {("a",): 2}),
        ("[a.b.c]", {("a", "b", "c"): 1}),
        ("[ a . b ]", {("a", "b"): 1}),
        ("[\"a\".'b']", {("a", "b"): 1}),
        ("[a]\r\n[b]\r\n", {("a",): 1, ("b",): 2}),
        ("a = [1]\nb = '[c]'\n# [d]\n[e] # [f]", {("e",): 4}),
        ('a = """\n[b]\n"""\n[c]', {("c",): 4}),
        ("a = '''\n[b]\n'''\n[c]", {("c",): 4}),
        ('# """\n[a]\n# """\n[b]', {("a",): 2, ("b",): 4}),
        ("a = \"it'''s\"\n[b]\nc = \"'''\"", {("b",): 2}),
    ],
)
def test_a_table_is_found_by_its_place(text, lines):
    """A header may be indented, spaced, quoted, dotted and followed by a comment."""
    assert table_lines(text) == lines


def test_tables_of_arrays_are_counted():
    """What belongs to an array's table is found below the table before it."""
    lines = table_lines(
        "[[a]]\n[[a.b]]\n[[a.b]]\n[a.c]\n[[a]]\n[[a.b]]\n[[ a . b ]]\n[d]"
    )
    assert [lines[place] for place in [("a", 0), ("a", 1), ("d",)]] == [1, 5, 8]
    assert [lines["a", 0, "b", n] for n in (0, 1)] == [2, 3]
    assert [lines["a", 1, "b", n] for n in (0, 1)] == [6, 7]
    assert lines["a", 0, "c"] == 4


INLINE = """\
check = {by = "A Checker"}
claims = []

[sources]
gazette = {publisher = "G", title = "T", url = "x", kind = "press", origin = "G"}
"""


def test_an_inline_table_is_named_by_the_line_it_stands_in():
    """Where it has no line of its own, that of its key."""
    assert mistakes(INLINE) == [
        (5, 'url = "x" is no web address'),
        (5, 'missing key "accessed" in [sources.gazette]'),
    ]


@pytest.mark.parametrize("value", ['"""\n[[claims]]\n"""', "'''\n[[claims]]\n'''"])
def test_a_string_of_several_lines_holds_no_tables(value):
    """Lines are those of the file's tables, not of its words."""
    text = replaced('scope = "All."', f"scope = {value}")
    text = replaced('"attributed"', '"atributed"', text)
    [(line, _)] = mistakes(text)
    assert line == 40


# --- Whatever is written --------------------------------------------------------------

# The last two are more than a number or a table can be.
HARD = [
    "[",
    "[[",
    "[]",
    "[[]]",
    "[.]",
    "[a.]",
    "[a]]",
    "]",
    '["a]"]',
    "[check]\x00",
    "sources.a = 1",
    "claims.a = 1",
    "claims = [1, [], {}]",
    "[claims.evidence]",
    "[[sources]]",
    '"" = 1',
    '[sources.""]',
    "[check]\nby = 1\non = 25:00:00",
    "[check]\non = 2026-02-30",
    "[check]\nby = inf",
    '[[claims]]\nverdict = {"a" = []}\nevidence = "x"',
    f"x = {'1' * 5000}",
    f"x = {'[' * 5000}",
]


@pytest.mark.parametrize("text", HARD, ids=lambda text: repr(text[:24]))
def test_whatever_is_wrong_is_said_and_not_raised(text):
    """There is a mistake, on a line that the file has, in a sentence of one line."""
    ledger, found = read(text)
    assert ledger is None
    assert found
    for line, message in found:
        assert 1 <= line <= text.count("\n") + 1
        assert message.splitlines() == [message]


PIECES = st.sampled_from(
    [*LEDGER.splitlines(keepends=True), "[[", "]]", "\n", '"', "'", "=", ".", "#", "\\"]
)


@given(st.text() | st.lists(PIECES).map("".join))
@example("")
@example("\ufeff[check]")
@example(LEDGER)
def test_no_text_breaks_the_reading(text):
    """A ledger or its mistakes come of whatever text, and all lines are the file's."""
    ledger, found = read(text)
    assert (ledger is None) == bool(found)
    found += mistakes(text)
    assert all(1 <= line <= text.count("\n") + 1 for line, _ in found)


@given(st.sampled_from(LEDGER.splitlines()), st.integers(0, 60), st.text(max_size=5))
def test_no_slip_of_the_hand_breaks_the_reading(line, at, typed):
    """Whatever is typed wherever in a good ledger, reading it ends."""
    text = LEDGER.replace(line, line[:at] + typed + line[at + len(typed) :], 1)
    assert all(1 <= at <= text.count("\n") + 1 for at, _ in mistakes(text))


# --- The schema by which editors complete and check it --------------------------------


def test_the_schema_of_the_repository_is_the_models():
    """`make schema` was run after the models were last changed."""
    path = ROOT / "plugins/newsroom/ledger.schema.json"
    assert json.loads(path.read_text("utf-8")) == Ledger.model_json_schema()


def as_json(text):
    """Return TOML as an editor's JSON Schema sees it: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def test_the_schema_accepts_what_a_build_accepts():
    """The owner's ledgers, and the one above, are as the schema says."""
    owners = [*(ROOT / "content/articles").rglob("ledger.toml")]
    assert owners
    for text in (LEDGER, *(path.read_text("utf-8") for path in owners)):
        jsonschema.validate(as_json(text), Ledger.model_json_schema())


@pytest.mark.parametrize(
    "fault",
    [
        "unknown table",
        "unknown key of evidence",
        "missing key of a source",
        "unknown verdict",
        "unknown stance",
        "no web address",
        "no id of a claim",
        "no id of a source",
    ],
)
def test_the_schema_refuses_what_a_build_refuses(fault):
    """An editor marks a mistake before the build does."""
    old, new, *_ = MISTAKES[fault]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(replaced(old, new)), Ledger.model_json_schema())


def test_the_scale_is_the_published_one():
    """Verdicts are the five words of the scale, each with its meaning."""
    assert [str(verdict) for verdict in Verdict] == [
        "corroborated",
        "attributed",
        "disputed",
        "unproven",
        "inaccurate",
    ]
    assert all(verdict.definition.endswith(".") for verdict in Verdict)


@pytest.mark.parametrize("text", ["", LEDGER])
def test_a_ledger_is_kept_as_it_was_read(text):
    """What is written for the next build is, read again, the same in every value."""
    ledger, _ = read(text)
    assert pickle.loads(pickle.dumps(ledger)) == ledger
    shown = ledger.without_dangling()
    assert pickle.loads(pickle.dumps(shown)) == shown
