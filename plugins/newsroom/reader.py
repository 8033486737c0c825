"""Reads a story's or a page's Markdown file into what Pelican makes content of."""

import os
import re
from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, cast
from zlib import crc32

from markdown import Markdown
from pelican.contents import Author, Category, Content, Tag
from pelican.plugins import signals
from pelican.readers import BaseReader, Readers
from pelican.utils import set_date_tzinfo

from newsroom import clock, comments, evidence, maps, shortcuts, timeline
from newsroom.addresses import address
from newsroom.badge import Story
from newsroom.claims import (
    ClaimMarks,
    missing,
    no_words,
    without_links,
    wordless,
    words,
)
from newsroom.header import Header, parse
from newsroom.ledger import Ledger
from newsroom.limits import excesses
from newsroom.paragraphs import ParagraphIds
from newsroom.pictures import Gallery, Pictures
from newsroom.problems import report, report_all
from newsroom.related import terms
from newsroom.schema import SLUG, AnyHeader, PageHeader, StoryHeader, validate
from newsroom.signature import files_beside, signature, signed
from newsroom.text_file import text_if_any

# Good enough for a text that is not converted.
CLAIM = re.compile(r"\]\(claim:([a-z0-9-]+)\)")
# Made from other values, or left out, where a header does not have them.
MADE_BY_PELICAN = {"slug", "modified"}

# Read in the place of an empty file, so that nothing else is said of it.
EMPTY_PAGE = "Title: An empty file\nSummary: Nothing.\n"
EMPTY_STORY = f"Date: 2026-11-22\nCategory: World\nAuthor: Nobody\n{EMPTY_PAGE}"

Metadata = dict[str, Any]


class NewsroomReader(BaseReader):  # type: ignore[misc] # Pelican ships no types
    """Reads `*.md`: the header against its schema, the ledger, then the Markdown."""

    file_extensions = ("md",)

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.markdown = Markdown(**settings["MARKDOWN"])
        shortcuts.take(self.markdown)
        self.claims = cast(ClaimMarks, self.markdown.treeprocessors["claims"])
        self.paragraphs = cast(ParagraphIds, self.markdown.treeprocessors["paragraphs"])
        self.pictures = cast(Pictures, self.markdown.treeprocessors["pictures"])
        folders = (Path(settings["PATH"], name) for name in settings["PAGE_PATHS"])
        self.pages = tuple(f"{folder}/" for folder in folders)
        self.page = address(evidence.PAGE, relative=settings["RELATIVE_URLS"])
        # Each works out its slug, which is in addresses of stories, when it is asked.
        self.topic = cache(lambda kind, name: kind(name, settings))

    def read(self, source_path: str) -> tuple[str, Metadata]:
        """Return the body as HTML and the header as Pelican's metadata."""
        path = Path(source_path)
        is_page = source_path.startswith(self.pages)
        header = self._header(path, stand_in=EMPTY_PAGE if is_page else EMPTY_STORY)
        report_all(path, header.mistakes)
        html, metadata = (self._page if is_page else self._story)(path, header)
        return html, {
            key: value
            for key, value in metadata.items()
            if value or key not in MADE_BY_PELICAN
        }

    def _header(self, path: Path, *, stand_in: str) -> Header:
        """Return the file as it was parsed, or `stand_in` where it says nothing."""
        text = text_if_any(path)
        header = parse(text or "")
        if header.body.strip():
            return header
        if header.fields or header.mistakes:
            report(
                path,
                header.body_line - 2,
                "nothing follows the header; the story stands below it, after an "
                "empty line",
            )
            return header
        if text is not None:
            report(path, 0, "the file is empty")
        return parse(f"Slug: {_nobodys_slug(path)}\n{stand_in}")

    def _page(self, path: Path, header: Header) -> tuple[str, Metadata]:
        page = _validated(path, header, PageHeader)
        if not page.slug and not SLUG.fullmatch(path.stem):
            report(
                path,
                0,
                "its name cannot be an address; use small letters, digits and single "
                "hyphens, or give it a Slug",
            )
        gallery = Gallery(path, self.settings, has_folder=False)
        html, _marks = self._html(path, header, None, gallery)
        return html, page.model_dump() | {
            "slug": _slug(path, header, page) or path.stem,
            "pictures": frozenset(gallery.shown),
            "borrowed": gallery.borrowed,
        }

    def _story(self, path: Path, header: Header) -> tuple[str, Metadata]:
        story = _validated(path, header, StoryHeader)
        zone = self.settings["TIMEZONE"]
        byline = tuple(story.authors or story.author or ())
        found = evidence.beside(path)
        if not header.body.strip():  # in which nothing can be marked
            found = replace(found, ledger=None)
        today = clock.today(zone, until=_holds_until(found.ledger))
        gallery = Gallery(path, self.settings, has_folder=True)
        html, marks = self._html(path, header, found.ledger, gallery)
        standfirst, marks_above = without_links(story.summary)
        faults = [missing(name, found.ledger, path) for name in marks_above]
        faults += map(no_words, wordless(story.summary))
        for message in filter(None, faults):
            report(path, header.fields["summary"].line, message)
        badge = evidence.judged(
            found,
            Story(
                story.kind,
                byline,
                frozenset([*marks, *marks_above]),
                (self.settings["SITENAME"], *self.settings["DESKS"]),
            ),
            text=lambda: signature(*signed(story, header.body, files_beside(path))),
            words=lambda: "\n".join([story.title, standfirst, words(html)]),
            today=today,
        )
        events = timeline.beside(path, found.ledger, today)
        date = set_date_tzinfo(story.date, zone)
        return html, story.model_dump(exclude={"author", "comments"}) | {
            "slug": _slug(path, header, story),
            "summary": standfirst,
            "date": date,
            "modified": story.modified and set_date_tzinfo(story.modified, zone),
            "category": self.topic(Category, story.category),
            "authors": [self.topic(Author, name) for name in byline],
            "tags": [self.topic(Tag, name) for name in story.tags],
            "ledger": found.ledger and found.ledger.without_dangling(),
            "counts": found.ledger and found.ledger.counts(),
            "corrections": found.ledger.corrections if found.ledger else [],
            "badge": badge,
            "map": maps.beside(path, self.settings),
            "speakers": found.ledger.speakers() if found.ledger else [],
            "timeline": events,
            "has_timeline": events is not None,
            "paragraphs": self.paragraphs.openings,
            "marks": marks,
            "marks_above": marks_above,
            "lead_picture": story.image
            and gallery.lead(story.image, header.fields["image"].line),
            "pictures": frozenset(gallery.shown),
            "borrowed": gallery.borrowed,
            "terms": " ".join(terms(story.title, standfirst, *story.tags)),
            "discussion": comments.beside(
                path,
                self.settings,
                closes=comments.last_day(date, self.settings),
                is_closed=story.comments == "closed",
                words=f"{html}{found.text}",
            ),
        }

    def _html(
        self, path: Path, header: Header, ledger: Ledger | None, gallery: Gallery
    ) -> tuple[str, list[str]]:
        """Return the body as HTML, and the claims it marks in their order."""
        self.markdown.reset()
        self.markdown.source = path, header  # type: ignore[attr-defined]
        self.claims.begin(ledger, self.page)
        self.pictures.gallery = gallery
        self.paragraphs.openings = {}  # which a body of nothing leaves as they are
        if excess := list(excesses(header.body)):
            report_all(path, [(header.line_at(place), what) for place, what in excess])
            return f"<p>{escape(header.body)}</p>", CLAIM.findall(header.body)
        html = self.markdown.convert(header.body)
        return html, list(self.claims.numbers)


def _holds_until(ledger: Ledger | None) -> date:
    """Return the last day on which the check of a story is as good as today."""
    return (ledger and ledger.check.review_by) or date.max


def _validated(path: Path, header: Header, model: type[AnyHeader]) -> AnyHeader:
    """Return the header's values; report every mistake."""
    values, mistakes = validate(header, model)
    report_all(path, mistakes)
    return values


def _slug(path: Path, header: Header, values: PageHeader | StoryHeader) -> str | None:
    """Return the Slug, if any; one of no other file where its mistake hides it.

    So two headlines that are both missing are not said to have one address.
    """
    title = header.fields.get("title")
    hidden = title is None or title.value.strip() != values.title
    if values.slug is None and (hidden or "slug" in header.fields):
        return _nobodys_slug(path)
    return values.slug


def _nobodys_slug(path: Path) -> str:
    return f"unread-{crc32(os.fsencode(path)):08x}"


def _complete(content: Content) -> None:
    """Let templates ask for what a header may leave out."""
    content.modified = getattr(content, "modified", None)


def _use_alone(readers: Readers) -> None:
    """Read Markdown; every other file is a story's attachment, whatever its ending."""
    readers.reader_classes = {"static": BaseReader, "md": NewsroomReader}


def register() -> None:
    """Put our reader in the place of all of Pelican's."""
    signals.readers_init.connect(_use_alone)
    signals.content_object_init.connect(_complete)
