"""How to cite a story: a page beside it, and a file for each kind of reference manager.

Each format escapes in its own way, so each is written here by its own function.
"""

import posixpath
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals
from pydantic_core import to_json

from newsroom.addresses import absolute
from newsroom.page_writer import PageWriter
from newsroom.wording import same_name

# Where the page is saved, below the story's.
PAGE = "cite/index.html"
# Classic BibTeX counts a brace even after a backslash, so no brace is left as it is.
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "$&#%_"},
    }
)


@dataclass(frozen=True)
class Name:
    """The name of an author: in two parts, or whole where it has no such parts."""

    family: str
    given: str = ""

    def __str__(self) -> str:
        """Write it as lists of references do, the family first."""
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True)
class Reference:
    """What a reference to a story says."""

    key: str
    title: str
    authors: list[Name]
    date: datetime
    publication: str
    summary: str
    language: str
    url: str


def reference(story: Article, settings: dict[str, Any]) -> Reference:
    """Return what a reference to `story` says."""
    return Reference(
        key=story.slug,
        title=story.title,
        authors=[name(author.name, settings["DESKS"]) for author in story.authors],
        date=story.date,
        publication=settings["SITENAME"],
        summary=story.summary,
        language=settings["DEFAULT_LANG"],
        url=absolute(story.url, settings["SITEURL"]),
    )


def name(byline: str, desks: list[str]) -> Name:
    """Part a byline before its last word and the particles before that.

    A desk is no person, a comma has parted it already, and where letters are as wide as
    they are high, names begin with the family.
    """
    family, comma, given = map(str.strip, byline.partition(","))
    if comma:
        return Name(family, given)
    words = byline.split()
    whole = any(same_name(byline, desk) for desk in desks) or any(
        unicodedata.east_asian_width(letter) in "WF" for letter in byline
    )
    if whole or len(words) == 1:
        return Name(byline)
    first = len(words) - 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    return Name(" ".join(words[first:]), " ".join(words[:first]))


def bibtex(cited: Reference) -> str:
    """Write an entry for BibTeX and biblatex, its title safe from their lower case."""
    date = cited.date
    fields = {
        "author": " and ".join(map(_in_tex, cited.authors)),
        "title": f"{{{cited.title.translate(TEX)}}}",
        "journal": cited.publication.translate(TEX),
        "year": f"{date.year}",
        "month": f"{date.month}",
        "day": f"{date.day}",
        "url": cited.url,
    }
    lines = "".join(f",\n  {field} = {{{value}}}" for field, value in fields.items())
    return f"@article{{{cited.key}{lines}\n}}\n"


def _in_tex(author: Name) -> str:
    if author.given and "and" not in str(author).casefold().split():
        return str(author).translate(TEX)
    return f"{{{str(author).translate(TEX)}}}"


def ris(cited: Reference) -> str:
    """Write a record of RIS, whose lines end as on Windows."""
    fields = [
        ("TY", "NEWS"),
        *(("AU", str(author)) for author in cited.authors),
        ("TI", cited.title),
        ("T2", cited.publication),
        ("PY", f"{cited.date.year}"),
        ("DA", cited.date.date().isoformat().replace("-", "/")),
        ("AB", cited.summary),
        ("LA", cited.language),
        ("UR", cited.url),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


def csl_json(cited: Reference) -> str:
    """Write an item of CSL-JSON, as Zotero, Pandoc and others read it."""
    date = cited.date
    item = {
        "id": cited.key,
        "type": "article-newspaper",
        "title": cited.title,
        "author": [
            {"family": author.family, "given": author.given}
            if author.given
            else {"literal": author.family}
            for author in cited.authors
        ],
        "container-title": cited.publication,
        "issued": {"date-parts": [[date.year, date.month, date.day]]},
        "abstract": cited.summary,
        "language": cited.language,
        "URL": cited.url,
    }
    return f"{to_json([item], indent=1).decode()}\n"


# By the ending of the file.
FORMATS: dict[str, Callable[[Reference], str]] = {
    "bib": bibtex,
    "ris": ris,
    "json": csl_json,
}


class CitingPages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes the page and the files beside each story."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write them beside each story that changed."""
        # The files of a story are written one after the other.
        self._reference = lru_cache(maxsize=1)(
            partial(reference, settings=self.settings)
        )
        writer.beside_stories(self._write)

    def _write(self, writer: PageWriter, story: Article) -> None:
        """Name each file after its story, as it is kept in a folder of many."""
        place = posixpath.join(posixpath.dirname(story.save_as), PAGE)
        writer.write_file(place, self.get_template("cite"), self.context, article=story)
        folder = posixpath.dirname(place)
        for ending, written in FORMATS.items():
            writer.write_document(
                f"{folder}/{story.slug}.{ending}",
                partial(self._written, written),
                article=story,
            )

    def _written(self, form: Callable[[Reference], str], article: Article) -> str:
        return form(self._reference(article))


def _generators(_pelican: object) -> type[Generator]:
    return CitingPages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
