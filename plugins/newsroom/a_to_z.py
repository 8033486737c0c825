"""The A–Z: every topic and person and every dateline, with the stories of each.

It needs no script, so it is also where the search box leads without one.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.urlwrappers import URLWrapper
from pelican.writers import Writer

from newsroom.addresses import address
from newsroom.wording import name_key

# Of what begins with no letter.
OTHER = "0–9"
# Lines up to which it is one page; a longer one has a page for each letter.
ONE_PAGE = 600


@dataclass(frozen=True)
class Entry:
    """A name and its stories; those of a topic or a byline have a list at `url`."""

    name: str
    kind: str
    stories: list[Article]
    url: str | None = None

    @property
    def letter(self) -> str:
        """What it stands under: its first letter without accents, as a capital."""
        letters = unicodedata.normalize("NFKD", self.name)
        first = next(filter(str.isalnum, letters), "")
        return first.upper() if first.isalpha() else OTHER

    @property
    def lines(self) -> int:
        """How many lines it fills."""
        return 1 if self.url else 1 + len(self.stories)


Topics = Iterable[tuple[URLWrapper, list[Article]]]


def entries(
    stories: Iterable[Article], topics: Topics, bylines: Topics
) -> dict[str, list[Entry]]:
    """Return every entry by its letter, in order."""
    stories = list(stories)
    speakers = ((speaker, story) for story in stories for speaker in story.speakers)
    places = ((story.dateline, story) for story in stories if story.dateline)
    found = [
        *(Entry(tag.name, "topic", tagged, tag.url) for tag, tagged in topics),
        *(Entry(author.name, "byline", by, author.url) for author, by in bylines),
        *_gathered(speakers, "speaker"),
        *_gathered(places, "dateline"),
    ]
    found.sort(key=lambda entry: (entry.letter, name_key(entry.name), entry.kind))
    return {
        letter: list(group)
        for letter, group in groupby(found, lambda entry: entry.letter)
    }


def _gathered(pairs: Iterable[tuple[str, Article]], kind: str) -> Iterator[Entry]:
    """Yield an entry for each name, which may be typed in several ways."""
    found: dict[str, Entry] = {}
    for name, story in pairs:
        entry = found.setdefault(name_key(name), Entry(name, kind, []))
        if story not in entry.stories[-1:]:
            entry.stories.append(story)
    yield from found.values()


class AToZ(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes it as one page, or as one for each letter."""

    def generate_output(self, writer: Writer) -> None:
        """Write the front of it, then what does not fit there."""
        found = entries(
            self.context["articles"], self.context["tags"], self.context["authors"]
        )
        front = PurePosixPath(self.settings["A_TO_Z_SAVE_AS"])
        lines = sum(entry.lines for group in found.values() for entry in group)
        if lines <= ONE_PAGE:
            self._page(writer, front, dict.fromkeys(found, ""), found)
            return
        places = {
            letter: front.parent / letter.lower() / front.name for letter in found
        }
        urls = {letter: quote(self._url(place)) for letter, place in places.items()}
        self._page(writer, front, urls, {})
        for letter, group in found.items():
            self._page(writer, places[letter], urls, {letter: group})

    def _page(
        self,
        writer: Writer,
        place: PurePosixPath,
        letters: dict[str, str],
        groups: dict[str, list[Entry]],
    ) -> None:
        writer.write_file(
            str(place),
            self.get_template("a_to_z"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            url=self._url(place),
            letters=letters,
            groups=groups,
        )

    def _url(self, place: PurePosixPath) -> str:
        return address(str(place), relative=self.settings["RELATIVE_URLS"])


def _generators(_pelican: object) -> type[Generator]:
    return AToZ


def register() -> None:
    """Have it made after the pages of the stories."""
    signals.get_generators.connect(_generators)
