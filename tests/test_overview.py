"""`make evidence`: how each story stands, what its badge lacks, what ends soon."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import SETTINGS
from pelican.settings import read_settings

from newsroom.badge import Badge, State
from newsroom.ledger import Check, Claim, Ledger
from newsroom.overview import Checked, checked, lines, stories
from newsroom.problems import Collector
from newsroom.signature import of_article

TODAY = date(2026, 11, 22)
ARTICLE = """\
Title: {name}
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: What happened.

The boat was [late](claim:late).
"""
LEDGER = """\
[check]
by = "A Checker"
on = 2026-11-20
review_by = {review_by}
scope = "All."
text = "{signature}"

[sources.log]
publisher = "The Harbour"
title = "Log"
url = "https://harbour.example/"
accessed = 2026-11-20
kind = "primary"
origin = "Harbour"

[[claims]]
id = "late"
claim = "The boat was late."
verdict = "corroborated"
note = "So the log says."
[[claims.evidence]]
source = "log"
stance = "supports"
says = "Late."
"""
CORRECTION = """
[[corrections]]
on = 2026-11-21
was = "Early."
now = "Late."
why = "Misread."
"""
WITHDRAWN = """
[withdrawn]
on = 2026-11-21
why = "There was no boat."
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Return a function that adds a story of a name, signed, on 22 November 2026.

    `change` is done to its ledger; if that is empty, there is none, and no mark.
    """
    moment = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))
    monkeypatch.chdir(tmp_path)

    def run(name, change=lambda text: text, review_by="2027-11-22"):
        article = tmp_path / f"content/articles/2026/{name}/article.md"
        article.parent.mkdir(parents=True)
        text = ARTICLE.format(name=name)
        signature, _ = of_article(text)
        ledger = change(LEDGER.format(review_by=review_by, signature=signature))
        if ledger:
            article.with_name("ledger.toml").write_text(ledger, "utf-8")
        else:
            text = text.replace("[late](claim:late)", "late")
        article.write_text(text, "utf-8")
        return article

    return run


@pytest.fixture
def overview(tmp_path):
    """Return a function that gives the lines for what is there, with no problem."""

    def run():
        settings = read_settings(SETTINGS, {"PATH": str(tmp_path / "content")})
        with Collector() as collector:
            found = checked(settings)
        assert collector.problems == []
        return [*lines(found, TODAY)]

    return run


STATES = {
    "fact checked, 1 claim": (lambda text: text, []),
    "fact checked and corrected, 1 claim": (lambda text: text + CORRECTION, []),
    "no badge": (lambda _: "", []),
    "withdrawn, 1 claim": (
        lambda text: text + WITHDRAWN,
        ["    There was no boat."],
    ),
    "check expired, 1 claim": (
        lambda text: text.replace("2027-11-22", "2026-11-21"),
        ["    the check was to be reviewed by 2026-11-21"],
    ),
    "changed since the check, 1 claim": (
        lambda text: text.replace("sha256:", "sha256:0"),
        ["    the text is not the one that was checked"],
    ),
    "being checked, 1 claim": (
        lambda text: text.replace('"All."', '""').replace(
            '"A Checker"', '"A Reporter"'
        ),
        [
            "    the check has no scope: what was checked, and what was not",
            "    its checker, A Reporter, is its author",
        ],
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_each_story_has_its_state_and_its_reasons(add, overview, state):
    """A line names the story by its folder, and what it lacks stands below."""
    change, reasons = STATES[state]
    add("boats", change)
    assert overview() == [f"boats: {state}", *reasons]


def test_all_stories_are_there_in_order(add, overview):
    """Those without a ledger and those in folders of folders are stories too."""
    add("zebra", lambda _: "")
    add("apple")
    add("mango/inside", lambda _: "")
    assert [line.partition(":")[0] for line in overview()] == [
        "apple",
        "inside",
        "zebra",
    ]


def test_a_site_without_stories_has_none(tmp_path, overview):
    """Nothing is printed of nothing, and a missing folder is no error."""
    (tmp_path / "content").mkdir()
    assert overview() == []
    (tmp_path / "content/articles").mkdir()
    assert overview() == []


def test_no_page_is_a_story(add, tmp_path):
    """Only what lies in the folders of stories counts."""
    article = add("boats")
    page = tmp_path / "content/pages/about.md"
    page.parent.mkdir()
    page.write_text("Title: About\nSummary: Us.\n\nUs.\n")
    settings = read_settings(SETTINGS, {"PATH": str(tmp_path / "content")})
    assert stories(settings) == [article]


@pytest.mark.parametrize(
    ("days", "soon"), [(-1, False), (0, True), (1, True), (60, True), (61, False)]
)
def test_what_ends_within_sixty_days_is_named(add, overview, days, soon):
    """From today to the sixtieth day; what has ended is said by its state."""
    day = TODAY + timedelta(days=days)
    add("boats", review_by=day)
    reminder = f"To be reviewed by {day}: boats"
    assert (reminder in overview()) == soon


def test_what_ends_first_is_named_first(add, overview):
    """Reminders come after all stories, by day and then by name."""
    add("a", review_by="2026-12-24")
    add("c", review_by="2026-12-01")
    add("b", review_by="2026-12-01")
    assert overview()[3:] == [
        "To be reviewed by 2026-12-01: b",
        "To be reviewed by 2026-12-01: c",
        "To be reviewed by 2026-12-24: a",
    ]


def test_a_story_that_shows_no_badge_is_not_to_be_reviewed(add, overview):
    """A check that a withdrawn story had needs nobody's review any more."""
    add("boats", lambda text: text + WITHDRAWN, review_by="2026-12-01")
    assert [line for line in overview() if "reviewed" in line] == []


@pytest.mark.parametrize(("count", "words"), [(1, "1 claim"), (2, "2 claims")])
def test_one_claim_is_one(count, words):
    """The count is said as people say it."""
    made = Claim(id="a", claim="A.", verdict="unproven")
    ledger = Ledger(claims=[made] * count, check=Check())
    story = Checked(Path("content/boats/article.md"), ledger, Badge(State.FACT_CHECKED))
    assert [*lines([story], TODAY)] == [f"boats: fact checked, {words}"]


def test_mistakes_are_reported_and_the_rest_is_shown(add, tmp_path):
    """A story that cannot be judged keeps no other from being judged."""
    add("boats")
    add("ferry", lambda text: text.replace("corroborated", "corroboratd"))
    settings = read_settings(SETTINGS, {"PATH": str(tmp_path / "content")})
    with Collector() as collector:
        found = checked(settings)
    assert [*lines(found, TODAY)] == [
        "boats: fact checked, 1 claim",
        "ferry: no badge",
    ]
    [problem] = collector.problems
    assert str(problem).startswith(
        'content/articles/2026/ferry/ledger.toml:19: verdict = "corroboratd" is none of'
    )
