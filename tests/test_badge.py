"""The promise: "Fact checked" is earned by every proof, and falls with any one."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from newsroom.badge import State, Story, judge, lacking
from newsroom.ledger import (
    Check,
    Claim,
    Correction,
    Evidence,
    Kind,
    Ledger,
    Source,
    Stance,
    Verdict,
    Withdrawal,
)
from newsroom.signature import signature

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
URL = "https://example.org/"

SOURCES = {
    "gazette": {"kind": "press", "origin": "Gazette", "url": f"{URL}gazette"},
    "herald": {"kind": "press", "origin": "Herald", "url": f"{URL}herald?a=1"},
    "act": {"kind": "primary", "origin": "Parliament"},
}
CLAIMS = {
    "two-origins": ("corroborated", ("supports", "gazette"), ("supports", "herald")),
    "one-primary": ("corroborated", ("supports", "act")),
    "said": ("attributed", ("supports", "gazette")),
    "split": ("disputed", ("supports", "gazette"), ("contradicts", "herald")),
    "unfound": ("unproven", ("qualifies", "herald")),
    "wrong": ("inaccurate", ("contradicts", "act")),
}
CORRECTION = {"on": TODAY, "was": "Two boats.", "now": "Three.", "why": "Miscounted."}


def source(**values):
    """Return a source's table, whole but for what is told of it."""
    return {"publisher": "P", "title": "T", "url": URL, "accessed": TODAY} | values


def line(stance, name):
    """Return a line of evidence."""
    return {"source": name, "stance": stance, "says": "So it says."}


def claim(name, verdict, *evidence):
    """Return a claim's table, whole."""
    return {
        "id": name,
        "claim": "Something is so.",
        "verdict": verdict,
        "note": "Because of this; but that.",
        "evidence": [line(*pair) for pair in evidence],
    }


@dataclass
class Case:
    """A story and its ledger as plain values, which earn the badge until spoilt."""

    story: dict = field(
        default_factory=lambda: {
            "kind": "news",
            "authors": ("A Reporter", "Zoë Ångström"),
            "marks": {*CLAIMS},
        }
    )
    words: dict = field(
        default_factory=lambda: {
            "headline": "Three boats are late",
            "standfirst": "A day in the harbour.",
            "body": "The first was late.\n\nSo were the others.",
        }
    )
    sources: dict = field(
        default_factory=lambda: {k: source(**v) for k, v in SOURCES.items()}
    )
    claims: dict = field(
        default_factory=lambda: {name: claim(name, *v) for name, v in CLAIMS.items()}
    )
    check: dict = field(
        default_factory=lambda: {
            "by": "A Checker",
            "on": TODAY,
            "review_by": TODAY,
            "scope": "All that is listed; nothing else.",
        }
    )
    more: dict = field(default_factory=dict)
    has_ledger: bool = True

    def __post_init__(self):
        """Sign the text as it is now."""
        self.check["text"] = signature(**self.words)

    def badge(self):
        """Return what the evidence earns."""
        tables = {
            "sources": self.sources,
            "claims": [*self.claims.values()],
            "check": self.check,
        }
        ledger = Ledger.model_validate(tables | self.more) if self.has_ledger else None
        story = Story(**self.story | {"marks": frozenset(self.story["marks"])})
        return judge(story, ledger, signature(**self.words), TODAY)


# What is done to a case that earns the badge; the state it falls to; what it is told.
FALLS = {
    "no scope": (lambda it: it.check.update(scope=""), "no scope"),
    "blank scope": (lambda it: it.check.update(scope=" \n"), "no scope"),
    "no checker": (lambda it: it.check.update(by=""), "nobody has checked"),
    "blank checker": (lambda it: it.check.update(by="  "), "nobody has checked"),
    "checker = author": (
        lambda it: it.check.update(by="A Reporter"),
        "checker, A Reporter, is its author",
    ),
    "checker = second author": (
        lambda it: it.check.update(by="Zoë Ångström"),
        "checker, Zoë Ångström, is its author",
    ),
    "checker = author by case": (
        lambda it: it.check.update(by="a REPORTER "),
        "is its author",
    ),
    "no check date": (lambda it: it.check.pop("on"), "check has no date"),
    "check date to come": (
        lambda it: it.check.update(on=TODAY + DAY),
        "dated 2026-11-23, which is still to come",
    ),
    "no review date": (
        lambda it: it.check.pop("review_by"),
        "no date to be reviewed by",
    ),
    "unsigned": (lambda it: it.check.update(text=""), "not signed"),
    "unused source": (
        lambda it: it.sources.update(spare=source(kind="press", origin="Spare")),
        'source "spare" is evidence of nothing',
    ),
    "unknown source": (
        lambda it: it.sources.pop("act"),
        'names a source "act" that is not listed',
    ),
    "no sources": (lambda it: it.sources.clear(), 'a source "gazette" that is not'),
    "duplicate id": (
        lambda it: it.claims["said"].update(id="split"),
        '2 claims are called "split"',
    ),
    "unmarked claim": (
        lambda it: it.story["marks"].discard("said"),
        'claim "said" is not marked',
    ),
    "unknown mark": (
        lambda it: it.story["marks"].add("siad"),
        'marks a claim "siad" that is not listed',
    ),
    "no claims": (
        lambda it: (it.claims.clear(), it.sources.clear(), it.story["marks"].clear()),
        "it has no claims",
    ),
    "no note": (lambda it: it.claims["said"].pop("note"), '"said" has no note'),
    "empty note": (
        lambda it: it.claims["said"].update(note=""),
        '"said" has no note',
    ),
    "blank note": (
        lambda it: it.claims["said"].update(note=" \n\t"),
        '"said" has no note',
    ),
    "no evidence": (
        lambda it: it.claims["said"]["evidence"].clear(),
        '"said" is called attributed, but has no evidence',
    ),
    "no evidence of what is unproven": (
        lambda it: it.claims["unfound"]["evidence"].clear(),
        '"unfound" is called unproven, but has no evidence',
    ),
    "one of two origins taken away": (
        lambda it: it.claims["two-origins"]["evidence"].pop(),
        '"two-origins" is called corroborated, but has neither support of two',
    ),
    "two papers, one wire": (
        lambda it: [it.sources[name].update(origin="Wire") for name in it.sources],
        '"two-origins" is called corroborated, but has neither support of two',
    ),
    "one wire, written in two ways": (
        lambda it: it.sources["herald"].update(origin="GAZETTE "),
        '"two-origins" is called corroborated, but has neither support of two',
    ),
    "one paper, cited twice": (
        lambda it: it.claims["two-origins"]["evidence"][1].update(source="gazette"),
        '"two-origins" is called corroborated, but has neither support of two',
    ),
    "the primary source is no longer one": (
        lambda it: it.sources["act"].update(kind="reference"),
        '"one-primary" is called corroborated, but has neither support of two',
    ),
    "supports turned to contradicts": (
        lambda it: it.claims["two-origins"]["evidence"][0].update(stance="contradicts"),
        '"two-origins" is called corroborated, but has neither support of two',
    ),
    "a primary source that only qualifies": (
        lambda it: it.claims["one-primary"]["evidence"][0].update(stance="qualifies"),
        '"one-primary" is called corroborated, but has neither support of two',
    ),
    "disputed with support alone": (
        lambda it: it.claims["split"]["evidence"].pop(),
        '"split" is called disputed, but its sources are all of one side',
    ),
    "disputed with doubt alone": (
        lambda it: it.claims["split"]["evidence"].pop(0),
        '"split" is called disputed, but its sources are all of one side',
    ),
    "inaccurate without a source against": (
        lambda it: it.claims["wrong"]["evidence"][0].update(stance="qualifies"),
        '"wrong" is called inaccurate, but no source contradicts it',
    ),
    "attributed without support": (
        lambda it: it.claims["said"]["evidence"][0].update(stance="contradicts"),
        '"said" is called attributed, but no source supports that it was said',
    ),
    "unproven with support": (
        lambda it: it.claims["unfound"]["evidence"][0].update(stance="supports"),
        '"unfound" is called unproven, but a source supports it',
    ),
}
FALLS_TO = {
    "opinion": (lambda it: it.story.update(kind="opinion"), State.NONE, None),
    "no ledger": (lambda it: setattr(it, "has_ledger", False), State.NONE, None),
    "body changed by one word": (
        lambda it: it.words.update(body="The first was early.\n\nSo were the others."),
        State.CHANGED,
        "not the one that was checked",
    ),
    "headline changed by one letter": (
        lambda it: it.words.update(headline="Three boat are late"),
        State.CHANGED,
        "not the one that was checked",
    ),
    "standfirst changed by a full stop": (
        lambda it: it.words.update(standfirst="A day in the harbour"),
        State.CHANGED,
        "not the one that was checked",
    ),
    "signed by hand": (
        lambda it: it.check.update(text="sha256:0"),
        State.CHANGED,
        "not the one that was checked",
    ),
    "expired yesterday": (
        lambda it: it.check.update(review_by=TODAY - DAY),
        State.EXPIRED,
        "reviewed by 2026-11-21",
    ),
    "withdrawn": (
        lambda it: it.more.update(withdrawn={"on": TODAY, "why": "It was wrong."}),
        State.WITHDRAWN,
        "It was wrong.",
    ),
}
KEEPS = {
    "nothing done": (lambda _: None, State.FACT_CHECKED),
    "a correction added": (
        lambda it: it.more.update(corrections=[CORRECTION]),
        State.CORRECTED,
    ),
    "the lines broken elsewhere": (
        lambda it: it.words.update(
            body="The first\nwas late.\n\n\nSo were the others."
        ),
        State.FACT_CHECKED,
    ),
    "declared to be about the headline": (
        lambda it: (
            it.story["marks"].discard("said"),
            it.claims["said"].update(about="the headline"),
        ),
        State.FACT_CHECKED,
    ),
    "disputed by a qualification": (
        lambda it: it.claims["split"]["evidence"][1].update(stance="qualifies"),
        State.FACT_CHECKED,
    ),
    "support for what is inaccurate": (
        lambda it: it.claims["wrong"]["evidence"].append(line("supports", "herald")),
        State.FACT_CHECKED,
    ),
    "doubt at what is corroborated": (
        lambda it: it.claims["two-origins"]["evidence"].append(
            line("contradicts", "act")
        ),
        State.FACT_CHECKED,
    ),
    "a fact-check": (
        lambda it: it.story.update(kind="fact-check"),
        State.FACT_CHECKED,
    ),
}


@pytest.mark.parametrize(("spoil", "reason"), FALLS.values(), ids=FALLS)
def test_each_proof_is_needed(spoil, reason):
    """A proof that is spoilt takes the badge, and a reason names it."""
    case = Case()
    spoil(case)
    badge = case.badge()
    assert badge.state is State.BEING_CHECKED
    assert any(reason in told for told in badge.reasons), badge.reasons


@pytest.mark.parametrize(("spoil", "state", "reason"), FALLS_TO.values(), ids=FALLS_TO)
def test_what_ends_a_check_has_a_state_of_its_own(spoil, state, reason):
    """Readers are told apart what changed, what grew old and what is withdrawn."""
    case = Case()
    spoil(case)
    badge = case.badge()
    assert badge.state is state
    assert not badge.state.earned
    if reason is None:
        assert badge.reasons == ()
    else:
        [told] = badge.reasons
        assert reason in told


@pytest.mark.parametrize(("change", "state"), KEEPS.values(), ids=KEEPS)
def test_what_is_no_proof_costs_nothing(change, state):
    """The badge is earned, without a reason, as long as every proof holds."""
    case = Case()
    change(case)
    badge = case.badge()
    assert (badge.state, badge.reasons) == (state, ())
    assert badge.state.earned


@pytest.mark.parametrize("spoilt", FALLS)
def test_a_correction_and_a_signature_heal_nothing(spoilt):
    """What lacks a proof is being checked, corrected or not, signed anew or not."""
    case = Case()
    FALLS[spoilt][0](case)
    case.more["corrections"] = [CORRECTION]
    if spoilt != "unsigned":
        case.__post_init__()
    assert not case.badge().state.earned


@pytest.mark.parametrize(
    "by", ["A  Reporter", "A\xa0Reporter", "Zoe\u0308 A\u030angstro\u0308m"]
)
def test_an_author_is_no_checker_however_the_name_is_typed(by):
    """Spaces look alike, and so do letters composed in two ways (Unicode, UAX #15)."""
    case = Case()
    case.check.update(by=by)
    assert not case.badge().state.earned


@pytest.mark.parametrize(
    "origin", ["Gazette.", "The Gazette", "the “GAZETTE”", "Ga-zette", "Gaz ette"]
)
def test_one_origin_is_one_however_it_is_typed(origin):
    """A sign, a space or an article makes no second origin."""
    case = Case()
    case.sources["herald"].update(origin=origin)
    [reason] = case.badge().reasons
    assert "neither support of two origins" in reason


@pytest.mark.parametrize(
    "url", ["gazette", "gazette/", "gazette#page=2", "gazette/?#a"]
)
@pytest.mark.parametrize("host", [URL, "http://EXAMPLE.org/"])
def test_what_is_at_one_address_is_one_source(host, url):
    """It is not two for being listed under two origins."""
    case = Case()
    case.sources["herald"].update(url=f"{host}{url}")
    [reason] = case.badge().reasons
    assert "neither support of two origins" in reason


@pytest.mark.parametrize("url", ["gazette/2", "Gazette", "gazette?a=2", ""])
def test_two_addresses_are_two(url):
    """The query, and large letters of a path, may be of another page."""
    case = Case()
    case.sources["herald"].update(url=f"{URL}{url}")
    assert case.badge().state is State.FACT_CHECKED


AUTHORS_AMONG = [
    ("Mia Reporter", "Tom Kay and Mia Reporter"),
    ("Mia Reporter", "Tom Kay & MIA REPORTER"),
    ("Mia Reporter", "Mia Reporter, Tom Kay"),
    ("Mia Reporter", "Tom Kay; Mia Reporter"),
    ("Mia Reporter", "Mia Reporter (desk)"),
    ("Mia Reporter", "Ms Mia Reporter, MA"),
    ("Mia Reporter", "Tom Kay und Mia Reporter"),
    ("Mia Reporter", "Mia Reporter."),
    ("Mia Reporter", "Mia-Reporter"),
    ("Mia Reporter", "Reporter, Mia"),
    ("Mia Reporter", "Reporter Mia"),
    ("Reporter, Mia", "Mia Reporter"),
    ("Mia Reporter and Tom Kay", "Tom Kay"),
    ("Mia & Tom Kay", "Tom Kay"),
    ("Mia", "Tom and Mia"),
]
OTHERS = [
    ("Mia Reporter", "Tom Reporter"),
    ("Mia Reporter", "Mia Kay and Tom Reporter"),
    ("Mia Reporter", "Mia Kay, Tom Reporter"),
    ("News desk", "News research desk"),
    ("Desk 1", "Desk 2"),
    ("Mia", "Mia Kay"),
    ("Mia", "Miami desk"),
    ("山田太郎", "山田花子"),
]


@pytest.mark.parametrize(("author", "by"), AUTHORS_AMONG)
def test_an_author_is_no_checker_in_whatever_company(author, by):
    """Names are compared by their words, in any order, each with each."""
    case = Case()
    case.story["authors"] = ("Zoë Ångström", author)
    case.check.update(by=by)
    assert case.badge().reasons == (f"its checker, {author}, is its author",)


@pytest.mark.parametrize(("author", "by"), OTHERS)
def test_a_checker_may_share_a_word_with_an_author(author, by):
    """Families and desks have one name, and are several."""
    case = Case()
    case.story["authors"] = ("Zoë Ångström", author)
    case.check.update(by=by)
    assert case.badge().state is State.FACT_CHECKED


def test_a_name_may_be_parted_by_a_comma_in_the_byline():
    """What was to be one name is two authors, and is no other checker."""
    case = Case()
    case.story["authors"] = ("Reporter", "Mia")
    case.check.update(by="Mia Reporter")
    assert not case.badge().state.earned


@pytest.mark.parametrize("by", ["-", "?", "…", "1", "Nobody", "no one", "none"])
def test_a_checker_has_a_name(by):
    """A sign that fills the line is nobody."""
    case = Case()
    case.check.update(by=by)
    assert case.badge().reasons == ("nobody has checked it",)


def test_every_reason_is_given_at_once():
    """Who is to complete a check is told of all that it lacks, once each."""
    case = Case()
    for name in ("no scope", "no check date", "unused source", "blank note"):
        FALLS[name][0](case)
    assert case.badge().reasons == (
        "the check has no scope: what was checked, and what was not",
        "the check has no date",
        'the source "spare" is evidence of nothing',
        'the claim "said" has no note that says why',
    )


def test_a_withdrawn_story_is_withdrawn_whatever_else():
    """No proof and no fault of the check outweighs that the newsroom took it back."""
    case = Case(check={})
    FALLS_TO["withdrawn"][0](case)
    assert case.badge().state is State.WITHDRAWN


def test_the_label_begins_as_a_line_does():
    """What is shown is the state's words; nothing is shown of no state."""
    assert State.CORRECTED.label == "Fact checked and corrected"
    assert State.NONE.label == ""
    assert [state for state in State if state.earned] == [
        State.FACT_CHECKED,
        State.CORRECTED,
    ]


# --- The same promise, by a second hand, for whatever ledger --------------------------

IDS = st.sampled_from(["a", "b", "c"])
DATES = st.sampled_from([TODAY - DAY, TODAY, TODAY + DAY])
TEXTS = ["", " ", "Words."]


def maybe(strategy):
    """Return what `strategy` does, or None."""
    return st.none() | strategy


SOURCE = st.sampled_from(
    [
        Source(**source(kind=kind, origin=origin, url=url))
        for kind, origin, url in product(
            [*Kind, "press", "wire"],
            ["Wire", "wire", "WIRE ", "The Wire.", "Paper", "Agency"],
            [f"{URL}a", f"{URL}b/", f"{URL}b#c", f"{URL}d"],
        )
    ]
)
LINE = st.sampled_from(
    [Evidence(**line(stance, name)) for stance, name in product(Stance, "abc")]
)
CHECK = st.builds(
    Check,
    by=st.sampled_from(["", " ", "A Checker", "A Reporter", "a reporter ", "B"]),
    on=maybe(DATES),
    review_by=maybe(DATES),
    scope=st.sampled_from(TEXTS),
    text=st.sampled_from(["", "hash", "other"]),
)


def ledgers(least):
    """Make ledgers of at least so many sources, claims, and lines to a claim."""
    claims = st.builds(
        Claim,
        id=IDS,
        claim=st.just("It is so."),
        verdict=st.sampled_from(Verdict),
        note=st.sampled_from([*TEXTS, "Because."]),
        about=maybe(st.just("the headline")),
        evidence=st.lists(LINE, min_size=least, max_size=4),
    )
    return st.builds(
        Ledger,
        sources=st.dictionaries(IDS, SOURCE, min_size=least),
        claims=st.lists(claims, min_size=least, max_size=4),
        check=CHECK,
        corrections=st.lists(st.just(Correction(**CORRECTION)), max_size=1),
        withdrawn=st.sampled_from([None] * 7 + [Withdrawal(on=TODAY, why="Wrong.")]),
    )


STORY = st.builds(
    Story,
    kind=st.sampled_from(["news", "analysis", "fact-check", "opinion"]),
    authors=st.sampled_from([("A Reporter",), ("B", "A REPORTER"), ("Nobody else",)]),
    marks=st.frozensets(IDS),
)
GOOD_CHECK = Check(by="A Checker", on=TODAY, review_by=TODAY, scope="All", text="hash")


LEDGER, FULL_LEDGER = ledgers(0), ledgers(2)
SPOILT_CHECK = {
    "by": ["", " ", "A Reporter", "a reporter ", "B"],
    "on": [None, TODAY + DAY],
    "review_by": [None, TODAY - DAY],
    "scope": TEXTS,
    "text": ["", "other"],
}
PARTS = ["kind", "marks", "claims", "sources", "withdrawn", *SPOILT_CHECK]


def in_order(story, ledger):
    """Return the two with whatever can be mended mended, and the rest left out."""
    sources = ledger.sources
    claims = {}
    for claim in ledger.claims:
        lines = [line for line in claim.evidence if line.source in sources]
        mended = claim.model_copy(update={"note": "Because.", "evidence": lines})
        fitting = [
            fit
            for verdict in (claim.verdict, *Verdict)
            if means(fit := mended.model_copy(update={"verdict": verdict}), sources)
        ]
        if lines and fitting:
            claims[claim.id] = fitting[0]
    used = {line.source for claim in claims.values() for line in claim.evidence}
    marks = {name for name, claim in claims.items() if not claim.about}
    return (
        Story("news", story.authors, frozenset(marks | ({*claims} & story.marks))),
        ledger.model_copy(
            update={
                "claims": [*claims.values()],
                "sources": {k: v for k, v in sources.items() if k in used},
                "check": GOOD_CHECK,
                "withdrawn": None,
            }
        ),
    )


@st.composite
def cases(draw):
    """Make a story with or without a ledger: at random, in order, or nearly so."""
    made = draw(st.sampled_from(["in order", "nearly", "at random"]))
    wild = draw(STORY), draw(LEDGER if made == "at random" else FULL_LEDGER)
    story, ledger = wild if made == "at random" else in_order(*wild)
    if made == "nearly":
        part = draw(st.sampled_from(PARTS))
        if part in Story.__dataclass_fields__:
            story = replace(story, **{part: getattr(wild[0], part)})
        elif part in Ledger.model_fields:
            ledger = ledger.model_copy(update={part: getattr(wild[1], part)})
        else:
            spoilt = {part: draw(st.sampled_from(SPOILT_CHECK[part]))}
            check = ledger.check.model_copy(update=spoilt)
            ledger = ledger.model_copy(update={"check": check})
    return story, draw(st.sampled_from([ledger] * 15 + [None])), "hash", TODAY


def means(claim, sources):
    """Restate the scale of DESIGN.md: whether the evidence is what the verdict says."""

    def that(stance):
        return [
            sources[line.source] for line in claim.evidence if line.stance == stance
        ]

    if claim.verdict == "corroborated":  # independent sources say so
        two = any(
            one.origin.lower().strip(". ").removeprefix("the ")
            != other.origin.lower().strip(". ").removeprefix("the ")
            and one.url[: len(URL) + 1] != other.url[: len(URL) + 1]
            for one, other in combinations(that("supports"), 2)
        )
        return two or any(source.kind == "primary" for source in that("supports"))
    if claim.verdict == "attributed":  # someone said it
        return that("supports") != []
    if claim.verdict == "disputed":  # sources conflict
        return that("supports") != [] and that("contradicts") + that("qualifies") != []
    if claim.verdict == "unproven":  # no evidence found
        return that("supports") == []
    return that("contradicts") != []  # inaccurate: evidence contradicts it


def restated(story, ledger, text, today):
    """Restate DESIGN.md, section 3: each thing that "Fact checked" needs all of."""
    if ledger is None or story.kind == "opinion":
        return {"a ledger, and no opinion": False}
    check, claims, sources = ledger.check, ledger.claims, ledger.sources
    names = [claim.id for claim in claims]
    uses = [line.source for claim in claims for line in claim.evidence]
    resolved = all(use in sources for use in uses)
    authors = [author.strip().lower() for author in story.authors]
    return {
        "not withdrawn": ledger.withdrawn is None,
        "scope": check.scope.strip() != "",
        "claims, each with an id of its own": 0 < len(names) == len(set(names)),
        "every claim with evidence": all(claim.evidence for claim in claims),
        "every claim with a note": all(claim.note.strip() for claim in claims),
        "every verdict as its definition says": resolved
        and all(means(claim, sources) for claim in claims),
        "every source used": all(name in uses for name in sources),
        "every use resolved": resolved,
        "a checker": check.by.strip() != "",
        "who is not an author": check.by.strip().lower() not in authors,
        "a check date": check.on is not None and check.on <= today,
        "a review date not passed": check.review_by is not None
        and today <= check.review_by,
        "the text's hash matching": check.text != "" and check.text == text,
        "every mark resolved": all(mark in names for mark in story.marks),
        "every claim marked or declared": all(
            claim.id in story.marks or claim.about is not None for claim in claims
        ),
    }


@settings(max_examples=600, deadline=None)
@given(cases())
def test_no_ledger_has_the_badge_without_every_proof(case):
    """For whatever story and ledger, the code and a naive restatement agree."""
    proofs = restated(*case)
    target(float(sum(proofs.values())))
    assert judge(*case).state.earned == all(proofs.values()), proofs


@settings(max_examples=150, deadline=None)
@given(cases())
def test_judging_changes_nothing_and_always_ends_alike(case):
    """The badge is a pure function: no clock, no memory, no argument touched."""
    before = deepcopy(case)
    assert judge(*case) == judge(*before) == judge(*deepcopy(case))
    assert case == before


@settings(max_examples=150, deadline=None)
@given(cases())
def test_what_is_not_earned_says_why(case):
    """Every state has a reason but the earned ones and the one that shows nothing."""
    badge = judge(*case)
    silent = badge.state.earned or badge.state is State.NONE
    assert bool(badge.reasons) == (not silent)


@settings(max_examples=150, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_no_earned_badge_outlives_a_proof(case, random):
    """From whatever ledger earned it, the badge falls with what each one needs."""
    story, ledger, text, today = case
    if not judge(*case).state.earned:
        return

    def falls(story=story, ledger=ledger, text=text, today=today):
        return not judge(story, ledger, text, today).state.earned

    for needed in ("by", "on", "review_by", "scope", "text"):
        less = {needed: Check.model_fields[needed].default}
        check = ledger.check.model_copy(update=less)
        assert falls(ledger=ledger.model_copy(update={"check": check})), needed
    victim = random.randrange(len(ledger.claims))
    for less in ({"note": ""}, {"evidence": []}, {"id": "nowhere"}):
        claims = list(ledger.claims)
        claims[victim] = claims[victim].model_copy(update=less)
        if less == {"id": "nowhere"} and claims[victim].about:
            continue  # it is marked nowhere, and needs to be nowhere
        assert falls(ledger=ledger.model_copy(update={"claims": claims})), less
    for name in ledger.sources:
        sources = {k: v for k, v in ledger.sources.items() if k != name}
        assert falls(ledger=ledger.model_copy(update={"sources": sources})), name
    assert falls(text=f"{text} ")
    assert falls(today=ledger.check.review_by + DAY)
    assert falls(story=replace(story, authors=(*story.authors, ledger.check.by)))
    assert falls(story=replace(story, kind="opinion"))
    assert falls(ledger=None)


def test_made_up_ledgers_earn_the_badge_and_miss_it():
    """The properties above are worth something: their cases are of both kinds."""
    outcomes = Counter()

    @settings(derandomize=True, max_examples=400, database=None, deadline=None)
    @given(cases())
    def look(case):
        outcomes[judge(*case).state] += 1

    look()
    earned = outcomes[State.FACT_CHECKED] + outcomes[State.CORRECTED]
    assert 100 < earned < 300, outcomes
    assert set(State) == set(outcomes), outcomes


@pytest.mark.parametrize("verdict", Verdict)
def test_a_use_that_is_not_resolved_is_no_evidence(verdict):
    """A source that nobody listed speaks neither for a claim nor against it."""
    lines = [line(stance, "nowhere") for stance in Stance]
    made = Claim(**claim("a", verdict) | {"evidence": lines})
    assert lacking(made, {}) == "has no evidence"
