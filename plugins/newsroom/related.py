"""Which stories go together: by the topics they share, then by their words.

It looks at no pair of stories twice and at few of all: what shares a topic or a word is
found through an index, and of what half the site shares, only its nearest in time. How
much a topic or a word says goes by the power of two that its number is in. So after an
edit those stories alone are compared again that have a changed one near them.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from itertools import chain
from typing import NamedTuple
from unicodedata import east_asian_width

from newsroom import workers
from newsroom.wording import name_key

SHOWN = 2
# On either side in time, how many stories that share something are compared.
REACH = 10
# How many of a story's words are compared: those that are rarest on the site.
TELLING = 12
# How much words must say of stories that share no topic: two words that no other story
# has do so, or five that a handful of others have.
ALIKE = 0.5
# Stories that pay for a worker.
WORTH = 300
# Letters that tell a word; its endings differ ("harbour", "harbours").
STEM = 6

Index = Mapping[str, Sequence[int]]


class Record(NamedTuple):
    """What is compared of a story: `place` names it, `terms` are made by `terms()`.

    It is of a `moment`, in seconds.
    """

    place: str
    moment: float
    topics: tuple[str, ...]
    terms: tuple[str, ...]


class Profile(NamedTuple):
    """What tells a story from others: when it was, its topics, its rarest words."""

    moment: float
    topics: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Relations:
    """The places of the stories that go best with each, and what they were found by.

    All are by the places of the stories, in the order of time.
    """

    best: dict[str, list[str]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """The profiles of all stories by their places, in the order of time."""

    profiles: dict[str, Profile]

    @cached_property
    def places(self) -> list[str]:
        """The places of the stories."""
        return [*self.profiles]

    @cached_property
    def topics(self) -> Index:
        """At which stories each topic occurs."""
        return _index(profile.topics for profile in self.profiles.values())

    @cached_property
    def words(self) -> Index:
        """At which stories each word occurs."""
        return _index(profile.words for profile in self.profiles.values())

    def best(self, places: Sequence[int]) -> list[list[str]]:
        """Return what goes best with each of the stories at `places`."""
        profiles = [*self.profiles.values()]
        found = []
        for at in places:
            moment, topics, words = profiles[at]
            bound = _near(at, topics, self.topics)
            alike = _near(at, words, self.words)
            ranked = nsmallest(
                SHOWN,
                (
                    (
                        -bound.get(other, 0),
                        -alike.get(other, 0),
                        abs(profiles[other].moment - moment),
                        other,
                    )
                    for other in alike.keys() | bound.keys()
                    if other in bound or alike[other] >= ALIKE
                ),
            )
            found.append([self.places[other] for *_, other in ranked])
        return found

    def near(self, some: set[str]) -> Iterator[str]:
        """Yield the places of the stories that are compared with some of these."""
        for at, (place, profile) in enumerate(self.profiles.items()):
            if place in some:
                bound = _near(at, profile.topics, self.topics)
                alike = _near(at, profile.words, self.words)
                for other in chain(bound, alike):
                    yield self.places[other]


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


def related(records: Iterable[Record], before: Relations | None = None) -> Relations:
    """Return which stories go together.

    What is rare on the site binds more than what is common. What was found `before` is
    kept of the stories that have the same ones near them.
    """
    before = before or Relations()
    ordered = sorted(records, key=lambda record: (record.moment, record.place))
    profiles = zip(ordered, _profiles(ordered), strict=True)
    site = Site({record.place: profile for record, profile in profiles})
    stale = _stale(Site(before.profiles), site)
    places = [at for at, place in enumerate(site.places) if place in stale]
    shares = workers.shared(site.best, places, WORTH)
    found = dict(zip(places, chain.from_iterable(shares), strict=True))
    best = {
        place: found[at] if at in found else before.best[place]
        for at, place in enumerate(site.places)
    }
    return Relations(best, site.profiles)


def _stale(old: Site, new: Site) -> set[str]:
    """Return the places of the stories with which others may go now."""
    both = old.profiles.keys() | new.profiles.keys()
    changed = {
        place for place in both if old.profiles.get(place) != new.profiles.get(place)
    }
    if changed == both:  # there is nobody else
        return changed
    return changed.union(
        old.near(changed),
        new.near(changed),
        _reweighed(new, new.topics, old.topics),
        _reweighed(new, new.words, old.words),
    )


def _reweighed(site: Site, index: Index, other: Index) -> Iterator[str]:
    """Yield the places of stories that have what has another weight in `other`."""
    for name, places in index.items():
        if _weight(places) != _weight(other.get(name, ())):
            for at in places:
                yield site.places[at]


def _profiles(records: Sequence[Record]) -> Iterator[Profile]:
    """Yield the profile of each; of its words, those that are rarest in all."""
    counts = Counter(chain.from_iterable(record.terms for record in records))
    rank = {term: (count.bit_length(), term) for term, count in counts.items()}
    for record in records:
        words = sorted(record.terms, key=rank.__getitem__)[:TELLING]
        yield Profile(record.moment, record.topics, tuple(words))


def _index(groups: Iterable[Iterable[str]]) -> Index:
    """Return where each name occurs, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, names in enumerate(groups):
        for name in names:
            places[name].append(at)
    return dict(places)


def _weight(places: Sequence[int]) -> float:
    """Return what it says that two stories share a name that is at `places`."""
    return 1 / max(1, len(places).bit_length()) ** 2


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
