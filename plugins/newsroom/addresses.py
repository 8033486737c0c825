"""The addresses of pages, derived from the places where they are saved."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pelican import Pelican
from pelican.contents import Content
from pelican.generators import Generator
from pelican.plugins import signals
from unidecode import unidecode

from newsroom.problems import report, shown

INDEX = "index.html"
# Whose the addresses are that the site makes itself.
A_LIST = "a list of stories"
LONGEST = 240  # letters of a slug; a file's name has at most 255 bytes (ext4, APFS)


def address(save_as: str, *, relative: bool) -> str:
    """Return the address of the page saved at `save_as`, below the site's root.

    On a host, a folder's address shows its index.html. A site of relative links must
    also open from a disk, where it does not, so there the file is named.
    """
    if relative or not (save_as == INDEX or save_as.endswith(f"/{INDEX}")):
        return save_as
    return save_as.removesuffix(INDEX)


def absolute(url: str, site: str) -> str:
    """Return the public address of `url`, which is below the root of `site`."""
    return f"{site}/{address(str(url), relative=False)}"


def placeholder(site: str) -> bool:
    """Whether `site` is not its owner's: .example is nobody's (RFC 2606, section 2)."""
    host = urlsplit(site).hostname or ""
    return not host or host.endswith(".example")


def _derive(pelican: Pelican) -> None:
    """Set every …_URL from its …_SAVE_AS, and the pagination's likewise."""
    settings: dict[str, Any] = pelican.settings
    relative = settings["RELATIVE_URLS"]
    # What a link inside a story's folder adds to name a folder's page.
    settings["FOLDER_PAGE"] = address(INDEX, relative=relative)
    for name in [name for name in settings if name.endswith("_SAVE_AS")]:
        url = name.removesuffix("_SAVE_AS") + "_URL"
        settings[url] = address(settings[name], relative=relative)
    settings["PAGINATION_PATTERNS"] = [
        rule._replace(
            URL="{url}"
            if rule.min_page == 1
            else address(rule.SAVE_AS, relative=relative)
        )
        for rule in settings["PAGINATION_PATTERNS"]
    ]


def _find_clashes(generators: list[Generator]) -> None:
    """Say what would be saved where another page is, and do not write it."""
    context = generators[0].context
    taken = dict.fromkeys(_lists(context), A_LIST)
    contents = [
        *context["articles"],
        *context["drafts"],
        *context["pages"],
        *context["draft_pages"],
    ]
    dropped: list[Content] = []
    for content in sorted(contents, key=_by_path):
        if not content.slug:
            report(
                content.source_path,
                0,
                "its title has no letter or digit to make an address of; give it a "
                "Slug",
            )
        elif len(content.slug) > LONGEST:
            report(
                content.source_path,
                0,
                f"its address would have {len(content.slug)} letters; give it a Slug "
                f"of at most {LONGEST}",
            )
        elif not _take(taken, content, "Slug"):
            continue
        _drop(content, generators)
        dropped.append(content)
    for file in sorted(context["staticfiles"], key=_by_path):
        if any(_is_beside(file, content) for content in dropped):
            context["staticfiles"].remove(file)
            continue
        place = PurePosixPath(file.get_relative_source_path(origin(file)))
        story = place.parts[0] != "extra"
        if story and _take(taken, file, "name"):
            context["staticfiles"].remove(file)


def _find_namesakes(generators: list[Generator]) -> None:
    """Report names of one address that are not one name, as C and C++."""
    first: dict[tuple[str, str], str] = {}
    context = generators[0].context
    for story in sorted([*context["articles"], *context["drafts"]], key=_by_path):
        for name in (story.category, *story.tags, *story.authors):
            known = first.setdefault((type(name).__name__, name.slug), name.name)
            if known != name.name and _signs(known) != _signs(name.name):
                report(
                    story.source_path,
                    0,
                    f'"{name.name}" would share the address of "{known}"; '
                    "choose another name for one of them",
                )


def _signs(name: str) -> str:
    """Return what tells a name from another: not case, accents, spaces or stops."""
    return re.sub(r"[\s.,'’_-]", "", unidecode(name).casefold())


def _by_path(content: Content) -> str:
    return origin(content)


def origin(content: Content) -> str:
    """Return the file that `content` is to its author; a picture is a copy of it."""
    return str(vars(content).get("copy_of", content.source_path))


def _is_beside(file: Content, content: Content) -> bool:
    """Whether a file is a story's, or was made for it."""
    folder = f"{posixpath.dirname(content.source_path)}/"
    place = f"{posixpath.dirname(content.save_as)}/"
    return origin(file).startswith(folder) and file.save_as.startswith(place)


def _lists(context: dict[str, Any]) -> Iterator[str]:
    """Yield where the pages are saved that the site makes itself."""
    for name, place in context.items():
        if name.endswith("_SAVE_AS") and place and "{" not in str(place):
            yield str(place).lower()
    for year in context["period_archives"].get("year", ()):
        yield year["save_as"].lower()


def _take(taken: dict[str, str], content: Content, remedy: str) -> bool:
    """Give `content` its place, or say whose it is and return True."""
    own = origin(content)
    other = taken.setdefault(content.save_as.lower(), own)
    if other == own:
        return False
    report(
        origin(content),
        0,
        f'its address "{address(content.save_as, relative=False)}" is that of '
        f"{other if other == A_LIST else shown(other)}; give it another {remedy}",
    )
    return True


def _drop(content: Content, generators: list[Generator]) -> None:
    for generator in generators:
        for name in ("articles", "drafts", "pages", "draft_pages"):
            if content in getattr(generator, name, ()):
                getattr(generator, name).remove(content)


def _settle(generators: list[Generator]) -> None:
    """Compute each address once: Pelican does at every use, and lists use many."""
    context = generators[0].context
    for content in [*context["articles"], *context["pages"], *context["drafts"]]:
        content.override_url = content.url


def register() -> None:
    """Derive the addresses before anything is read; compare and settle them after."""
    signals.initialized.connect(_derive)
    signals.all_generators_finalized.connect(_find_clashes)
    signals.all_generators_finalized.connect(_find_namesakes)
    signals.all_generators_finalized.connect(_settle)
