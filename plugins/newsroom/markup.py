"""What Standfirst makes of Markdown beyond Python-Markdown's own: one extension.

A quotation whose last paragraph begins with a dash is signed by it, and stands out with
`{: .pull }`; a picture alone in its paragraph is a figure; a wide table scrolls.
"""

from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from newsroom.problems import report

SIGNATURES = ("— ", "– ", "-- ")


class Quotations(Treeprocessor):
    """Makes `<figure>`s of quotations that say whose they are."""

    def run(self, root: Element) -> None:
        """Find them at any depth."""
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag == "blockquote" and len(child):
                    parent[index] = _signed(child)


def _signed(quotation: Element) -> Element:
    """Return the figure of a signed quotation, or the quotation as it is."""
    last = quotation[-1]
    if last.tag != "p" or not (last.text or "").lstrip().startswith(SIGNATURES):
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


class Figures(Treeprocessor):
    """Makes a `<figure>` of a picture alone in its paragraph; its title captions it."""

    def run(self, root: Element) -> None:
        """Change the paragraphs where they stand."""
        for paragraph in root.iter("p"):
            alone = len(paragraph) == 1 and paragraph[0].tag == "img"
            if (
                not alone
                or (paragraph.text or "").strip()
                or (paragraph[0].tail or "").strip()
            ):
                continue
            paragraph.tag = "figure"
            picture = paragraph[0]
            picture.set("loading", "lazy")
            if caption := picture.attrib.pop("title", ""):
                SubElement(paragraph, "figcaption").text = caption


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
        for heading in root.iter("h1"):
            path, header = self.md.source  # type: ignore[attr-defined]
            words = "".join(heading.itertext()).strip()
            lines = header.body.splitlines()
            line = next((n for n, text in enumerate(lines) if words in text), 0)
            report(
                path,
                header.body_line + line,
                f'"# {words}" is a second headline; subheadings begin with ##',
            )


class NewsroomExtension(Extension):
    """Adds them after attributes are read from `{: … }`, which has priority 8."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register the four."""
        md.treeprocessors.register(Quotations(md), "quotations", 7)
        md.treeprocessors.register(Figures(md), "figures", 6)
        md.treeprocessors.register(Tables(md), "scrolling-tables", 5)
        md.treeprocessors.register(Headings(md), "headings", 4)


def makeExtension(**settings: object) -> NewsroomExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return NewsroomExtension(**settings)
