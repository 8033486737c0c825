"""A story, and a page: what lists show of it, and the rest, which is fetched for it.

A story is its record, which lists are made of, and its body, which stays on the disk
until somebody reads it.
"""

import posixpath
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from html import unescape
from operator import attrgetter
from typing import Any
from urllib.parse import unquote, urlparse

from pelican.contents import Article, Content
from pelican.contents import Page as PelicanPage

from newsroom import trace
from newsroom.digest import KNOWING, digest

# What lists may show of a story; all else is its body.
SHOWN = frozenset(
    {
        "title",
        "summary",
        "slug",
        "date",
        "modified",
        "status",
        "scheduled",
        "category",
        "author",
        "authors",
        "tags",
        "kind",
        "dateline",
        "image",
        "alt",
        "credit",
        "template",
        "lang",
        "in_default_lang",
        "source_path",
        "relative_source_path",
        "translations",
        "override_url",
        "override_save_as",
        "badge",
        "counts",
        "corrections",
        "speakers",
        "has_timeline",
        "map",
        "discussion",
        "redirect_from",
        "lead_picture",
        "pictures",
        "borrowed",
        "terms",
    }
)


def _as_shown(name: str) -> property:
    """Give back what Pelican computes from what a story does not keep."""
    return property(lambda story: vars(story)[name])


class Story(Article):  # type: ignore[misc] # Pelican ships no types
    """A story that knows what lists show, and fetches the rest when it is asked.

    What it is `shown` by becomes its own.
    """

    def __init__(
        self,
        shown: dict[str, Any],
        settings: dict[str, Any],
        context: dict[str, Any],
        fetch: Callable[["Story"], dict[str, Any]],
    ) -> None:
        shown.update(settings=settings, _context=context, _fetch=fetch, arranged={})
        object.__setattr__(self, "__dict__", shown)  # no copy: of thousands

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep what the site makes of a story, as its neighbours, by itself."""
        kept: dict[str, Any] = self.__dict__
        (kept if name in kept else kept["arranged"])[name] = value

    def __getattr__(self, name: str) -> Any:
        """Return what no list shows, and take note that somebody read it."""
        if name.startswith("__") or "arranged" not in vars(self):
            raise AttributeError(name)
        if name == "metadata":
            return {}
        trace.read_body(self.relative_source_path)
        if name in self.arranged:
            return self.arranged[name]
        body = self._fetch(self)
        if name not in body:
            raise AttributeError(name)
        return body[name]

    summary = _as_shown("summary")
    status = _as_shown("status")
    # Of another name, so Python finds them itself: every list asks for them.
    url = property(attrgetter("override_url"))
    save_as = property(attrgetter("override_save_as"))

    def get_content(self, siteurl: str) -> str:
        """Return the text as HTML whose links begin at `siteurl`."""
        text: str = self._content
        return text if "{" not in text else str(self._update_content(text, siteurl))

    @property
    def content(self) -> str:
        """The text as HTML, its links as the page that is being written needs them."""
        return self.get_content(self.get_siteurl())


KNOWING.add(Story)


class Page(PelicanPage):  # type: ignore[misc] # Pelican ships no types
    """A page whose text is read under the same eyes as a story's."""

    # Nothing but its text is read past what lists show.
    arranged: dict[str, Any] = {}  # noqa: RUF012 - never changed

    @property
    def content(self) -> str:
        """The text as HTML, its links as the page that is being written needs them."""
        trace.read_body(self.relative_source_path)
        text: str = super().content
        return text

    @property
    def links(self) -> list[str]:
        """The files that its text links to, as paths below the content."""
        return linked(self)

    @property
    def body_digest(self) -> bytes:
        """The digest of its text as it was written."""
        return digest(self._content)


def linked(content: Content) -> list[str]:
    """Return what a text may link to, as paths below the content: all Pelican tries."""
    folder = posixpath.dirname(content.relative_source_path)
    pattern = _intrasite(content.settings["INTRASITE_LINK_REGEX"])
    found = set()
    for link in pattern.finditer(content._content):
        with suppress(ValueError):  # then Pelican links it to nothing
            for value in {link["value"], unescape(link["value"])}:
                path = urlparse(value).path
                found |= {path, unquote(path)}
    return sorted(
        posixpath.normpath(posixpath.join("/", folder, path))[1:] for path in found
    )


@cache
def _intrasite(marks: str) -> re.Pattern[str]:
    """Return the pattern of links with these marks, in quotes, wherever they stand."""
    return re.compile(rf"""(?P<quote>["'])(?={marks}(?P<value>.*?)(?P=quote))""")
