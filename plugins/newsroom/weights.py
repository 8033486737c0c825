"""The weight of a story's page: it must arrive before the server waits for a reply.

To compress a page as a server does takes long, of thousands. In a hurry it takes half
as long, and shows that most are not the heaviest.
"""

import re
from collections.abc import Callable, Iterable
from html import unescape
from operator import itemgetter
from typing import NamedTuple

import deflate
from pelican.contents import Article

from newsroom.problems import report

# Bytes of gzip: ten TCP segments (RFC 6928) less the head of the response.
FIRST_FLIGHT = 13_500
# What servers compress at, if nothing is said.
LEVEL = 6
# What is quickest: a page has at most as many bytes.
HASTY = 1
# Words up to which a story must fit; a longer one may come in two flights.
LONGEST = 3_000
# What newsroom/claims.py puts below a paragraph.
NOTES = re.compile(r'<details class="notes">.*?</details>', re.DOTALL)
TAGS = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


class Weight(NamedTuple):
    """The bytes of a story's page, compressed, and its place below the output."""

    size: int
    place: str

    def __str__(self) -> str:
        """Say it in the unit of the budget."""
        return f"{self.size / 1000:.1f} of {FIRST_FLIGHT / 1000} KB"


def most_of(page: bytes) -> int:
    """Return how many bytes a page has at most, compressed."""
    return len(deflate.gzip_compress(page, HASTY))


def size_of(page: bytes) -> int:
    """Return the bytes of a page, compressed as a server does."""
    return min(len(deflate.gzip_compress(page, LEVEL)), most_of(page))


def weigh(
    stories: Iterable[tuple[int, Article]], page_at: Callable[[str], bytes]
) -> Weight | None:
    """Return the heaviest page of stories; report each that is too heavy.

    `stories` come with the most that their pages can have, and `page_at` returns the
    page at a place. Those are weighed that can be the heaviest, or too heavy.
    """
    heaviest = None
    for most, story in sorted(stories, key=itemgetter(0), reverse=True):
        if heaviest and most <= min(heaviest.size, FIRST_FLIGHT):
            break
        weight = Weight(size_of(page_at(story.save_as)), story.save_as)
        heaviest = max(heaviest or weight, weight)
        if weight.size > FIRST_FLIGHT and count_words(story.content) <= LONGEST:
            report(
                story.source_path,
                0,
                f"its page has {weight}, gzipped, and would not arrive at once; "
                "shorten its notes and corrections, or part the story",
            )
    return heaviest


def count_words(html: str) -> int:
    """Return how many words a body has without the notes beside it."""
    return len(unescape(TAGS.sub("", NOTES.sub("", html))).split())
