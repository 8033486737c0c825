"""Which stories go together: by the topics they share, then by their words.

It looks at no pair of stories twice and at few of all: what shares a topic or a word is
found through an index, and of what half the site shares, only its nearest in time.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from math import log2
from unicodedata import east_asian_width

from newsroom import workers
from newsroom.wording import name_key

SHOWN = 2
# On either side in time, how many stories that share something are compared.
REACH = 10
# How many of a story's words are compared: those that are rarest on the site.
TELLING = 12
# How alike (0 to 1) stories must be that share no topic.
ALIKE = 0.1
# Stories that pay for a worker.
WORTH = 1_000
# Letters that tell a word; its endings differ ("harbour", "harbours").
STEM = 6

Index = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Record:
    """What is compared of a story: `place` names it, `terms` are made by `terms()`."""

    place: str
    topics: tuple[str, ...]
    terms: tuple[str, ...]


def terms(*texts: str) -> tuple[str, ...]:
    """Return the words of `texts`, each once, in an order that is always the same.

    Where writing has no spaces between words, pairs of letters stand for them.
    """
    found: set[str] = set()
    for word in re.findall(r"\w+", name_key(" ".join(texts))):
        if any(east_asian_width(letter) == "W" for letter in word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif len(word) > 2:  # noqa: PLR2004 - "of", "la", "am" tell nothing
            found.add(word[:STEM])
    return tuple(sorted(found))


def related(records: Sequence[Record]) -> dict[str, list[str]]:
    """Return the places of the stories that go best with each, the best first.

    `records` are in the order of their dates. What is rare on the site binds more than
    what is common.
    """
    telling = _telling([record.terms for record in records])
    topics = _index(record.topics for record in records)
    words = _index(telling)
    lengths = [sum(_weight(words[term]) for term in some) ** 0.5 for some in telling]

    def best(places: Sequence[int]) -> list[list[str]]:
        """Return what goes best with each of the stories at `places`."""
        found = []
        for at in places:
            bound = _near(at, records[at].topics, topics)
            alike = _near(at, telling[at], words)
            ranked = nsmallest(
                SHOWN,
                (
                    (-bound.get(other, 0), -likeness, abs(other - at), other)
                    for other in alike.keys() | bound.keys()
                    for likeness in [
                        alike.get(other, 0) / (lengths[at] * lengths[other] or 1)
                    ]
                    if other in bound or likeness >= ALIKE
                ),
            )
            found.append([records[other].place for *_, other in ranked])
        return found

    shares = workers.shared(best, range(len(records)), WORTH)
    ranked = chain.from_iterable(shares)
    return {
        record.place: places for record, places in zip(records, ranked, strict=True)
    }


def _telling(texts: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Return the words of each text that are rarest in all, the rarest first."""
    counts = Counter(chain.from_iterable(texts))
    return [
        sorted(terms, key=lambda term: (counts[term], term))[:TELLING]
        for terms in texts
    ]


def _index(groups: Iterable[Iterable[str]]) -> Index:
    """Return where each name occurs, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, names in enumerate(groups):
        for name in names:
            places[name].append(at)
    return places


def _weight(places: Sequence[int]) -> float:
    """Return what it says that two stories share a name that is at `places`."""
    return 1 / log2(1 + len(places)) ** 2


def _near(at: int, names: Iterable[str], index: Index) -> dict[int, float]:
    """Return the stories near `at` that share some of `names`, and how much of them."""
    found: dict[int, float] = defaultdict(float)
    for name in names:
        places = index[name]
        middle = bisect_left(places, at)
        weight = _weight(places)
        for other in places[max(0, middle - REACH) : middle + REACH + 1]:
            found[other] += weight
    found.pop(at, None)
    return found
