"""`make evidence`: the state of every story, what its badge lacks, what ends soon."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pelican.utils import slugify

from newsroom import comment_file
from newsroom.badge import Badge
from newsroom.ledger import Ledger
from newsroom.reader import NewsroomReader
from newsroom.schema import StoryHeader

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Checked:
    """A story's file with what its evidence earned today."""

    article: Path
    ledger: Ledger | None
    badge: Badge


def stories(settings: dict[str, Any]) -> list[Path]:
    """Return the Markdown file of every story, in order."""
    content = Path(settings["PATH"])
    folders = [content / folder for folder in settings["ARTICLE_PATHS"]]
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*.md")
        if path.parent.name != comment_file.FOLDER
    )


def slug_of(header: StoryHeader, settings: dict[str, Any]) -> str:
    """Return the slug of a story: its header's, or what Pelican makes of its title."""
    slug: str = header.slug or slugify(
        header.title, settings["SLUG_REGEX_SUBSTITUTIONS"]
    )
    return slug


def checked(
    settings: dict[str, Any], articles: list[Path] | None = None
) -> list[Checked]:
    """Judge every story of the site, or those of these files."""
    reader = NewsroomReader(settings)
    found = []
    for article in stories(settings) if articles is None else articles:
        _html, metadata = reader.read(str(article))
        found.append(Checked(article, metadata["ledger"], metadata["badge"]))
    return found


def lines(found: list[Checked], today: date) -> Iterator[str]:
    """Say how each story stands, then which checks end in the next sixty days."""
    for story in found:
        state = story.badge.state or "no badge"
        yield f"{story.article.parent.name}: {state}{_of(story)}"
        yield from (f"    {reason}" for reason in story.badge.reasons)
    ending = sorted(
        (story.ledger.check.review_by, story.article.parent.name)
        for story in found
        if story.ledger
        and story.badge.state.complete
        and story.ledger.check.review_by
        and today <= story.ledger.check.review_by <= today + SOON
    )
    for day, name in ending:
        yield f"To be reviewed by {day}: {name}"


def _of(story: Checked) -> str:
    count = len(story.ledger.claims) if story.ledger else 0
    return f", {count} claim{'s' if count > 1 else ''}" if count else ""
