"""An address for each paragraph of a story: a short id made of its opening letters.

It stays the same when paragraphs are added, moved or taken out around it, and when it
changes further on. Where two begin alike, the second is told apart by being second.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from newsroom.markup import letters
from newsroom.wording import name_key

# Without vowels they spell no word, and so no id that anything else has.
DIGITS = "23456789bcdfghjkmnpqrstvwxyz"
LENGTH = 4
# Letters and digits of a paragraph that its id is made of, about six words.
OPENING = 32
# Characters by which a list shows a paragraph.
SHOWN = 100
# What Python-Markdown puts in the place of raw HTML and entities until the end.
STASHED = re.compile("\x02.*?\x03")
LETTER = re.compile(r"\w")


class ParagraphIds(Treeprocessor):
    """Gives them, and remembers what each paragraph begins with."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.openings: dict[str, str] = {}

    def run(self, root: Element) -> None:
        """Keep the ids that an author gave; footnotes have their own."""
        self.openings = {}
        taken = {element.get("id", "") for element in root.iter()}
        for block in root:
            if block.get("class") == "footnote":
                continue
            for paragraph in block.iter("p"):
                text = " ".join(STASHED.sub(" ", "".join(_texts(paragraph))).split())
                if LETTER.search(text):
                    name = paragraph.get("id") or _id(text, taken)
                    taken.add(name)
                    paragraph.set("id", name)
                    self.openings[name] = text[:SHOWN]


def _texts(element: Element) -> Iterator[str]:
    """Yield its text without the numbers of footnotes, which change."""
    if next(element.iter("sup"), None) is None:
        yield from element.itertext()
        return
    yield element.text or ""
    for child in element:
        if child.tag != "sup":
            yield from _texts(child)
        yield child.tail or ""


def opening(text: str) -> str:
    """Return the first letters of `text`, in small ones; as few words as have them.

    No letter is composed of signs on both sides of a space (Unicode NFKC, UAX #15), and
    none of ASCII alone: most texts begin with enough of that.
    """
    ascii_alone = text[: SHOWN + 1].isascii()
    found = letters(text[:SHOWN].lower()) if ascii_alone else ""
    if len(found) >= OPENING:
        return found[:OPENING]
    found = ""
    for word in text.split():
        found += letters(name_key(word))
        if len(found) >= OPENING:
            break
    return found[:OPENING]


def _id(text: str, taken: set[str]) -> str:
    beginning = opening(text)
    for nth in count(1):
        name = _digest(f"{beginning} {nth}")
        if name not in taken:
            break
    return name


def _digest(text: str) -> str:
    number = int.from_bytes(sha256(text.encode()).digest()[:8])
    name = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(DIGITS))
        name += DIGITS[digit]
    return name


class ParagraphsExtension(Extension):
    """Adds them before the claims, whose notes are no part of the text."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register them after figures, which are made of paragraphs, have been."""
        md.treeprocessors.register(ParagraphIds(md), "paragraphs", 2)


def makeExtension(**settings: object) -> ParagraphsExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return ParagraphsExtension(**settings)
