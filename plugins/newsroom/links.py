"""Checks that every internal link, fragment and asset of the built site leads there."""

import re
from collections import defaultdict
from collections.abc import (
    Callable,
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath
from posixpath import dirname, join, normpath
from typing import cast
from urllib.parse import unquote, urlsplit

from lxml.etree import ParserError, XPath
from lxml.html import HTMLParser, document_fromstring
from pelican.contents import Content

from newsroom import workers
from newsroom.addresses import INDEX
from newsroom.plain_html import attributes
from newsroom.problems import report, shown
from newsroom.text_file import typed_text
from newsroom.typed_links import line_of
from newsroom.wording import did_you_mean

# But for those of readers, who may link to what is not there: newsroom/comment_body.py.
LINKS = XPath(
    "//@href[not(../@rel='nofollow ugc noopener')] | //@src | //@poster | //@action"
    " | //@formaction | //@cite | //@data",
    smart_strings=False,
)
PARSER = HTMLParser(encoding="utf-8")
# Pages to be checked that pay for a worker.
WORTH = 500
# Pages whose ids are remembered: most that are linked to are those of the same story.
REMEMBERED = 1024
# Where a link leads to that is none of this site's.
ELSEWHERE = "//"
# How like a file's name one has to be that was probably meant: less are all of a kind.
ALIKE = 0.8
SETS = XPath("//@srcset", smart_strings=False)
CARDS = XPath("//meta/@content", smart_strings=False)
IDS = XPath("//@id | //a/@name", smart_strings=False)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
# What looks like a host's name, and not like that of a file.
WEB = re.compile(r"www\.|https?\b|[\w-]+(?:\.[\w-]+)+/", re.IGNORECASE)
PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)$", re.IGNORECASE)
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
class Anchors:
    """Where fragments of a page can lead to, and the addresses that it links to."""

    ids: frozenset[str]
    links: frozenset[str]

    @classmethod
    def of(cls, html: str, site: str) -> "Anchors":
        """Read a page of the site at `site`; of its cards, what is on the site."""
        found = attributes(html) or _parsed(html)
        choices = (
            choice for text in found.pop("srcset", ()) for choice in text.split(",")
        )
        ids = found.pop("id", ())
        cards = found.pop("content", ())
        links = {
            *chain.from_iterable(found.values()),
            *(address for choice in choices for address in choice.split()[:1]),
            *(text for text in cards if text.startswith(f"{site}/")),
        }
        return cls(frozenset(ids), frozenset(links))

    def packed(self) -> bytes:
        """Return it as bytes, in which a part of a link can be looked for."""
        parts = (sorted(self.ids), sorted(self.links))
        return "\0\0".join("\0".join(part) for part in parts).encode()


def ids_in(packed: bytes) -> frozenset[str]:
    """Return the ids of packed anchors."""
    return frozenset(packed.partition(b"\0\0")[0].decode().split("\0")) - {""}


def links_in(packed: bytes) -> frozenset[str]:
    """Return the links of packed anchors."""
    return frozenset(packed.partition(b"\0\0")[2].decode().split("\0"))


@dataclass(frozen=True)
class Page:
    """One built HTML file, by its place below the output, with slashes; its links."""

    name: str
    links: frozenset[str]

    @cached_property
    def folder(self) -> str:
        """What its relative links count from."""
        return dirname(self.name)


@dataclass(frozen=True)
class Site:
    """What was built: the address, and the names of all files.

    `anchors` gives those of a page, packed; `moved` has by their places the texts whose
    pages old addresses lead on to.
    """

    address: str
    files: frozenset[str]
    anchors: Callable[[str], bytes]
    moved: Mapping[str, str]

    def page(self, name: str) -> Page:
        """Return one of its pages."""
        return Page(name, links_in(self.anchors(name)))

    @cached_property
    def _ids(self) -> Callable[[str], frozenset[str]]:
        """Return where fragments can lead to on a page; the last few are remembered."""
        return lru_cache(maxsize=REMEMBERED)(lambda name: ids_in(self.anchors(name)))

    def faults(self, page: Page) -> Iterator[tuple[str, Fault]]:
        """Yield the links of `page` with which something is wrong, and what.

        Where an address leads to is asked once for all links that differ in fragments,
        and once for all pages of a depth where it is counted from the root.
        """
        depth = page.name.count("/")
        sound, root = self._sound[depth], "../" * depth
        leading: dict[str, list[str]] = {}
        for link in page.links - sound:
            leading.setdefault(link.partition("#")[0], []).append(link)
        for address, links in leading.items():
            target = self._target(address, page.folder) if address else page.name
            rooted = (depth and address.startswith(root)) or SCHEME.match(address)
            alike = rooted and target not in {ELSEWHERE, page.name}
            for link in links:
                if sentence := self._lack(link, address, target, page):
                    yield link, Fault("" if target == ELSEWHERE else target, sentence)
                elif alike:
                    sound.add(link)

    @cached_property
    def _sound(self) -> defaultdict[int, set[str]]:
        """The links with which nothing is wrong on any page that lies so deep."""
        return defaultdict(set)

    def _lack(self, link: str, address: str, target: str, page: Page) -> str:
        """Say what is wrong with a link that leads to `target`, if anything is."""
        if target == ELSEWHERE:
            return "" if _can_be(link) else " is no address"
        if target.startswith("/"):
            return FROM_ROOT
        if target not in self.files:  # it may be the name of what Pelican did not find
            return f" leads nowhere{_why(link) or self._near(target) or _meant(link)}"
        if target != page.name and (now := self.moved.get(target)):
            return f" is an old address; that page is now {now}"
        fragment = link[len(address) + 1 :]
        if fragment and target.endswith(".html"):
            ids = self._ids(target)
            if fragment not in ids and (name := unquote(fragment)) not in ids:
                return f': nothing there has the id "{name}"'
        return ""

    def _near(self, target: str) -> str:
        """Return a hint at what is called almost as `target`, where it was to be."""
        path = PurePosixPath(target)
        names = self._names.get(str(path.parent), ())
        # A folder without a page has the very name.
        return "" if path.name in names else did_you_mean(path.name, names, ALIKE)

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """The names of the files and folders in each folder."""
        found = defaultdict(set)
        for file in self.files:
            path = PurePosixPath(file)
            for inner, outer in pairwise([path, *path.parents]):
                found[str(outer)].add(inner.name)
        return {folder: tuple(sorted(names)) for folder, names in found.items()}

    def _target(self, address: str, folder: str) -> str:
        """Return the file an address leads to from `folder`, or that it is not ours."""
        while folder and address.startswith("../"):  # then it is the same for thousands
            folder, address = folder.rpartition("/")[0], address[3:]
        key = folder, address
        if key not in self._targets:
            path = address.partition("?")[0]
            if path == self.address or path.startswith(f"{self.address}/"):
                path = path.removeprefix(self.address).lstrip("/")
            elif SCHEME.match(path):
                return ELSEWHERE
            elif path.startswith(("/", "{")):
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


@dataclass(frozen=True)
class Origins:
    """The Markdown files of pages, by the place of the page below the output.

    `source_of` gives that of a page, if it has one; `held` has those of pages that are
    not there because they are drafts, `moved` the page that an old address leads on to.
    """

    source_of: Callable[[str], str | None]
    held: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """The names of all files, and the packed anchors of each page.

    `doubtful` are the files that are to be checked, if they are pages.
    """

    names: Collection[str]
    anchors: Callable[[str], bytes]
    doubtful: Collection[str]


def check(address: str, origins: Origins, known: Known) -> None:
    """Report each link of the pages that leads nowhere.

    `address` is that of the root. What leads to the same place is reported once: of the
    theme once for all pages.
    """
    old = {
        place: shown(content.source_path) for place, content in origins.moved.items()
    }
    site = Site(address, frozenset(known.names), known.anchors, old)
    of_theme: dict[Fault, str] = {}
    of_stories: set[Fault] = set()

    def faulty(names: Sequence[str]) -> list[tuple[str, dict[Fault, str]]]:
        found = ((name, _faults(site, site.page(name))) for name in names)
        return [(name, faults) for name, faults in found if faults]

    names = sorted(name for name in known.doubtful if name.endswith(".html"))
    for name, faults in chain.from_iterable(workers.shared(faulty, names, WORTH)):
        source = origins.source_of(name)
        for fault, link in faults.items():
            draft = origins.held.get(fault.target)
            typed = _typed(source, draft) if source and draft else link
            line = line_of(typed_text(Path(source)), typed) if source else 0
            if source and line:
                of_stories.add(fault)
                report(source, line, f'link to "{typed}"{fault.sentence}')
            else:
                message = f'page {name}: link to "{link}"{fault.sentence}'
                of_theme.setdefault(fault, message)
    for fault, message in of_theme.items():
        if fault not in of_stories:
            report("", 0, message)


def lost(before: Iterable[str], now: Container[str]) -> set[str]:
    """Return what is in every link, unquoted, to a file that was there `before`."""
    return {_needle(name) for name in before if name not in now}


def _needle(name: str) -> str:
    path = PurePosixPath(name)
    return path.parent.name or name if path.name == INDEX else path.name


def _faults(site: Site, page: Page) -> dict[Fault, str]:
    """Return what is wrong on `page`, each with the link that shows it best.

    As an author types a link, it is shorter than what is made of it.
    """
    found = dict(site.faults(page))
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


def read(page: Path) -> str:
    """Return the text of a page, which may be an author's own and have other bytes."""
    return page.read_text("utf-8", "replace")


def _parsed(html: str) -> dict[str, set[str]]:
    """Return what newsroom/plain_html.py does, of any page."""
    try:
        tree = document_fromstring(html.encode(), PARSER)
    except ParserError:  # it has no element
        return {}
    queries = {"href": LINKS, "srcset": SETS, "content": CARDS, "id": IDS}
    return {name: set(cast(list[str], query(tree))) for name, query in queries.items()}


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


def _meant(link: str) -> str:
    """Return a hint at how a link is typed that is to lead where this one looks to."""
    path = link.partition("#")[0]
    if SCHEME.match(path):
        return ""
    if WEB.match(path):
        return "; an address on the web begins with https://"
    if path.endswith(".md"):
        return "; link to the page of a text by {filename} and the path of its file"
    if PICTURE.search(path):
        return (
            "; a story's pictures lie in its folder, those of pages in content/extra/"
        )
    return ""


def _typed(source: str, held: str) -> str:
    """Return the link by which `source` names the file `held`."""
    text = typed_text(Path(source))
    for link in re.findall(r"\{filename\}[^\s)\"'>]+", text):
        if Path(held).as_posix().endswith(link.rpartition("}")[2].lstrip("./")):
            return str(link)
    return Path(held).name
