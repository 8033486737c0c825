"""Reads a story's or a page's Markdown file into what Pelican makes content of."""

import re
from pathlib import Path
from typing import Any

from markdown import Markdown
from pelican.contents import Author, Category, Content, Tag
from pelican.plugins import signals
from pelican.readers import BaseReader, Readers
from pelican.utils import set_date_tzinfo

from newsroom.header import Header, parse
from newsroom.problems import report
from newsroom.schema import SLUG, PageHeader, StoryHeader, validate

CONTROL_CHARACTER = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\U0010ffff]")

# Made from other values, or left out, where a header does not have them.
MADE_BY_PELICAN = {"slug", "modified"}

# Read in the place of an empty file, so that nothing else is said of it.
EMPTY_PAGE = "Title: An empty file\nSummary: Nothing.\n\nNothing.\n"
EMPTY_STORY = f"Date: 2026-11-22\nCategory: World\nAuthor: Nobody\n{EMPTY_PAGE}"

Metadata = dict[str, Any]


class NewsroomReader(BaseReader):  # type: ignore[misc] # Pelican ships no types
    """Reads `*.md`: a header held against its schema, then Markdown."""

    file_extensions = ("md",)

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.markdown = Markdown(**settings["MARKDOWN"])

    def read(self, source_path: str) -> tuple[str, Metadata]:
        """Return the body as HTML and the header as Pelican's metadata."""
        path = Path(source_path)
        header = parse(_text(path))
        if not (header.fields or header.mistakes or header.body.strip()):
            report(path, 0, "the file is empty")
            header = parse(EMPTY_PAGE if self._is_page(path) else EMPTY_STORY)
        for line, message in header.mistakes:
            report(path, line, message)
        if not header.body.strip():
            report(
                path,
                header.body_line - 2,
                "nothing follows the header; the story stands below it, after an "
                "empty line",
            )
        read = self._page if self._is_page(path) else self._story
        metadata = read(path, header)
        self.markdown.reset()
        self.markdown.source = path, header  # type: ignore[attr-defined]
        html = self.markdown.convert(header.body)
        return html, {
            key: value
            for key, value in metadata.items()
            if value or key not in MADE_BY_PELICAN
        }

    def _is_page(self, path: Path) -> bool:
        folders = [
            Path(self.settings["PATH"], name) for name in self.settings["PAGE_PATHS"]
        ]
        return any(path.is_relative_to(folder) for folder in folders)

    def _page(self, path: Path, header: Header) -> Metadata:
        page, mistakes = validate(header, PageHeader)
        for line, message in mistakes:
            report(path, line, message)
        if not page.slug and not SLUG.fullmatch(path.stem):
            report(
                path,
                0,
                "its name cannot be an address; use small letters, digits and single "
                "hyphens, or give it a Slug",
            )
        return page.model_dump() | {"slug": page.slug or path.stem}

    def _story(self, path: Path, header: Header) -> Metadata:
        story, mistakes = validate(header, StoryHeader)
        for line, message in mistakes:
            report(path, line, message)
        byline = story.authors or story.author or []
        zone = self.settings["TIMEZONE"]
        return story.model_dump(exclude={"author"}) | {
            "date": set_date_tzinfo(story.date, zone),
            "modified": story.modified and set_date_tzinfo(story.modified, zone),
            "category": Category(story.category, self.settings),
            "authors": [Author(name, self.settings) for name in byline],
            "tags": [Tag(name, self.settings) for name in story.tags],
        }


def _text(path: Path) -> str:
    """Return the file's text, whatever is wrong with its bytes, and say what is."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report(
            path, line, f"byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        )
        text = data.decode("utf-8", "replace")
    if found := CONTROL_CHARACTER.search(text):
        line = text.count("\n", 0, found.start()) + 1
        report(path, line, f"control character U+{ord(found[0]):04X}; delete it")
        text = CONTROL_CHARACTER.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
