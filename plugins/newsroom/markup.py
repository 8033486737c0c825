"""What Standfirst makes of Markdown beyond Python-Markdown's own: one extension.

A quotation whose last paragraph begins with a dash is signed by it, and stands out with
`{: .pull }`; a wide table scrolls. Pictures are newsroom/pictures.py's.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from newsroom.problems import report

SIGNATURES = ("— ", "– ", "-- ")
NO_LETTERS = re.compile(r"\W")
# Of ASCII, without which they are told apart in a sixth of the time.
ASCII_SIGNS = bytes(byte for byte in range(128) if NO_LETTERS.match(chr(byte)))
RAW_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.IGNORECASE | re.DOTALL)


class Quotations(Treeprocessor):
    """Makes `<figure>`s of quotations that say whose they are."""

    def run(self, root: Element) -> None:
        """Find them at any depth."""
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag == "blockquote" and len(child) > 1:
                    index = list(parent).index(child)
                    parent[index : index + 1] = map(_signed, _parted(child))


def _parted(joined: Element) -> list[Element]:
    """Part a quotation after each signature, as Markdown joins those that follow."""
    parts = [Element("blockquote")]
    for child in joined:
        if len(parts[-1]) > 1 and _signs(parts[-1][-1]):
            parts.append(Element("blockquote"))
        parts[-1].append(child)
    parts[-1].tail = joined.tail
    return parts


def _signs(paragraph: Element) -> bool:
    text = (paragraph.text or "").lstrip()
    return paragraph.tag == "p" and text.startswith(SIGNATURES)


def _signed(quotation: Element) -> Element:
    """Return the figure of a signed quotation, or the quotation as it is."""
    last = quotation[-1]
    if len(quotation) == 1 or not _signs(last):
        return quotation
    quotation.remove(last)
    figure = Element(
        "figure", {"class": " ".join(["quote", last.get("class", "")]).strip()}
    )
    figure.tail = quotation.tail
    figure.append(quotation)
    last.tag = "figcaption"
    last.attrib.pop("class", None)
    figure.append(last)
    return figure


class Tables(Treeprocessor):
    """Lets a table scroll by itself and aligns its columns without style attributes."""

    def run(self, root: Element) -> None:
        """Wrap each table in a region that the keyboard can reach."""
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag == "table" and parent.get("class") != "scroll":
                    parent[index] = _scrolling(child)
        for cell in root.iter():
            if cell.tag in {"td", "th"} and "style" in cell.attrib:
                cell.set("class", cell.attrib.pop("style").split()[-1].rstrip(";"))


def _scrolling(table: Element) -> Element:
    region = Element(
        "div",
        {"class": "scroll", "role": "region", "aria-label": "Table", "tabindex": "0"},
    )
    region.tail = table.tail
    region.append(table)
    return region


class Headings(Treeprocessor):
    """Refuses a first-level heading: the headline is the page's only one."""

    def run(self, root: Element) -> None:
        """Report each with its line."""
        raw = "\n".join(map(str, self.md.htmlStash.rawHtmlBlocks))
        found = ["".join(heading.itertext()) for heading in root.iter("h1")]
        found += [plain(words) for words in RAW_HEADING.findall(raw)]
        if not found:
            return
        path, header = self.md.source  # type: ignore[attr-defined]
        lines = header.body.split("\n")
        unseen = [n for n in range(len(lines)) if _is_heading(lines[n : n + 2])]
        for words in found:
            same = (n for n in unseen if letters(words) == letters(plain(lines[n])))
            line = next(same, unseen[0] if unseen else 0)
            unseen = [n for n in unseen if n != line]
            report(
                path,
                header.body_line + line,
                f'"# {words.strip()}" is a second headline; subheadings begin with ##',
            )


def _is_heading(lines: list[str]) -> bool:
    """Whether the first of two lines looks like a heading of the first level."""
    underlined = len(lines) > 1 and re.fullmatch(r"[>\s]*=+\s*", lines[1])
    return bool(underlined or re.match(r"[>\s]*(#(?!#)|<h1\b)", lines[0]))


def plain(html: str) -> str:
    """Return `html` without its tags."""
    return re.sub(r"<[^>]*>", "", html)


def letters(text: str) -> str:
    """Return the letters and digits of `text`, whatever stands between them."""
    if text.isascii():
        return text.encode().translate(None, ASCII_SIGNS).decode()
    return NO_LETTERS.sub("", text)


class NewsroomExtension(Extension):
    """Adds them after attributes are read from `{: … }`, which has priority 8."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register the three."""
        md.treeprocessors.register(Quotations(md), "quotations", 7)
        md.treeprocessors.register(Tables(md), "scrolling-tables", 5)
        md.treeprocessors.register(Headings(md), "headings", 4)


def makeExtension(**settings: object) -> NewsroomExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return NewsroomExtension(**settings)
