"""Checks that every internal link, fragment and asset of the built site leads there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import dirname, join, normpath
from types import MappingProxyType
from typing import cast
from urllib.parse import unquote, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from pelican.contents import Content

from newsroom.addresses import INDEX
from newsroom.problems import report, shown

# But for those of readers, who may link to what is not there: newsroom/comment_body.py.
LINKS = XPath(
    "//@href[not(../@rel='nofollow ugc noopener')] | //@src | //@poster | //@action"
    " | //@formaction | //@cite | //@data",
    smart_strings=False,
)
PARSER = HTMLParser(encoding="utf-8")
# Where a link leads to that is none of this site's.
ELSEWHERE = "//"
SETS = XPath("//@srcset", smart_strings=False)
CARDS = XPath("//meta/@content", smart_strings=False)
IDS = XPath("//@id | //a/@name", smart_strings=False)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
FROM_ROOT = (
    " begins at the host's root, where this site need not be; name the file instead: "
    "{filename}/pages/about.md"
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a link, and the file that it would lead to."""

    target: str
    sentence: str


@dataclass(frozen=True)
class Page:
    """One built HTML file; `name` is its place below the output, with slashes."""

    output: Path
    name: str

    @cached_property
    def folder(self) -> str:
        """What its relative links count from."""
        return dirname(self.name)

    @cached_property
    def _tree(self) -> HtmlElement:
        text = Path(self.output, self.name).read_bytes()
        return document_fromstring(text, PARSER)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Where a fragment can lead to."""
        return frozenset(_texts(IDS, self._tree))

    def links(self, site: str) -> set[str]:
        """Return the addresses of its links and assets and, on `site`, of its card."""
        choices = (
            choice for text in _texts(SETS, self._tree) for choice in text.split(",")
        )
        return {
            *_texts(LINKS, self._tree),
            *(address for choice in choices for address in choice.split()[:1]),
            *(
                text
                for text in _texts(CARDS, self._tree)
                if text.startswith(f"{site}/")
            ),
        }


@dataclass(frozen=True)
class Site:
    """What was built: the names of all files, the pages among them, and the address."""

    address: str
    files: frozenset[str]
    pages: dict[str, Page]
    moved: Mapping[str, str]

    def fault(self, link: str, page: Page) -> Fault | None:
        """Say what is wrong with `link` on `page`; nothing where it is not ours."""
        address, _, fragment = link.partition("#")
        target = self._target(address, page.folder) if address else page.name
        if target == ELSEWHERE:
            return None if _can_be(link) else Fault("", " is no address")
        if target.startswith("/"):
            return Fault(target, FROM_ROOT)
        if target not in self.files:
            return Fault(target, f" leads nowhere{_why(link)}")
        if target != page.name and (now := self.moved.get(target)):
            return Fault(target, f" is an old address; that page is now {now}")
        fragment = unquote(fragment)
        if fragment and target in self.pages and fragment not in self.pages[target].ids:
            return Fault(target, f': nothing there has the id "{fragment}"')
        return None

    def _target(self, address: str, folder: str) -> str:
        """Return the file an address leads to from `folder`, or that it is not ours."""
        key = folder, address
        if key not in self._targets:
            path = address.partition("?")[0]
            if path == self.address or path.startswith(f"{self.address}/"):
                path = path.removeprefix(self.address).lstrip("/")
            elif SCHEME.match(path):
                return ELSEWHERE
            elif path.startswith("/"):
                return path
            else:
                path = join(folder, path)
            self._targets[key] = self._file(normpath(unquote(path)))
        return self._targets[key]

    @cached_property
    def _targets(self) -> dict[tuple[str, str], str]:
        return {}

    def _file(self, path: str) -> str:
        """Return the file that a host shows for `path`: itself, or a folder's page."""
        index = normpath(join(path, INDEX))
        return index if path not in self.files and index in self.files else path


def check(
    output: Path,
    address: str,
    sources: Mapping[Path, str],
    held: Mapping[Path, str] = MappingProxyType({}),
    moved: Mapping[Path, Content] = MappingProxyType({}),
) -> None:
    """Report each link of the HTML below `output` that leads nowhere.

    `address` is that of the root; `sources` has the Markdown file of a page, and `held`
    that of a page which is not there because it is a draft; `moved` has the page that
    an old address leads on to. What leads to the same place is reported once: of the
    theme once for all pages.
    """
    names = sorted(
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file()
    )
    pages = {name: Page(output, name) for name in names if name.endswith(".html")}
    old = {
        path.relative_to(output).as_posix(): shown(content.source_path)
        for path, content in moved.items()
    }
    site = Site(address, frozenset(names), pages, old)
    of_theme: dict[Fault, str] = {}
    of_stories: set[Fault] = set()
    for page in pages.values():
        source = sources.get(output / page.name)
        for fault, link in _faults(site, page).items():
            draft = held.get(output / fault.target)
            typed = _typed(source, draft) if source and draft else link
            line = _line(source, typed) if source else 0
            if source and line:
                of_stories.add(fault)
                report(source, line, f'link to "{typed}"{fault.sentence}')
            else:
                message = f'page {page.name}: link to "{link}"{fault.sentence}'
                of_theme.setdefault(fault, message)
    for fault, message in of_theme.items():
        if fault not in of_stories:
            report("", 0, message)


def _faults(site: Site, page: Page) -> dict[Fault, str]:
    """Return what is wrong on `page`, each with the link that shows it best.

    As an author types a link, it is shorter than what is made of it.
    """
    found = {
        link: fault
        for link in page.links(site.address)
        if (fault := site.fault(link, page))
    }
    best: dict[Fault, str] = {}
    for link in sorted(found, key=lambda link: (len(link), link)):
        best.setdefault(found[link], link)
    return best


def _can_be(link: str) -> bool:
    try:
        urlsplit(link)
    except ValueError:
        return False
    return True


def _texts(query: XPath, tree: HtmlElement) -> list[str]:
    return cast(list[str], query(tree))


def _why(link: str) -> str:
    marker = re.match(r"\{(\w*)\}", link)
    if marker and marker[1] in {"filename", "static", "attach"}:
        return (
            "; the path after } counts from this file's folder, or with / from content/"
        )
    if marker:
        return "; it can begin with {filename}, {static} or {attach}"
    if "drafts/" in link:
        return ": that story is a draft or dated in the future"
    return ""


def _typed(source: str, held: str) -> str:
    """Return the link by which `source` names the file `held`."""
    text = Path(source).read_text("utf-8", "replace")
    for link in re.findall(r"\{filename\}[^\s)\"'>]+", text):
        if Path(held).as_posix().endswith(link.rpartition("}")[2].lstrip("./")):
            return str(link)
    return Path(held).name


def _line(source: str, link: str) -> int:
    """Return the line of `source` that holds `link`, as typed or as it can be told."""
    text = Path(source).read_text("utf-8", "replace")
    path, _, fragment = link.partition("#")
    name = PurePosixPath(path).name
    slug = PurePosixPath(path).parent.name if name == INDEX else name
    for needle in (link, unquote(link), f"#{fragment}", slug):
        if len(needle) > 1 and needle in text:
            return text.count("\n", 0, text.index(needle)) + 1
    return 0
