"""A story's timeline, timeline.toml: what happened when, and who says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from newsroom.ledger import Id, Ledger, Table, Text, Url
from newsroom.ledger_file import NAME as LEDGER
from newsroom.ledger_file import Fault, Tables, placed, read_as
from newsroom.problems import report_all
from newsroom.text_file import text_if_there
from newsroom.wording import did_you_mean

NAME = "timeline.toml"
# Where the timeline's page is saved, below the story's.
PAGE = "timeline/index.html"
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
# How a newspaper writes a year, a month and a day, by the letters of ISO 8601.
SHOWN = {4: "{:%Y}", 7: "{:%B %Y}", 10: "{0.day} {0:%B %Y}"}


@dataclass(frozen=True)
class When:
    """A day, a month or a year, as in ISO 8601: 2016-08-22, 2016-08, 2016."""

    iso: str

    @property
    def first(self) -> date:
        """The day, or the first one of the month or the year."""
        return date.fromisoformat(self.iso + "-01-01"[len(self.iso) - 4 :])

    @property
    def year(self) -> str:
        """The year, in four digits."""
        return self.iso[:4]

    def __str__(self) -> str:
        """Write it as a newspaper does: 22 August 2016, August 2016, 2016."""
        return SHOWN[len(self.iso)].format(self.first)

    def after(self, other: str) -> bool:
        """Whether it is later than `other`, as far as both say when."""
        return self.iso[: len(other)] > other[: len(self.iso)]


def _when(value: Any) -> When:
    """Read a date of TOML, or a month or a year as a text or a number."""
    day = isinstance(value, date) and not isinstance(value, datetime)
    if day or (isinstance(value, str | int) and DATE.fullmatch(str(value))):
        try:
            when = When(str(value))
            when.first  # noqa: B018 - raises where the calendar has no such day
        except ValueError:
            pass
        else:
            return when
    raise PydanticCustomError(
        "no_date",
        "{message}",
        {
            "message": f'"{value}" is no date; write 2026-11-20, "2026-11" or "2026"',
        },
    )


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Event(Table):
    """What happened, and who says so: sources of the ledger, or an address."""

    date: Annotated[When, BeforeValidator(_when)]
    event: Text
    source: Annotated[list[Id], BeforeValidator(_several)] = Field([])
    publisher: Text | None = None
    url: Url | None = None


class Timeline(Table):
    """The whole of one timeline.toml."""

    events: list[Event] = Field(min_length=1)


TABLES: Tables = {"events": Event}


def beside(article: Path, ledger: Ledger | None, today: date) -> Timeline | None:
    """Read the timeline beside `article`, if there is one, and report its mistakes.

    What has a mistake is None: a build with one fails, and goes on to find others.
    """
    path = article.with_name(NAME)
    text = text_if_there(path)
    if text is None:
        return None
    timeline, mistakes = read_as(Timeline, TABLES, text)
    if timeline:
        found = [*_faults(timeline, today)]
        if not ledger and article.with_name(LEDGER).exists():
            timeline = None  # the ledger has mistakes, and nothing more is known of it
        else:
            found += _unknown(timeline, ledger)
        mistakes = placed(found, text)
    report_all(path, mistakes)
    return None if mistakes else timeline


def _unknown(timeline: Timeline, ledger: Ledger | None) -> Iterator[Fault]:
    """Yield the sources that no ledger has."""
    for number, event in enumerate(timeline.events):
        place = ("events", number, "source")
        for name in event.source:
            if not ledger:
                yield place, f'there is no ledger.toml beside it to have "{name}"'
            elif name not in ledger.sources:
                hint = did_you_mean(name, tuple(ledger.sources))
                yield place, f'the ledger has no source "{name}"{hint}'


def _faults(timeline: Timeline, today: date) -> Iterator[Fault]:
    for number, event in enumerate(timeline.events):
        place = ("events", number)
        if bool(event.url) != bool(event.publisher):
            yield place, "url and publisher come together: whose page it is, and where"
        elif not (event.source or event.url):
            yield (
                place,
                f'"{event.event}" has no source; name one of the ledger, source = "…", '
                "or give publisher and url",
            )
        if event.date.after(today.isoformat()):
            yield (*place, "date"), f"date = {event.date.iso} is still to come"
    for number, (before, event) in enumerate(pairwise(timeline.events), 1):
        if before.date.after(event.date.iso):
            yield (
                ("events", number, "date"),
                f"{event.date.iso} stands below {before.date.iso}; begin with what was "
                "first",
            )
