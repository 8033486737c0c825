"""A story's evidence as a build meets it: read, held against the story, judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsroom import ledger_file
from newsroom.badge import Badge, Story, judge
from newsroom.ledger import Ledger
from newsroom.problems import report_all
from newsroom.text_file import text_if_there

# Where the ledger's own page is saved, below the story's.
PAGE = "ledger/index.html"


@dataclass(frozen=True)
class Evidence:
    """The ledger beside an article: its file, its text, what could be read of it."""

    path: Path
    text: str = ""
    ledger: Ledger | None = None


def beside(article: Path) -> Evidence:
    """Read the ledger beside `article`, if there is one, and report its mistakes."""
    path = article.with_name(ledger_file.NAME)
    text = text_if_there(path)
    if text is None:
        return Evidence(path)
    ledger, mistakes = ledger_file.read(text)
    report_all(path, mistakes)
    return Evidence(path, text, ledger)


def judged(
    evidence: Evidence,
    story: Story,
    *,
    text: Callable[[], str],
    words: Callable[[], str],
    today: date,
) -> Badge:
    """Report what does not fit the story, and return the badge that it earns.

    `text`, asked where there is a ledger, returns the hash of the story's text, and
    `words`, asked where a claim is a quotation, what it says.
    """
    if evidence.ledger is None:
        return judge(story, None, "", today)
    mistakes = ledger_file.against_story(
        evidence.text, evidence.ledger, story, words, today
    )
    report_all(evidence.path, mistakes)
    return judge(story, evidence.ledger, text(), today)
