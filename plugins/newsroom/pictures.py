"""Pictures of a story: described, credited, and offered in the size a screen needs."""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from posixpath import isfile, normpath, relpath
from typing import Any
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup
from pelican.contents import Article, Content, Static
from pelican.generators import StaticGenerator

from newsroom.picture_file import Picture, UnusableError, ending
from newsroom.picture_shelf import Made, Shelf
from newsroom.problems import report

# The width of a picture in a text: its column, or all of a phone.
SIZES = "(min-width:40em) 34em,100vw"
ELSEWHERE = re.compile(r"[a-z]+:|//", re.IGNORECASE)
MARKED = re.compile(r"[{|](static|attach|filename)[}|](?P<path>.*)")
QUERY = re.compile(r"[?#].*", re.DOTALL)
# What leads to a page, or a folder, but never to a file.
NO_FILE = re.compile(r"(.*/)?\.{0,2}")
IS_NONE = "is no file; write the name of one, as quay.jpg"
RAW = re.compile(r"<(img|picture)\b", re.IGNORECASE)
# Stands in a text for the address of a picture in another folder, until it has one.
BORROWED = "picture:/"


@dataclass
class Gallery:
    """The pictures that one story or page shows, by their place below content/."""

    source: Path
    settings: dict[str, Any]
    # Whether its folder is published: a story's is, a page's is not.
    has_folder: bool
    shown: dict[str, Picture | None] = field(default_factory=dict)
    # What is in another folder, by its place, as it was typed.
    borrowed: dict[str, str] = field(default_factory=dict)

    def find(self, link: str, line: int) -> tuple[str, Picture | None]:
        """Return the address that `link` gets, and its picture.

        Reports, at `line`, one that cannot be published. There is no picture where the
        link leads to none; then it is the link check that says so.
        """
        marked = MARKED.match(link)
        if not (marked or self.has_folder):
            return link, None
        path = QUERY.sub("", marked["path"] if marked else link)
        place = self._place(unquote(path))
        if place is None:
            return link, None
        picture = self._picture(place, link, line)
        if self.has_folder and place.is_relative_to(self._folder):
            return quote(str(place.relative_to(self._folder))), picture
        self.borrowed[str(place)] = link
        return BORROWED + quote(str(place)), picture

    def lead(self, name: str, line: int) -> Picture | None:
        """Return the picture that a header names, by its file's name in the folder."""
        if NO_FILE.fullmatch(name):
            report(self.source, line, f'the picture "{name}" {IS_NONE}')
            return None
        place = self._place(name)
        if place is None or not place.is_relative_to(self._folder):
            return None
        return self._picture(place, name, line)

    @property
    def _content(self) -> Path:
        return Path(self.settings["PATH"])

    @property
    def _folder(self) -> PurePosixPath:
        return PurePosixPath(self.source.parent.relative_to(self._content).as_posix())

    def _place(self, path: str) -> PurePosixPath | None:
        """Return the place below content/ of `path`, if a file is published there."""
        whole = path.lstrip("/") if path.startswith("/") else self._folder / path
        place = PurePosixPath(normpath(whole))
        # Of content/ itself there is no part.
        published = {*place.parts[:1]} & {*self.settings["STATIC_PATHS"]} and not any(
            fnmatch(part, pattern)
            for part in place.parts
            for pattern in self.settings["IGNORE_FILES"]
        )
        # Path would raise an error for a name that is too long for any file.
        is_there = published and isfile(self._content / place)
        return place if is_there else None

    def _picture(self, place: PurePosixPath, link: str, line: int) -> Picture | None:
        if str(place) not in self.shown:
            self.shown[str(place)] = self._taken(place, link, line)
        return self.shown[str(place)]

    def _taken(self, place: PurePosixPath, link: str, line: int) -> Picture | None:
        fault = "is of no type that every browser shows; save it as JPEG or PNG"
        try:
            if made := Shelf.of(self.settings).take(self._content / place):
                return made.picture
        except UnusableError as error:
            fault = str(error)
        report(self.source, line, f'the picture "{link}" {fault}')
        return None


def markup(
    picture: Picture | None, address: str, alt: str, sizes: str, *, first: bool = False
) -> Markup:
    """Return the HTML of a picture; `first` of the one at the top, which cannot wait.

    https://html.spec.whatwg.org/multipage/embedded-content.html#the-picture-element
    """
    if picture is None:
        return Markup('<img src="{}" alt="{}">').format(address, alt)
    haste = Markup('fetchpriority="high"' if first else 'loading="lazy"')  # noqa: S704
    width = picture.widths[-1] if picture.widths else picture.width
    image = Markup('<img src="{}"{} width="{}" height="{}" alt="{}" {}>').format(
        address + picture.widest,
        _choice(picture, picture.plain, address, sizes) if picture.widths[1:] else "",
        width,
        max(1, round(picture.height * width / picture.width)),
        alt,
        haste,
    )
    sources = [
        Markup('<source type="image/{}"{}>').format(
            form, _choice(picture, form, address, sizes)
        )
        for form in picture.formats[:-1]
    ]
    return Markup("<picture>{}{}</picture>").format(Markup().join(sources), image)


def _choice(picture: Picture, form: str, address: str, sizes: str) -> Markup:
    """Return the attributes by which a browser chooses one of the widths."""
    if len(picture.widths) == 1:
        return Markup(' srcset="{}"').format(address + ending(picture.width, form))
    files = ",".join(f"{address}{ending(w, form)} {w}w" for w in picture.widths)
    return Markup(' srcset="{}" sizes="{}"').format(files, sizes)


def lead_picture(
    story: Article,
    sizes: str,
    folder: str = "",
    alt: str | None = None,
    *,
    first: bool = True,
) -> Markup:
    """Return the HTML of the picture at the top of a story, which is in `folder`.

    `first` says that it cannot wait.
    """
    address = folder + quote(story.image)
    words = story.alt if alt is None else alt
    return markup(story.lead_picture, address, words, sizes, first=first)


def publish(generator: StaticGenerator, contents: list[Content]) -> None:
    """Put the cleaned file in the place of each picture, and beside it what is offered.

    `contents` are the stories and pages that are shown.
    """
    shelf = Shelf.of(generator.settings)
    everything = filter(None, generator.context["generated_content"].values())
    said = {place for content in everything for place in content.pictures}
    offered = {place for content in contents for place in content.pictures}
    files = []
    for file in generator.staticfiles:
        files.append(file)
        place, path = file.get_relative_source_path(), Path(file.source_path)
        try:
            made = shelf.take(path)
        except UnusableError as error:
            if place not in said:
                report(path, 0, str(error))
            continue
        if made is None:
            continue
        file.copy_of = file.source_path
        if place in offered:
            shelf.offer(path, made)
            files += [_beside(file, made, added) for added in made.picture.endings]
        file.source_path = str(made.whole)
    generator.staticfiles[:] = files
    for content in contents:
        _lend(content, generator.context["static_content"])


def _beside(file: Static, made: Made, added: str) -> Static:
    """Return a file that is offered in place of a picture."""
    other = copy(file)
    other.source_path = str(made.offered / added)
    other.override_save_as = file.save_as + added
    other.override_url = file.url + added
    return other


def _lend(content: Content, files: dict[str, Static]) -> None:
    """Give the pictures that are in no folder of `content`'s own their addresses."""
    for place, link in content.borrowed.items():
        address = link
        if place in files:
            folder = PurePosixPath(content.save_as).parent
            address = quote(relpath(files[place].save_as, folder))
        content._content = content._content.replace(BORROWED + quote(place), address)


class Pictures(Treeprocessor):
    """Makes a `<figure>` of each picture of a text, or says what it lacks."""

    gallery: Gallery

    def run(self, root: Element) -> None:
        """Change the paragraphs where they stand."""
        for html in map(str, self.md.htmlStash.rawHtmlBlocks):
            if not html.startswith("<!--") and (found := RAW.search(html)):
                self._say(
                    found[0],
                    f"write a picture as ![What it shows](file), not as {found[0]}>",
                )
        parents = {child: parent for parent in root.iter() for child in parent}
        for image in list(root.iter("img")):
            holder = parents[image]
            self._show(image, holder, parents[holder] if holder.tag == "a" else holder)

    def _show(self, image: Element, holder: Element, paragraph: Element) -> None:
        """Show `image`, which `holder` (a link, or else the paragraph) has in it."""
        link, alt = image.get("src", ""), image.get("alt", "").strip()
        credit = image.get("credit", "").strip()
        alone = paragraph.tag == "p" and len(paragraph) == len(holder) == 1
        alone = alone and not "".join(paragraph.itertext()).strip()
        for fault in _faults(link, alt, credit, alone=alone):
            self._say(f"]({link}", f'the picture "{link}" {fault}')
        if _is_no_file(link):
            image.set("src", "")  # so that no page is looked for there
            return
        if not alone or ELSEWHERE.match(link):
            return
        address, picture = self.gallery.find(link, self._line(f"]({link}"))
        holder.remove(image)
        holder.text = self.md.htmlStash.store(markup(picture, address, alt, SIZES))
        paragraph.tag = "figure"
        caption = SubElement(paragraph, "figcaption")
        caption.text = f"{image.get('title', '')} ".lstrip()
        SubElement(caption, "small").text = credit

    def _line(self, words: str) -> int:
        line: int = self.md.source[1].line_of(re.escape(words))  # type: ignore[attr-defined]
        return line

    def _say(self, words: str, message: str) -> None:
        """Report a mistake at the line of the body that has `words`."""
        report(self.gallery.source, self._line(words), message)


def _is_no_file(link: str) -> bool:
    return NO_FILE.fullmatch(QUERY.sub("", link)) is not None


def _faults(link: str, alt: str, credit: str, *, alone: bool) -> Iterator[str]:
    """Yield what keeps a picture from being shown, each as the rest of a sentence."""
    if not alt:
        yield (
            "is not described; say between the brackets what it shows: "
            f"![A map]({link})"
        )
    if ELSEWHERE.match(link):
        yield (
            "is on another server, and no browser shows it here; save it in the "
            "story's folder"
        )
    elif _is_no_file(link):
        yield IS_NONE
    if not alone:
        yield (
            "stands in a line of text, where its credit cannot be shown; put it alone "
            "in its paragraph"
        )
    elif not credit:
        yield (
            "has no credit; say behind it whose it is: "
            f'![…]({link}){{credit="A. Name"}}'
        )


class PicturesExtension(Extension):
    """Adds it after attributes are read from `{: … }`, which has priority 8."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's
        """Register it."""
        md.treeprocessors.register(Pictures(md), "pictures", 6)


def makeExtension(**settings: object) -> PicturesExtension:  # noqa: N802
    """Be found by Python-Markdown under this module's name."""
    return PicturesExtension(**settings)
