"""Claims in a text: `[the words](claim:id)` becomes a mark that leads to the evidence.

Marks are numbered as they come. Below each paragraph that has some, a note per claim
gives its verdict and why: in the margin of wide screens, folded on small ones.
"""

import re
from html import escape, unescape
from itertools import chain
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import Element, SubElement

from lxml.html import fragment_fromstring
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, STX, AtomicString

from newsroom.ledger import Claim, Ledger
from newsroom.problems import report
from newsroom.wording import did_you_mean

LINK = re.compile(
    r"(?i)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(claim:(?P<id>[^)\s]*)\)"
)
# The same without words, or a reference's: entities and tags at most.
WORDLESS = r"\[(?:&(?:#?\w+;)?|<[^<>]*>|[^\w\[\]&<])*\](?:\(claim:|\[)"
MARKUP = re.compile(r"_|[^\w\s,.;:’‘“”–—()-]")
# Stands for the notes below a block until the text is finished; nobody can type it.
NOTES = f"{STX}notes{ETX}"
# What a reader of the text itself passes over.
BESIDE_WORDS = (
    ".//*[@class='notes'] | .//a[@class='claim']/sup"
    " | .//sup[a/@class='footnote-ref'] | .//a[@class='footnote-backref']"
)
HTML_LINK = re.compile(r"""href=["']?\s*claim:[^"'>\s]*""", re.IGNORECASE)


class ClaimLinks(InlineProcessor):
    """Reads the usual link to a claim in one step; Markdown's own way takes many."""

    def handleMatch(  # type: ignore[override] # noqa: N802 - Python-Markdown's
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """Return the link; its words are read on."""
        del data
        link = Element("a", {"href": f"claim:{m['id']}"})
        plain = not MARKUP.search(m["words"])
        link.text = AtomicString(m["words"]) if plain else m["words"]
        return link, m.start(), m.end()


class ClaimMarks(Treeprocessor):
    """Turns links to claims into marks, and remembers them in the order they come.

    Before each text, `read` gives it the ledger and the address of its page.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.begin(None, "")

    def begin(self, ledger: Ledger | None, page: str) -> None:
        """Be ready for a text with this ledger (None: none that can be used)."""
        self.ledger = ledger
        self.claims = {claim.id: claim for claim in ledger.claims} if ledger else {}
        self.page = page
        self.numbers: dict[str, int] = {}
        self.notes: list[str] = []
        self.wordless = 0

    def run(self, root: Element) -> None:
        """Mark the claims of each block, and put their notes below it."""
        self._refuse_html()
        for block in root:
            before = len(self.numbers)
            for link in block.iter("a"):
                scheme, _, name = link.get("href", "").partition(":")
                if scheme.lower() == "claim":
                    self._has_words(link, name)
                    self._mark(link, name)
            noted = [
                (number, self.claims[name])
                for name, number in list(self.numbers.items())[before:]
                if name in self.claims
            ]
            if noted:
                self.notes.append(self._notes(noted))
                block.tail = f"{block.tail or ''}{NOTES}"

    def _mark(self, link: Element, name: str) -> None:
        path, header = self.md.source  # type: ignore[attr-defined]
        if name not in self.claims:
            if message := missing(name, self.ledger, path):
                typed = rf"\]\s*[(:]\s*<?claim:{re.escape(name)}(?![a-z0-9-])"
                line = header.line_of(typed)
                report(path, line, message)
            self.numbers.setdefault(name, len(self.numbers) + 1)
            link.attrib.clear()
            return
        if name not in self.numbers:
            self.numbers[name] = len(self.numbers) + 1
            link.set("id", f"claim-{name}")
        link.set("href", f"{self.page}#claim-{name}")
        link.set("class", "claim")
        SubElement(link, "sup").text = str(self.numbers[name])

    def _has_words(self, link: Element, name: str) -> None:
        """Report a mark that readers would not see."""
        shown = HTML_PLACEHOLDER_RE.sub(self._shown, "".join(link.itertext()))
        if not _says(shown) and link.find(".//img") is None:
            path, header = self.md.source  # type: ignore[attr-defined]
            report(path, header.line_of(WORDLESS, self.wordless), no_words(name))
            self.wordless += 1

    def _shown(self, stashed: re.Match[str]) -> str:
        """Return what is seen of an entity or a tag that was typed."""
        raw = str(self.md.htmlStash.rawHtmlBlocks[int(stashed[1])])
        return unescape(raw) if raw.startswith("&") else ""

    def _refuse_html(self) -> None:
        """Report marks in raw HTML, which are none."""
        path, header = self.md.source  # type: ignore[attr-defined]
        for block in self.md.htmlStash.rawHtmlBlocks:
            for link in HTML_LINK.findall(str(block)):
                line = header.line_of(re.escape(link))
                report(path, line, "a claim is marked in Markdown: [words](claim:id)")

    def _notes(self, noted: list[tuple[int, Claim]]) -> str:
        """Return notes as HTML."""
        count = f"{len(noted)} claims" if len(noted) > 1 else "1 claim"
        page = escape(self.page)
        notes = "".join(
            f'<p><a class="{claim.verdict}" href="{page}#claim-{claim.id}">{number} '
            f"{claim.verdict.capitalize()}</a> {escape(claim.note, quote=False)}</p>"
            for number, claim in noted
        )
        summary = f"<summary>Evidence for {count}</summary>"
        return f'<details class="notes">{summary}{notes}</details>'


class ClaimNotes(Postprocessor):
    """Puts the notes, which are text and no elements, into their places."""

    def run(self, text: str) -> str:
        """Return the text with its notes."""
        notes = cast(ClaimMarks, self.md.treeprocessors["claims"]).notes
        parts = zip(text.split(NOTES), [*notes, ""], strict=True)
        return "".join(chain.from_iterable(parts))


class ClaimsExtension(Extension):
    """Adds the marks, last of all: what they stand in is finished then."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register the links before Markdown's own, which have priority 160."""
        md.inlinePatterns.register(ClaimLinks(LINK.pattern, md), "claims", 165)
        md.treeprocessors.register(ClaimMarks(md), "claims", 1)
        md.postprocessors.register(ClaimNotes(md), "notes", 1)


def missing(name: str, ledger: Ledger | None, article: Path) -> str:
    """Say that `ledger` has no such claim; nothing where it could not be read."""
    if ledger is None:
        if article.with_name("ledger.toml").exists():
            return ""
        return f'"claim:{name}" needs a ledger.toml beside this file'
    known = tuple(claim.id for claim in ledger.claims)
    if name in known:
        return ""
    hint = did_you_mean(name, known)
    return f'no claim of ledger.toml is called "{name}"{hint}'


def without_links(text: str) -> tuple[str, list[str]]:
    """Return `text` without its links to claims, and the claims they led to."""
    return LINK.sub(r"\g<words>", text), [link["id"] for link in LINK.finditer(text)]


def wordless(text: str) -> list[str]:
    """Return the claims that links of `text` lead to and that no word marks."""
    return [link["id"] for link in LINK.finditer(text) if not _says(link["words"])]


def no_words(name: str) -> str:
    """Say what a mark is to be that has no words."""
    return f"a claim marks no words; write [the words](claim:{name})"


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))


def words(html: str) -> str:
    """Return what a body says, without notes of claims and the numbers of any notes."""
    body = fragment_fromstring(html, create_parent="div")
    for extra in body.xpath(BESIDE_WORDS):
        extra.drop_tree()
    return str(body.text_content())


def makeExtension(**settings: object) -> ClaimsExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return ClaimsExtension(**settings)
