"""The HTML that a story may hold: these elements, attributes and schemes, no others.

What is not listed is refused and named, and never taken out in silence. So neither raw
HTML, nor what links and attribute lists of Markdown make, can run or hide anything.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

from newsroom.problems import report


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


ELEMENTS = _names(
    """
    a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del
    details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li
    mark ol p pre q rp rt ruby s samp section small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
    """
)
VOID = frozenset(["br", "col", "hr", "img", "source", "wbr"])
EVERYWHERE = frozenset(["class", "dir", "id", "lang", "title"])
ATTRIBUTES = {
    "a": frozenset(["href", "hreflang", "rel"]),
    "blockquote": frozenset(["cite"]),
    "col": frozenset(["span"]),
    "colgroup": frozenset(["span"]),
    "del": frozenset(["cite", "datetime"]),
    "details": frozenset(["open"]),
    # newsroom/pictures.py takes "credit" away.
    "img": frozenset(["alt", "credit", "height", "src", "width"]),
    "ins": frozenset(["cite", "datetime"]),
    "li": frozenset(["value"]),
    "ol": frozenset(["reversed", "start", "type"]),
    "q": frozenset(["cite"]),
    "td": frozenset(["colspan", "headers", "rowspan"]),
    "th": frozenset(["abbr", "colspan", "headers", "rowspan", "scope"]),
    "time": frozenset(["datetime"]),
}
# How Markdown aligns a cell; newsroom/markup.py makes a class of it.
ALIGNED = re.compile(r"text-align: (left|center|right);")
SCHEMES = frozenset(["", "claim", "http", "https", "mailto", "tel"])
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Taken out of an address, or skipped before it, by every browser (WHATWG URL, 4.4).
SKIPPED = re.compile(r"[\t\n\r]")
BEFORE = "".join(map(chr, range(33)))
# What Markdown keeps of "\:" until its last step, and of "&" in an address.
ESCAPED = re.compile("\x02([0-9]+)\x03")
AMPERSAND = "\x02amp\x03"

# The classes of the theme's style sheets: by these a page says what was earned,
BADGE = frozenset(["aged", "fell", "panel", "state", "strip"])
# by these it sets, or hides, what is its own,
THEMES = _names(
    """
    accent attributed body byline cite claim comments correction corroborated crumbs
    dateline disputed endnotes entry foot front guide hidden inaccurate ink kicker lead
    ledger letter letters list map masthead meta mistake more name neighbours notes
    pages pagination paper promise quiet quote report results review rule samples scroll
    search seconds section skip sources standfirst story swatches tagline teaser
    timeline topics unproven who
    """
)
# and these are for authors.
AUTHORS = frozenset(["center", "pull", "right"])
# The ids of a story's page.
PAGES_IDS = re.compile(r"main|corrections|comments|(claim|comment|source|note)-.*")

UNSEEN = _names(
    """
    applet audio canvas embed frame frameset iframe math object picture source svg
    track video
    """
)
TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)
    (?P<attributes>(?:\s+[a-z][a-z0-9_:-]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?)*)
    \s*/?>""",
    re.IGNORECASE | re.VERBOSE,
)
ATTRIBUTE = re.compile(
    r"""(?P<name>[a-z][a-z0-9_:-]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+)))?""",
    re.IGNORECASE,
)

# What is wrong, and a pattern for where it is in the text.
Fault = tuple[str, str]


def of_tree(root: Iterable[Element]) -> Iterator[Fault]:
    """Yield what is wrong with elements that Markdown made."""
    for element in root:
        yield from _of_element(str(element.tag), element.items(), "")


def of_html(html: str) -> Iterator[Fault]:
    """Yield what is wrong with HTML that an author typed.

    It must be of whole elements in their plainest form, so that no browser can read
    another thing in it than we do.
    """
    for tag in TAG.finditer(html):
        if tag["end"]:
            continue
        name = tag["name"].lower()
        # All of them: of two with one name, a browser takes the first.
        attributes = [
            (
                found["name"].lower(),
                found["double"] or found["single"] or found["bare"] or "",
            )
            for found in ATTRIBUTE.finditer(tag["attributes"])
        ]
        place = re.escape(tag[0])
        # newsroom/pictures.py refuses those that are typed.
        if name != "img":
            yield from _of_element(name, attributes, place)
    if (rest := TAG.sub("", html)) and (start := rest.find("<")) >= 0:
        yield _of_no_tag(rest[start:])


def unbalanced(html: str) -> Iterator[Fault]:
    """Yield the tags that close or open nothing, and so reach into the page around."""
    opened: list[str] = []
    for tag in TAG.finditer(html):
        name = tag["name"].lower()
        if name in VOID:
            continue
        if not tag["end"]:
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        elif name in opened:  # what it closes may be Markdown's own
            yield f"<{opened[-1]}> is not closed", rf"<{opened[-1]}\b"
            return
        else:
            yield f"</{name}> closes what is not open here", rf"</{name}\s*>"
            return
    if opened:
        yield f"<{opened[-1]}> is not closed", rf"<{opened[-1]}\b"
    if (start := TAG.sub("", html).find("<")) >= 0:
        yield _of_no_tag(TAG.sub("", html)[start:])


def scheme_of(address: str) -> str:
    """Return the scheme of an address as browsers find it, whatever hides it."""
    found = SCHEME.match(SKIPPED.sub("", _meant(address)).lstrip(BEFORE))
    return found[1].lower() if found else ""


def _meant(value: str) -> str:
    """Return the value of an attribute as a browser reads it."""
    if "\x02" in value:
        value = ESCAPED.sub(lambda sign: chr(int(sign[1])), value)
        value = value.replace(AMPERSAND, "&")
    return unescape(value) if "&" in value else value


def _of_element(
    name: str, attributes: Iterable[tuple[str, str]], tag: str
) -> Iterator[Fault]:
    """Yield what is wrong with one; `tag` is a pattern for it, or empty."""
    if name not in ELEMENTS:
        yield f"<{name}> is not taken; {_remedy(name)}", rf"<{name}\b"
        return
    allowed = ATTRIBUTES.get(name, frozenset())
    for key, value in attributes:
        if key in {"href", "src", "cite"} and key in allowed:
            if scheme_of(value) not in SCHEMES:
                yield (
                    f'"{value}" is no link for readers; it begins with https:, http:, '
                    "mailto: or tel:, or names a file of the site",
                    re.escape(value),
                )
        elif key == "class":
            yield from _of_classes(_meant(value), tag)
        elif key == "id" and PAGES_IDS.fullmatch(_meant(value)):
            yield (
                f'the id "{value}" is the page\'s own; choose another',
                tag or rf"\{{[^}}\n]*{re.escape(value)}",
            )
        elif key == "style" and name in {"td", "th"} and ALIGNED.fullmatch(value):
            continue
        elif key not in EVERYWHERE and key not in allowed:
            yield (
                f'the attribute "{key}" of <{name}> is not taken; take it out',
                tag or rf"\{{[^}}\n]*{re.escape(key)}",
            )


def _of_classes(value: str, tag: str) -> Iterator[Fault]:
    for name in value.split():
        place = tag or rf"\{{[^}}\n]*\b{re.escape(name)}\b"
        if name in BADGE:
            yield (
                "this draws the badge, which only the evidence can; take it out",
                place,
            )
        elif name in THEMES:
            yield f'the class "{name}" is the page\'s own; take it out', place


def _of_no_tag(text: str) -> Fault:
    if text.startswith("<!--"):
        return "a comment in HTML is published for all who look; take it out", "<!--"
    shown = text[:20].partition("\n")[0]
    return f'"{shown}" begins nothing that is whole; write &lt;', re.escape(shown)


def _remedy(name: str) -> str:
    if name in UNSEEN:
        return "browsers block it on these pages: link to what it shows"
    return "take it out, or say it in Markdown"


class Safe(Treeprocessor):
    """Holds a text against the lists: what Markdown made of it, and HTML as typed.

    It looks before our own elements are added. `balance` says whether there was such
    HTML, and no fault in it, so that the whole has yet to be looked at.
    """

    balance = False

    def run(self, root: Element) -> None:
        """Report each fault with its line."""
        _report(self.md, of_tree(element for element in root.iter() if element != root))
        raw = list(_raw(self.md))
        faults = list(chain.from_iterable(map(_of_raw, raw)))
        _report(self.md, faults)
        self.balance = bool(raw) and not faults


class Balanced(Postprocessor):
    """Holds that a text with typed HTML closes what it opens, and nothing else."""

    def run(self, text: str) -> str:
        """Report the first fault with its line."""
        if cast(Safe, self.md.treeprocessors["safe-html"]).balance:
            _report(self.md, unbalanced(text))
        return text


def _raw(md: Markdown) -> Iterator[str | Element]:
    """Yield what an author typed as HTML, and the code that stood in fences."""
    for block in md.htmlStash.rawHtmlBlocks:
        if isinstance(block, Element) or "<" in block:
            yield block


def _of_raw(block: str | Element) -> Iterator[Fault]:
    return of_html(block) if isinstance(block, str) else of_tree(block.iter())


def _report(md: Markdown, faults: Iterable[Fault]) -> None:
    """Report each fault at the line of its place; the same again at the next."""
    path, header = md.source  # type: ignore[attr-defined]
    seen: dict[str, int] = {}
    for message, place in faults:
        seen[place] = seen.get(place, -1) + 1
        report(path, header.line_of(place, seen[place]), message)


class SafeHtmlExtension(Extension):
    """Adds both to Python-Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register them after attributes (8), and before our own elements (7)."""
        md.treeprocessors.register(Safe(md), "safe-html", 7.5)
        md.postprocessors.register(Balanced(md), "balanced", 5)


def makeExtension(**settings: object) -> SafeHtmlExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return SafeHtmlExtension(**settings)
