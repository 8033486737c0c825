"""What pages link to, as the state keeps it: which of their links are to be checked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import unquote_to_bytes

from newsroom import links
from newsroom.links import Anchors
from newsroom.release import Places
from newsroom.state import PagesRecord, SpoiltError, State


class PageLinks:
    """The links and anchors of the pages of this build, and of the last.

    `pages` are the records of this build's, and `names` those of these by the places.
    """

    def __init__(
        self,
        state: State,
        places: Places,
        pages: Mapping[str, PagesRecord],
        names: Mapping[str, str],
        site: str,
    ) -> None:
        self._state = state
        self._places = places
        self._pages = pages
        self._names = names
        self._site = site
        # The pages of a story are asked for together.
        self._here = lru_cache(maxsize=1)(
            lambda name: self._anchors(pages[name], places.at)
        )
        # An author's own are compared, checked and kept.
        self._own = cache(lambda place: packed(place, places.at(place), site))

    def doubtful(
        self, changed: set[str], moved: Iterable[str], now: frozenset[str]
    ) -> set[str]:
        """Return the pages whose links may lead elsewhere than in the last build.

        They are the pages made now, whose records are `changed`, and those that link to
        what is gone, or has `moved`; `now` has the names of all files.
        """
        if changed.issuperset(self._pages):
            return {*self._names}
        before = {*self._state.others}
        gone = links.lost(moved, ())
        for place, anchors in self._before(changed):
            before.add(place)
            if place in now:
                kept = links.ids_in(self.anchors_of(place))
                gone |= links.ids_in(anchors) - kept
        gone |= links.lost(before, now)
        typed = {each.encode("utf-8", "surrogateescape") for each in gone}
        # What has a percent sign in it may be linked to without quoting it.
        signs = typed | {*map(unquote_to_bytes, typed)}
        return {
            place
            for name, record in self._pages.items()
            if name in changed or (signs and self._mentions(record, signs))
            for place in record.places
        }

    def anchors_of(self, place: str) -> bytes:
        """Return the packed anchors of a page."""
        if place not in self._names:
            return self._own(place)
        name = self._names[place]
        return self._here(name)[self._pages[name].places.index(place)]

    def own(self, others: Iterable[str]) -> dict[str, bytes]:
        """Return the packed anchors of the author's own pages, by their places.

        These are among the `others`, which no template made.
        """
        return {name: self.anchors_of(name) for name in others if _is_page(name)}

    def _before(self, changed: set[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the places of the last build's pages that may be others now.

        With each are the anchors that it had.
        """
        yield from self._state.own.items()
        for name, was in self._state.pages.items():
            if name in changed or name not in self._pages:
                anchors = self._anchors(was, self._places.output.joinpath)
                yield from zip(was.places, anchors, strict=True)

    def _anchors(self, record: PagesRecord, at: Callable[[str], Path]) -> list[bytes]:
        """Return the packed anchors of pages; where they are spoilt, read the pages."""
        try:
            kept: list[bytes] = self._state.body(record.anchors)
        except SpoiltError:
            return [packed(place, at(place), self._site) for place in record.places]
        return kept

    def _mentions(self, record: PagesRecord, names: set[bytes]) -> bool:
        """Whether pages may have a link with one of the unquoted `names` in it."""
        try:
            kept = unquote_to_bytes(self._state.pickled(record.anchors))
        except SpoiltError:
            return True
        return any(name in kept for name in names)


def packed(place: str, text: str | Path, site: str) -> bytes:
    """Return the packed anchors of a page, or of its file; of what is none, nothing."""
    if not _is_page(place):
        return b""
    html = text if isinstance(text, str) else links.read(text)
    return Anchors.of(html, site).packed()


def _is_page(place: str) -> bool:
    return place.endswith(".html")
