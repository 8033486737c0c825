"""The books of a build: each text that was read is published, held back or refused."""

import os
from collections.abc import Iterable, Mapping
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
        return (
            f"Read {self.read} texts: {self.published} published, "
            f"{self.drafts} drafts, {self.scheduled} scheduled, {self.refused} refused"
        )


def balance(
    texts: Iterable[str],
    contents: Mapping[str, Any],
    written: Iterable[str],
    problems: Iterable[Problem],
) -> Books:
    """Count what became of each text; report one that nothing became of.

    `contents` are Pelican's by path below content/, `written` has the paths of the
    texts that a page was made of.
    """
    by_path = {content.source_path: content for content in contents.values() if content}
    pages = set(written)
    texts = set(texts)
    faulty = _faulty({shown(text) for text in texts}, problems)
    count = dict.fromkeys(("published", "draft", "scheduled", "refused"), 0)
    for text in sorted(texts):
        content = by_path.pop(text, None)
        if shown(text) in faulty:
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


def _faulty(texts: set[str], problems: Iterable[Problem]) -> set[str]:
    """Return the texts that a problem is in, or in a file beside them."""
    places = {problem.path for problem in problems}
    folders = {os.path.dirname(place) for place in places - texts}  # noqa: PTH120
    beside = {text for text in texts if os.path.dirname(text) in folders}  # noqa: PTH120
    return texts & places | beside
