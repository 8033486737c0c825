"""The weight of a story's page: it must arrive before the server waits for a reply."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pelican.contents import Article

from newsroom.problems import report
from newsroom.theme_tools import count_words

# Bytes of gzip: ten TCP segments (RFC 6928) less the head of the response.
FIRST_FLIGHT = 13_500
# Words up to which a story must fit; a longer one may come in two flights.
LONGEST = 3_000


@dataclass(frozen=True, order=True)
class Weight:
    """The bytes of a story's page, compressed, and its place below the output."""

    size: int
    place: str

    def __str__(self) -> str:
        """Say it in the unit of the budget."""
        return f"{self.size / 1000:.1f} of {FIRST_FLIGHT / 1000} KB"


def weigh(output: Path, stories: Iterable[Article]) -> Weight | None:
    """Return the heaviest page of `stories`; report each that is too heavy."""
    weights = []
    for story in stories:
        page = Path(output, story.save_as).read_bytes()
        weight = Weight(len(zlib.compress(page, wbits=31)), story.save_as)
        weights.append(weight)
        if weight.size > FIRST_FLIGHT and count_words(story.content) <= LONGEST:
            report(
                story.source_path,
                0,
                f"its page has {weight}, gzipped, and would not arrive at once; "
                "shorten its notes and corrections, or part the story",
            )
    return max(weights, default=None)
