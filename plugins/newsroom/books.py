"""The books of a build: each text that was read is published, held back or refused."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from newsroom.problems import Problem, report, shown


@dataclass(frozen=True)
class Books:
    """How many texts were read, and what became of them."""

    read: int
    published: int
    drafts: int
    scheduled: int
    refused: int

    def __str__(self) -> str:
        """Say it in a line."""
        texts = "text" if self.read == 1 else "texts"
        return (
            f"Read {self.read} {texts}: {self.published} published, {self.drafts} in "
            f"draft, {self.scheduled} scheduled, {self.refused} refused"
        )


def balance(
    texts: Iterable[str],
    contents: Iterable[Any],
    written: Iterable[str],
    problems: Iterable[Problem],
) -> Books:
    """Count what became of each text; report one that nothing became of.

    `contents` are Pelican's, `written` has the paths of the texts that a page was made
    of.
    """
    by_path = {content.source_path: content for content in contents}
    pages = set(written)
    texts = set(texts)
    faulty = _faulty(texts, problems)
    count = dict.fromkeys(("published", "draft", "scheduled", "refused"), 0)
    for text in sorted(texts):
        content = by_path.pop(text, None)
        if text in faulty:
            count["refused"] += 1
        elif content is not None and content.status == "draft":
            count["scheduled" if content.scheduled else "draft"] += 1
        elif text in pages:
            count["published"] += 1
        else:
            report(text, 0, "was read, and is neither published nor held back")
    for path in sorted(by_path):
        report(path, 0, "is published, and is no text of content/")
    return Books(
        sum(count.values()),
        count["published"],
        count["draft"],
        count["scheduled"],
        count["refused"],
    )


def _faulty(texts: Iterable[str], problems: Iterable[Problem]) -> set[str]:
    """Return the texts that a problem is in, or in a file beside them."""
    places = {problem.path for problem in problems}
    if not places:
        return set()
    by_place = {shown(text): text for text in texts}
    folders = {posixpath.dirname(place) for place in places - by_place.keys()}
    return {
        text
        for place, text in by_place.items()
        if place in places or posixpath.dirname(place) in folders
    }
