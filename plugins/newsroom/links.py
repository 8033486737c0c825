"""Checks that every internal link, fragment and asset of the built site leads there."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from newsroom.addresses import INDEX
from newsroom.problems import report

LINKING = frozenset({"href", "src", "poster", "action", "formaction", "cite", "data"})


@dataclass(frozen=True)
class Page:
    """One built HTML file."""

    path: Path

    @cached_property
    def tree(self) -> HtmlElement:
        """Its elements."""
        return document_fromstring(self.path.read_bytes(), HTMLParser(encoding="utf-8"))

    @cached_property
    def ids(self) -> frozenset[str]:
        """Where a fragment can lead to."""
        return frozenset(self.tree.xpath("//@id | //a/@name"))

    def links(self, site: str) -> Iterator[str]:
        """Every address in an attribute: of links and assets, and any on `site`."""
        for element in self.tree.iter(etree.Element):
            for name, value in element.items():
                if name in LINKING or value.startswith(f"{site}/"):
                    yield value
                elif name == "srcset":
                    yield from (choice.split()[0] for choice in value.split(","))


def check(output: Path, site: str, sources: dict[Path, str]) -> None:
    """Report each link of the HTML below `output` that leads nowhere.

    `site` is the address of the root; `sources` has the Markdown file of a page. What
    the theme repeats on every page is reported once.
    """
    pages = {path: Page(path) for path in sorted(output.rglob("*.html"))}
    of_theme: dict[str, Path] = {}
    for page in pages.values():
        for link in dict.fromkeys(page.links(site)):
            message = _fault(link, page, pages, output, site)
            if not message:
                continue
            source = sources.get(page.path)
            line = _line(source, link) if source else 0
            if source and line:
                report(source, line, message)
            else:
                of_theme.setdefault(message, page.path.relative_to(output))
    for message, path in of_theme.items():
        report("", 0, f"page {path.as_posix()}: {message}")


def _fault(
    link: str, page: Page, pages: dict[Path, Page], output: Path, site: str
) -> str:
    """Say what is wrong with `link` on `page`, or nothing."""
    parts = urlsplit(link)
    if link == site or link.startswith((f"{site}/", f"{site}#")):
        start, path = output, parts.path.removeprefix(urlsplit(site).path).lstrip("/")
    elif parts.scheme or parts.netloc:
        return ""
    elif parts.path.startswith("/"):
        return (
            f'link to "{link}" begins at the host\'s root, where this site need not '
            "be; name the file instead: {filename}/pages/about.md"
        )
    else:
        start, path = page.path.parent, parts.path
    target = (
        Path(start, unquote(path)).resolve() if path or start == output else page.path
    )
    if target.is_dir():
        target /= INDEX
    if not target.is_file() or not target.is_relative_to(output):
        return f'link to "{link}" leads nowhere{_why(link)}'
    fragment = unquote(parts.fragment)
    if fragment and target in pages and fragment not in pages[target].ids:
        return f'link to "{link}": nothing there has the id "{fragment}"'
    return ""


def _why(link: str) -> str:
    if link.startswith("{"):
        return (
            "; the path after } counts from this file's folder, or with / from content/"
        )
    if "drafts/" in link:
        return ": that story is a draft or dated in the future"
    return ""


def _line(source: str, link: str) -> int:
    """Return the line of `source` that holds `link`, as typed or as it can be told."""
    text = Path(source).read_text("utf-8", "replace")
    parts = urlsplit(link)
    name = Path(parts.path).name
    slug = Path(parts.path).parent.name if name == INDEX else name
    for needle in (link, unquote(link), f"#{parts.fragment}", slug):
        if len(needle) > 1 and needle in text:
            return text.count("\n", 0, text.index(needle)) + 1
    return 0
