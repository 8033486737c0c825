"""The comments below a story: read from their files, put in threads, open or closed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import deflate
from markupsafe import Markup

from newsroom import clock, header
from newsroom.comment_body import comment_html
from newsroom.comment_file import FOLDER, ID, Comment, Mistake, parse
from newsroom.problems import report, report_all
from newsroom.text_file import text_of
from newsroom.weights import LEVEL

# Answers to answers to answers stand side by side: a phone has no room for more.
LEVELS = 3
# On the story's own page stand the newest threads, of at most so many comments.
ON_THE_STORY = 20
# Bytes of gzip that a story's page may have, but for its words; and what one comment
# adds to its own words: names, dates, links, structured data.
PAGE, FURNITURE, FRAME = 13_000, 5_000, 60


@dataclass(frozen=True)
class Posted:
    """A comment as it is shown; `id` is the name of its file.

    Its `number` counts the comments of its story, the oldest being 1.
    """

    id: str
    author: str
    date: datetime
    url: str
    parent: str
    html: Markup
    number: int = 0

    @property
    def words(self) -> str:
        """What it says, without markup."""
        return self.html.striptags()


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, oldest first; `to` is whom it answers, if not above.

    Answers below the deepest level stand beside each other there, each saying to whom.
    """

    comment: Posted
    answers: tuple["Thread", ...]
    to: Posted | None = None


@dataclass(frozen=True)
class Discussion:
    """All comments of a story, oldest first, and until when it takes more.

    `newest` are the threads that its own page has room for, `closes` the last day; None
    is without end. It `is_open` on the day of the build or not.
    """

    comments: tuple[Posted, ...] = ()
    threads: tuple[Thread, ...] = ()
    newest: tuple[Thread, ...] = ()
    closes: date | None = None
    is_open: bool = True

    @property
    def shown(self) -> list[Posted]:
        """The comments on the story's own page, in the order in which they stand."""
        return in_order(self.newest)

    @property
    def earlier(self) -> int:
        """How many comments are not on the story's own page."""
        return len(self.comments) - len(self.shown)


def beside(
    article: Path,
    settings: Mapping[str, Any],
    *,
    closes: date | None,
    is_closed: bool,
    words: str,
) -> Discussion:
    """Read the comments of the story `article`, and report every mistake in them.

    It takes more until the day `closes`, or none at all; `words` are all others that
    its page shows.
    """
    zone = settings["TIMEZONE"]
    found = _read(article.with_name(FOLDER), ZoneInfo(zone))
    several = threads(found)
    return Discussion(
        found,
        several,
        newest(several, words),
        closes,
        not is_closed and (closes is None or clock.today(zone, until=closes) <= closes),
    )


def last_day(published: datetime, settings: Mapping[str, Any]) -> date | None:
    """Return the last day on which a story takes comments; None if it always does."""
    days = settings["COMMENTS_CLOSE_AFTER_DAYS"]
    return published.date() + timedelta(days) if days else None


def threads(comments: Iterable[Posted]) -> tuple[Thread, ...]:
    """Put comments, oldest first and each parent among them, in threads."""
    answers: defaultdict[str, list[Posted]] = defaultdict(list)
    for comment in comments:
        answers[comment.parent].append(comment)

    def thread(comment: Posted, level: int) -> Thread:
        below = answers[comment.id]
        if level + 1 < LEVELS:
            return Thread(comment, tuple(thread(each, level + 1) for each in below))
        side_by_side = [
            Thread(each, (), to=None if each in below else known[each.parent])
            for each in _all_below(comment, answers)
        ]
        return Thread(comment, tuple(side_by_side))

    known = {each.id: each for several in answers.values() for each in several}
    return tuple(thread(comment, 1) for comment in answers[""])


def newest(several: tuple[Thread, ...], words: str) -> tuple[Thread, ...]:
    """Choose the threads for a story's own page, whose other words are `words`.

    They are whole, and as many as let it arrive at once; none where a story fills it.
    """
    if not several:
        return ()
    room = PAGE - FURNITURE - _weight(words)
    places = ON_THE_STORY
    chosen: list[Thread] = []
    for thread in reversed(several):
        comments = in_order([thread])
        places -= len(comments)
        room -= sum(FRAME + _weight(comment.html) for comment in comments)
        if room < 0 or places < 0:
            break
        chosen.insert(0, thread)
    return tuple(chosen)


def in_order(several: Iterable[Thread]) -> list[Posted]:
    """Return the comments of threads in the order in which they stand on a page."""
    found = []
    for thread in several:
        found += [thread.comment, *in_order(thread.answers)]
    return found


def _read(folder: Path, zone: ZoneInfo) -> tuple[Posted, ...]:
    """Return the comments in a folder, oldest first; report every mistake in them."""
    if not folder.is_dir():
        return ()
    found: dict[str, Posted] = {}
    texts: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix != ".md" or not ID.fullmatch(path.stem) or not path.is_file():
            report(
                path,
                0,
                "is no comment; one is a file of small letters, digits and single "
                "hyphens that ends in .md",
            )
            continue
        text = texts[path.stem] = text_of(path)
        comment, mistakes = parse(text)
        posted = _posted(path.stem, comment, zone)
        report_all(path, mistakes or _in_the_future(posted, text))
        found[path.stem] = posted
    for name, message in _lost(found).items():
        line = header.parse(texts[name]).fields["parent"].line
        report(folder / f"{name}.md", line, message)
        found[name] = replace(found[name], parent="")
    oldest_first = sorted(found, key=lambda name: _order(name, found))
    return tuple(
        replace(found[name], number=number)
        for number, name in enumerate(oldest_first, 1)
    )


def _order(name: str, comments: Mapping[str, Posted]) -> tuple[datetime, int, str]:
    """Return what a comment is ordered by; it is never before what it answers.

    Of those that are dated by hand, many have a day alone.
    """
    way = _way_up(name, comments)
    return max(comments[each].date for each in way), len(way), name


def _posted(name: str, comment: Comment, zone: ZoneInfo) -> Posted:
    moment = comment.date
    return Posted(
        name,
        comment.author,
        moment if moment.tzinfo else moment.replace(tzinfo=zone),
        comment.url,
        comment.parent,
        Markup(comment_html(comment.text)),  # noqa: S704 - cleaned
    )


def _in_the_future(comment: Posted, text: str) -> list[Mistake]:
    if clock.passed(comment.date):
        return []
    line = header.parse(text).fields["date"].line
    return [(line, f"the comment is of the future: {comment.date}")]


def _lost(comments: Mapping[str, Posted]) -> dict[str, str]:
    """Return what is wrong with the parents of comments, by the comments' names."""
    lost: dict[str, str] = {}
    for name, comment in comments.items():
        if comment.parent and comment.parent not in comments:
            lost[name] = (
                f'no comment here is called "{comment.parent}"; leave the line out, or '
                "bring that comment back"
            )
    for name in comments:
        way = _way_up(name, comments)
        if comments[way[-1]].parent == name and not lost.keys() & set(way):
            by_way = f', by way of "{way[-1]}"' if len(way) > 1 else ""
            lost[name] = f"it answers itself{by_way}"
    return lost


def _way_up(name: str, comments: Mapping[str, Posted]) -> list[str]:
    """Return a comment, what it answers, what that answers …, each once."""
    way = {name: None}  # in which a long one is looked up at once
    while (parent := comments[name].parent) in comments and parent not in way:
        way[parent] = None
        name = parent
    return [*way]


def _all_below(comment: Posted, answers: Mapping[str, list[Posted]]) -> list[Posted]:
    """Return the answers to a comment and the answers to those, oldest first."""
    found = list(answers.get(comment.id, ()))
    for each in found:
        found += answers.get(each.id, ())
    return sorted(found, key=lambda each: each.number)


def _weight(text: str) -> int:
    return len(deflate.zlib_compress(text.encode(), LEVEL))
