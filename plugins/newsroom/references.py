"""Holds that what refers to another line of a text, or to an address, finds it."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension, FootnoteInlineProcessor
from markdown.treeprocessors import Treeprocessor

from newsroom.problems import report

# What is left of them where Markdown found nothing that they name.
FOOTNOTE = re.compile(r"\[\^[^\]\n]+\]")
REFERENCE = re.compile(r"\](\[[^\[\]^\n][^\[\]\n]*\])")
CODE = frozenset(["code", "pre"])
NO_ADDRESS = r"""\]\(\s*(?:<\s*>)?\s*(?:"[^"\n]*"|'[^'\n]*')?\s*\)"""

# A sentence, a pattern for where it is in the text, and which of the matches it means.
Fault = tuple[str, str, int]


class References(Treeprocessor):
    """Reports those that find nothing, as Markdown shows their signs to readers."""

    def run(self, root: Element) -> None:
        """Report each with its line; leave out the footnotes that are used nowhere."""
        faults = [*_unused(self._footnotes, root), *_unmet(root), *_empty(root)]
        path, header = self.md.source  # type: ignore[attr-defined]
        for sentence, place, nth in faults:
            report(path, header.line_of(place, nth), sentence)

    @property
    def _footnotes(self) -> FootnoteExtension:
        mark = cast(FootnoteInlineProcessor, self.md.inlinePatterns["footnote"])
        return mark.footnotes


def _unused(footnotes: FootnoteExtension, root: Element) -> Iterator[Fault]:
    """Yield the footnotes that no mark leads to, and take them out of the page."""
    unused = [
        name for name in footnotes.footnotes if name not in footnotes.footnote_order
    ]
    for name in unused:
        mark = f"[^{name}]"
        yield (
            f"the footnote {mark} is used nowhere; write {mark} where it belongs, or "
            "take it out",
            rf"(?m)^ {{0,3}}{re.escape(mark)}:",
            0,
        )
    ids = {footnotes.makeFootnoteId(name) for name in unused}
    for notes in root.iter("ol") if ids else ():
        for note in [note for note in notes if note.get("id") in ids]:
            notes.remove(note)


def _unmet(root: Element) -> Iterator[Fault]:
    """Yield the marks of footnotes, and the names of addresses, that are nowhere."""
    signs = "".join(root.itertext())  # of which most texts have none
    if "[^" not in signs and "][" not in signs:
        return
    text = "\n".join(_texts(root))
    for mark in dict.fromkeys(FOOTNOTE.findall(text)):
        yield (
            f'{mark} is no footnote; write a line "{mark}: Its text", or \\{mark} if '
            "these signs are meant",
            re.escape(mark),
            0,
        )
    for name in dict.fromkeys(REFERENCE.findall(text)):
        yield (
            f'{name} has no address; write a line "{name}: https://…", or \\{name} if '
            "these signs are meant",
            rf"\]{re.escape(name)}",
            0,
        )


def _empty(root: Element) -> Iterator[Fault]:
    """Yield the links without an address."""
    nth = count()
    for link in root.iter("a"):
        if link.get("href") == "":
            words = "".join(link.itertext())
            yield (
                f'the link "{words}" has no address; write it between the parentheses',
                NO_ADDRESS,
                next(nth),
            )


def _texts(elements: Iterable[Element]) -> Iterator[str]:
    """Yield all that stands between tags, but for code."""
    for element in elements:
        if element.tag not in CODE:
            yield element.text or ""
            yield from _texts(element)
        yield element.tail or ""


class ReferencesExtension(Extension):
    """Adds it when the lines have been read, and before escaped signs are put back."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register it after footnotes, which have the priority 15."""
        md.treeprocessors.register(References(md), "references", 10)


def makeExtension(**settings: object) -> ReferencesExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return ReferencesExtension(**settings)
