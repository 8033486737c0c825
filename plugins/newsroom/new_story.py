"""`make new`: the folder of a story, with a header that is right and an open ledger."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from pelican.utils import slugify

from newsroom import clock, ledger_file
from newsroom.content_files import ARTICLE
from newsroom.header import parse
from newsroom.marks import without_marks
from newsroom.overview import slug_of, stories
from newsroom.problems import shown
from newsroom.schema import SLUG, PageHeader, StoryHeader, validate
from newsroom.text_file import text_of
from newsroom.wording import did_you_mean

SKELETON = Path(__file__).with_name("skeleton")
LONGEST = 80  # letters of a slug that is made of a title


class NewStoryError(Exception):
    """The story cannot be begun; the message says why, and what to do."""


def begin(settings: dict[str, Any], title: str, section: str, author: str) -> list[str]:
    """Make the story's folder; return what to do next, a line each.

    Where `section` or `author` is empty, it is the section with the most stories, and
    the first of the site's desks.
    """
    headers = dict(_headers(settings))
    slug = _slug(one_line(title), settings)
    if user := _user(slug, headers, settings):
        raise NewStoryError(
            f'"{slug}" is in use, by {user}; give the story another title'
        )
    sections = Counter(
        header.category for header in headers.values() if _is_story(header)
    )
    usual = max(sections, key=lambda name: (sections[name], name), default="News")
    desk = next(iter(settings["DESKS"]), settings["SITENAME"])
    today = clock.today(settings["TIMEZONE"])
    values = {
        "title": one_line(title),
        "date": today.isoformat(),
        "section": one_line(section) or usual,
        "author": one_line(author) or desk,
        "slug": slug,
        "method": settings["METHOD_VERSION"],
    }
    folder = Path(settings["PATH"], settings["ARTICLE_PATHS"][0], str(today.year), slug)
    _write(folder, _files(values))
    return [*_next_steps(folder, slug), *_new_section(values["section"], sections)]


def one_line(value: str) -> str:
    """Return `value` as a header can hold it: on one line, without control marks."""
    text = value.encode("utf-8", "replace").decode()  # of a shell that is not UTF-8
    return " ".join(without_marks(text).split())


def _headers(settings: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the header of each story and page; what is wrong in one a build says."""
    content = Path(settings["PATH"])
    for path in stories(settings):
        yield path, validate(parse(text_of(path)), StoryHeader)[0]
    for folder in settings["PAGE_PATHS"]:
        for path in sorted((content / folder).rglob("*.md")):
            yield path, validate(parse(text_of(path)), PageHeader)[0]


def _is_story(header: StoryHeader | PageHeader) -> bool:
    return isinstance(header, StoryHeader)


def _slug(title: str, settings: dict[str, Any]) -> str:
    slug = slugify(title, settings["SLUG_REGEX_SUBSTITUTIONS"]).replace("_", "-")
    slug = "-".join(filter(None, slug.split("-")))
    if len(slug) > LONGEST:
        slug = slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
    if not SLUG.fullmatch(slug):
        raise NewStoryError(
            f'"{title}" has no letter or digit to make an address of; give a title: '
            'make new TITLE="Council closes the harbour"'
        )
    return slug


def _user(slug: str, headers: dict[Path, Any], settings: dict[str, Any]) -> str:
    """Return what uses `slug` already, as an address or a folder, or nothing."""
    for path, header in headers.items():
        its = header.slug or path.stem
        if _is_story(header):
            its = slug_of(header, settings)
        old = (place.removesuffix("/index.html") for place in header.redirect_from)
        if slug == its:
            return shown(path)
        if slug in {place.rpartition("/")[2] for place in old}:
            return f"an old address of {shown(path)}"
        if _is_story(header) and slug == path.parent.name:
            return f"the folder of {shown(path)}"
    return ""


def _files(values: dict[str, str]) -> dict[str, str]:
    """Return the text of each file of the story's folder."""
    files = {
        name: Template((SKELETON / name).read_text("utf-8")).substitute(values)
        for name in (ARTICLE, ledger_file.NAME)
    }
    for _line, mistake in validate(parse(files[ARTICLE]), StoryHeader)[1]:
        raise NewStoryError(mistake)
    return files


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise NewStoryError(
            f"{shown(folder)} cannot be made: {error.strerror}"
        ) from error


def _next_steps(folder: Path, slug: str) -> list[str]:
    return [
        f"Made {shown(folder)}/ with {ARTICLE} and {ledger_file.NAME}.",
        f"Write the story in {ARTICLE}. It is a draft: `make serve` shows it, at "
        f"/drafts/{slug}/",
        f"Put its sources and claims into {ledger_file.NAME}; `make evidence` says "
        "what the badge still lacks.",
        f"Checked? `make sign STORY={slug}`. Ready? Take out the line Status: draft.",
    ]


def _new_section(section: str, sections: Counter[str]) -> Iterator[str]:
    if sections and section not in sections:
        known = tuple(sorted(sections))
        yield (
            f'"{section}" is a new section; there are {", ".join(known)}'
            f"{did_you_mean(section, known)}"
        )
