"""Draws a social card: an SVG of theme/templates/card.svg, and of that a PNG.

It is loaded only when there is a card to draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import resvg_py
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from newsroom import whole_file
from newsroom.cards import Card
from newsroom.typesetting import Run, Setter, is_rtl

# https://ogp.me/#structured; the size that every network shows whole
WIDTH, HEIGHT, MARGIN = 1200, 630, 60
SIZES = (82, 74, 66, 60, 54, 48, 43, 38)
# Where the headline begins, and where it ends above a badge and without one.
TOP, BOTTOM, BOTTOM_WITHOUT = 204, 480, 540
SQUARE = 15
# By these, what is between them begins at the right (Unicode TR9, 2.1).
EMBED, POP = "\u202b", "\u202c"


@dataclass(frozen=True)
class Text:
    """A line of text at its place: x is where it begins."""

    x: float
    y: float
    size: float
    anchor: str
    html: Markup


@dataclass(frozen=True)
class Square:
    """A claim's square, of its verdict's colour."""

    x: float
    verdict: str


def draw(card: Card, template: str, path: Path) -> None:
    """Draw `card` by `template`, the text of a Jinja template, to a PNG at `path`."""
    svg, fonts = drawn(card, template)
    png = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=sorted(fonts)
    )
    whole_file.write(path, bytes(png))


def drawn(card: Card, template: str) -> tuple[str, set[str]]:
    """Return the card as SVG, and the files of the fonts it is set in."""
    setter = Setter(card.language)
    height = (BOTTOM if card.state else BOTTOM_WITHOUT) - TOP
    headline = setter.fitted(card.headline, WIDTH - 2 * MARGIN, height, SIZES)
    leading = setter.leading(card.headline) * headline.size
    rtl = is_rtl(card.headline)

    def text(words: str, y: float, size: float, inset: int = 0) -> Text:
        x = WIDTH - MARGIN - inset if card.rtl else MARGIN + inset
        html = _html(setter.runs(words), rtl=is_rtl(words))
        return Text(x, y, size, "end" if card.rtl else "start", html)

    def line(number: int, runs: tuple[Run, ...]) -> Text:
        right = rtl or card.rtl
        return Text(
            WIDTH - MARGIN if right else MARGIN,
            TOP + leading * (number + 0.78),
            headline.size,
            "end" if right else "start",
            _html(runs, rtl=rtl),
        )

    svg = (
        Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        .from_string(template)
        .render(
            card=card,
            width=WIDTH,
            height=HEIGHT,
            margin=MARGIN,
            site=text(card.site, 108, 40, inset=42),
            section=text(card.section, 180, 27),
            headline=[line(n, runs) for n, runs in enumerate(headline.lines)],
            state=text(card.state, 558, 30),
            counts=text(card.counted, 594, 24),
            squares=list(_squares(card)),
            square_size=SQUARE,
        )
    )
    texts = (card.site, card.section, card.headline, card.state, card.counted)
    runs = {*chain(*headline.lines, *map(setter.runs, texts))}
    return svg, {str(run.face.path) for run in runs}


def _html(runs: tuple[Run, ...], *, rtl: bool) -> Markup:
    """Return the runs as elements that name their faces."""
    spans = Markup().join(
        Markup('<tspan font-family="{}">{}</tspan>').format(run.face.family, run.text)
        for run in runs
    )
    return Markup("{}{}{}").format(EMBED, spans, POP) if rtl else spans


def _squares(card: Card) -> Iterator[Square]:
    """Yield a square a claim, as close as all of them need."""
    verdicts = [verdict for verdict, count in card.counts for _ in range(count)]
    step = min(SQUARE + 5, (WIDTH - 2 * MARGIN) / max(1, len(verdicts)))
    for number, verdict in enumerate(verdicts):
        x = MARGIN + number * step
        yield Square(WIDTH - x - SQUARE if card.rtl else x, verdict)
