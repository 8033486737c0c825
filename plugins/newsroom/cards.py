"""A social card for each story: what networks show of it before anyone has read it.

The badge comes from the story's Badge alone, which only the evidence earns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pelican.contents import Article
from pelican.generators import StaticGenerator

from newsroom import templates, workers
from newsroom.badge import State
from newsroom.made_files import made
from newsroom.theme_tools import day

NAME = "card.png"
TEMPLATE = "card.svg"
# What a card looks like changes with these, and with RECIPE where our code does.
RECIPE = "1"
LIBRARIES = (
    *("resvg-py", "uharfbuzz"),
    *("fontpkg-noto-serif", "manimgx-fonts", "manimgx-fonts-cjk"),
)
# Cards that pay for a worker.
WORTH = 6


@dataclass(frozen=True)
class Card:
    """What a card says; `counts` are of claims, `state` is the badge's label."""

    site: str
    language: str
    rtl: bool
    section: str
    headline: str
    day: str
    state: str
    counts: tuple[tuple[str, int], ...]

    @property
    def counted(self) -> str:
        """The counts in words, and the day."""
        words = ", ".join(f"{count} {verdict}" for verdict, count in self.counts)
        return f"{words} · {self.day}" if words else self.day


def card_of(story: Article, settings: dict[str, Any]) -> Card:
    """Return what the card of a story says.

    A badge that was not earned is not shown; that a story is withdrawn is.
    """
    earned = story.badge.state.earned
    told = earned or story.badge.state is State.WITHDRAWN
    return Card(
        site=settings["SITENAME"],
        language=settings["DEFAULT_LANG"],
        rtl=settings["TEXT_DIRECTION"] == "rtl",
        section=story.category.name,
        headline=story.title,
        day=day(story.date),
        state=story.badge.state.label if told else "",
        counts=tuple((verdict.value, count) for verdict, count in story.counts.items())
        if earned
        else (),
    )


def publish(generator: StaticGenerator, stories: list[Article]) -> None:
    """Put a card beside the page of each of `stories`; draw those that are new."""
    settings = generator.settings
    for story in generator.context["drafts"]:
        story.card = False
    for story in stories:
        story.card = settings["CARDS"]
    if not settings["CARDS"]:
        return
    from importlib.metadata import version  # noqa: PLC0415 - slow to load

    template = templates.text_of(TEMPLATE, settings)
    made_by = " ".join([RECIPE, template, *map(version, LIBRARIES)])
    shelf = Path(settings["CACHE_PATH"], "cards")
    missing: dict[Path, Card] = {}
    for story in stories:
        card = card_of(story, settings)
        key = blake2b(f"{card!r}{made_by}".encode(), digest_size=16).hexdigest()
        path = shelf / f"{key}.png"
        if not path.exists():
            missing[path] = card
        file = made(story, NAME, path, story.source_path, generator)
        generator.staticfiles.append(file)
    if missing:
        workers.shared(partial(_draw, template), [*missing.items()], WORTH)


def _draw(template: str, cards: Sequence[tuple[Path, Card]]) -> None:
    from newsroom.card_maker import draw  # noqa: PLC0415 - slow to load

    for path, card in cards:
        draw(card, template, path)
