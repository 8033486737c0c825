"""Draws a locator map: the countries around its places, and labels that never overlap.

It is an SVG by theme/templates/map.svg, a file of its own that a page shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import cos, radians

from jinja2 import Environment, StrictUndefined

from newsroom import world
from newsroom.map_file import EARTH, Country, LocatorMap, Place
from newsroom.world import Point

# Pixels of the drawing, which is shown as wide as a column of text at most.
WIDTH = 480
HEIGHTS = (270, 400)
TYPE, SMALL = 15, 13
# Of a sign's height, more than the width of any common face's signs on average.
SIGN = 0.62
WIDE_SIGN = 1.05
MARKER = 5
GAP = 4
# Pixels that a coast may be off; below what anyone sees.
FINE = 0.5
# Degrees around places that are close together, and what is added around them.
LEAST = 2.0
AROUND = 0.22
STEP = 6
SCALES = (5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # km


class NoRoomError(Exception):
    """A label fits nowhere; `place` is the table of map.toml that it stands in."""

    def __init__(self, place: tuple[str | int, ...], message: str) -> None:
        self.place = place
        super().__init__(message)


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", gap: float = 0) -> bool:
        """Whether two boxes overlap, or are closer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def within(self, other: "Box") -> bool:
        """Whether all of this box is in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Label:
    """Words at their place: `x` is where they begin, end or are centred (`anchor`)."""

    text: str
    x: float
    y: float
    anchor: str
    box: Box


@dataclass(frozen=True)
class Marker:
    """A place's own point."""

    x: float
    y: float
    main: bool


@dataclass(frozen=True)
class View:
    """The part of the world that is shown, and its projection: equirectangular.

    At the latitude in the middle, a kilometre is as long to the north as to the east.
    """

    west: float
    south: float
    east: float
    north: float

    @cached_property
    def squeeze(self) -> float:
        """How much shorter a degree is to the east than to the north."""
        return cos(radians((self.south + self.north) / 2))

    @cached_property
    def scale(self) -> float:
        """Pixels of a degree to the north."""
        return WIDTH / ((self.east - self.west) * self.squeeze)

    @cached_property
    def height(self) -> int:
        """Pixels of the drawing's height."""
        return round((self.north - self.south) * self.scale)

    @property
    def box(self) -> Box:
        """The whole drawing."""
        return Box(0, 0, WIDTH, self.height)

    def pixel(self, point: Point) -> Point:
        """Return where a longitude and latitude are in the drawing."""
        return (
            (point[0] - self.west) * self.squeeze * self.scale,
            (self.north - point[1]) * self.scale,
        )


def view_of(found: LocatorMap) -> View:
    """Return the bounds of a map, or what holds its points, in a shape that fits."""
    if found.bounds:
        west, south, east, north = found.bounds
    else:
        lons = [point.lon for point in found.points]
        lats = [point.lat for point in found.points]
        more = AROUND * max(max(lons) - min(lons), max(lats) - min(lats), LEAST)
        west, east = min(lons) - more, max(lons) + more
        south, north = min(lats) - more, max(lats) + more
    view = View(west, south, east, north)
    for height in HEIGHTS:
        if (view.height < height) is (height == HEIGHTS[0]):
            view = _shaped(view, height)
    return view


def _shaped(view: View, height: int) -> View:
    """Return a view of at least this one whose drawing is `height` pixels high."""
    if view.height < height:
        more = (height / view.scale - (view.north - view.south)) / 2
        return View(view.west, view.south - more, view.east, view.north + more)
    wide = (view.north - view.south) / height * WIDTH / view.squeeze
    more = (wide - (view.east - view.west)) / 2
    return View(view.west - more, view.south, view.east + more, view.north)


def drawn(found: LocatorMap, template: str) -> str:
    """Return the map as SVG, by `template`, the text of a Jinja template.

    Raises NoRoomError where a label fits nowhere.
    """
    view = view_of(found)
    markers = [
        Marker(*view.pixel((point.lon, point.lat)), point.main)
        for point in found.points
    ]
    bar, length = _scale(view)
    shapes = _Shapes(view)
    labels = placed(found.points, markers, view, [bar.box])
    taken = [bar.box, *(label.box for label in labels), *map(_around, markers)]
    countries = []
    for number, country in enumerate(found.countries):
        countries.append(shapes.labelled(number, country, taken))
        taken.append(countries[-1].box)
    named = [country.name for country in found.countries]
    for name in shapes.names:
        if name not in named and (label := shapes.label(name, name, taken)):
            countries.append(label)
            taken.append(label.box)
    svg = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return svg.from_string(template).render(
        width=WIDTH,
        height=view.height,
        title=found.title,
        land=shapes.path([name for name in shapes.names if name not in named]),
        named=shapes.path(named),
        borders=shapes.borders(),
        markers=markers,
        radius=MARKER,
        labels=labels,
        countries=countries,
        bar=bar,
        bar_length=length,
        type_size=TYPE,
        small_size=SMALL,
    )


def width_of(text: str, size: float) -> float:
    """Return more than the pixels that `text` takes, in any common face."""
    signs = sum(WIDE_SIGN if sign >= "\u1100" else SIGN for sign in text)
    return signs * size


def _around(marker: Marker) -> Box:
    reach = MARKER + 2
    return Box(marker.x - reach, marker.y - reach, marker.x + reach, marker.y + reach)


def placed(
    points: list[Place], markers: list[Marker], view: View, taken: list[Box]
) -> list[Label]:
    """Return a label for each point, none of which meets another, or a marker.

    Tried are eight places around each point, in all combinations until one fits.
    """
    solid = [*taken, *map(_around, markers)]
    choices = [
        [
            label
            for label in _positions(point.label, marker)
            if label.box.within(view.box)
            and not any(label.box.meets(box) for box in solid if box != _around(marker))
        ]
        for point, marker in zip(points, markers, strict=True)
    ]
    # The point with the fewest places is placed first.
    order = sorted(range(len(points)), key=lambda number: len(choices[number]))
    found = _combined([choices[number] for number in order], [])
    if found is None:
        raise NoRoomError(
            ("points",),
            "the labels of its points have no room beside each other; shorten them, "
            "leave a point out, or narrow the bounds",
        )
    return [label for _, label in sorted(zip(order, found, strict=True))]


def _combined(choices: list[list[Label]], chosen: list[Label]) -> list[Label] | None:
    if not choices:
        return chosen
    for label in choices[0]:
        if not any(label.box.meets(other.box, GAP / 2) for other in chosen):
            found = _combined(choices[1:], [*chosen, label])
            if found is not None:
                return found
    return None


def _positions(text: str, marker: Marker) -> Iterator[Label]:
    """Yield a label at each side of a point, the best first."""
    away = MARKER + GAP
    below, above = TYPE * 0.95, -TYPE * 0.35
    for anchor, x, y in (
        ("start", away, TYPE * 0.35),
        ("end", -away, TYPE * 0.35),
        ("middle", 0, above - away),
        ("middle", 0, below + away),
        ("start", away / 2, above - away / 2),
        ("end", -away / 2, above - away / 2),
        ("start", away / 2, below + away / 2),
        ("end", -away / 2, below + away / 2),
    ):
        yield _label(text, marker.x + x, marker.y + y, anchor, TYPE)


def _label(text: str, x: float, y: float, anchor: str, size: float) -> Label:
    width = width_of(text, size)
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    box = Box(left, y - size * 0.95, left + width, y + size * 0.3)
    return Label(text, round(x, 1), round(y, 1), anchor, box)


def _scale(view: View) -> tuple[Label, float]:
    """Return the words of the scale's bar, and the bar's pixels, at a lower corner."""
    degree = EARTH * radians(1)
    fitting = [km for km in SCALES if km / degree * view.scale <= WIDTH / 4]
    km = fitting[-1] if fitting else SCALES[0]
    length = km / degree * view.scale
    text = f"{km:,} km"
    wide = max(length, width_of(text, SMALL))
    box = Box(0, view.height - 34, wide + 20, view.height)
    return Label(text, 12, view.height - 16, "start", box), round(length, 1)


class _Shapes:
    """The countries in a view: what is drawn of them, and where their names fit."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.lines = [
            world.thinned([view.pixel(point) for point in arc], FINE)
            for arc in world.arcs()
        ]
        self.outlines: dict[str, list[list[Point]]] = {}
        self.used: dict[int, int] = {}
        for name in world.names():
            found = []
            for ring in world.rings(name):
                shown = clipped(world.outline(ring, self.lines), view.box)
                if shown:
                    found.append(shown)
                    for arc in ring:
                        number = arc if arc >= 0 else ~arc
                        self.used[number] = self.used.get(number, 0) + 1
            if found:
                self.outlines[name] = found

    @property
    def names(self) -> list[str]:
        """The countries that are seen."""
        return list(self.outlines)

    def path(self, names: list[str]) -> str:
        """Return the outlines of countries as one path."""
        rings = [ring for name in names for ring in self.outlines.get(name, ())]
        return "".join(f"{_path(ring)}z" for ring in rings)

    def borders(self) -> str:
        """Return the lines between two countries as one path."""
        shared = [self.lines[arc] for arc, times in self.used.items() if times > 1]
        return "".join(
            _path(part) for line in shared for part in inside(line, self.view.box)
        )

    def labelled(self, number: int, country: Country, taken: list[Box]) -> Label:
        """Return the label of a country that a map names as its `number`-th."""
        text, place = country.label or country.name, ("countries", number)
        if country.name not in self.outlines:
            raise NoRoomError(
                place, f'"{country.name}" is not on the map; widen the bounds'
            )
        if label := self.label(country.name, text, taken):
            return label
        raise NoRoomError(
            place,
            f'"{text}" has no room within the country; widen the bounds, or leave it '
            "out of the countries",
        )

    def label(self, name: str, text: str, taken: list[Box]) -> Label | None:
        """Return the label of a country where it fits best: far from all its sides."""
        best: tuple[float, Label] | None = None
        edge = Box(4, 4, WIDTH - 4, self.view.height - 4)
        rings = self.outlines[name]
        points = [point for ring in rings for point in ring]
        for x, y in product(range(0, WIDTH, STEP), range(0, self.view.height, STEP)):
            label = _label(text, x, y, "middle", SMALL)
            box = label.box
            if not box.within(edge) or any(box.meets(other, 2) for other in taken):
                continue
            sides = product((box.left, x, box.right), (box.top, box.bottom))
            if not all(holds(rings, side) for side in sides):
                continue
            middle = (x, (box.top + box.bottom) / 2)
            room = min(
                (px - middle[0]) ** 2 + 4 * (py - middle[1]) ** 2 for px, py in points
            )
            if best is None or room > best[0]:
                best = room, label
        return best[1] if best else None


def _path(points: list[Point]) -> str:
    """Return points as the data of a path, each as the step from the one before."""
    x, y = (round(value) for value in points[0])
    data = [f"M{x} {y}"]
    steps = []
    for point in points[1:]:
        here = round(point[0]), round(point[1])
        if here != (x, y):
            steps.append(f"{here[0] - x} {here[1] - y}")
        x, y = here
    return data[0] + "l" + " ".join(steps).replace(" -", "-") if steps else data[0]


def clipped(ring: list[Point], box: Box) -> list[Point]:
    """Return the part of a ring that is within `box` (Sutherland–Hodgman)."""
    for axis, limit, sign in (
        (0, box.left, 1),
        (0, box.right, -1),
        (1, box.top, 1),
        (1, box.bottom, -1),
    ):
        found: list[Point] = []
        for start, end in zip(ring[-1:] + ring[:-1], ring, strict=True):
            first = (start[axis] - limit) * sign
            second = (end[axis] - limit) * sign
            if (first < 0) != (second < 0):
                share = first / (first - second)
                found.append(
                    (
                        start[0] + (end[0] - start[0]) * share,
                        start[1] + (end[1] - start[1]) * share,
                    )
                )
            if second >= 0:
                found.append(end)
        ring = found
    return ring


def inside(line: list[Point], box: Box) -> Iterator[list[Point]]:
    """Yield the parts of a line in `box`, each with a point beyond its ends."""
    part: list[Point] = []
    for start, end in pairwise(line):
        low = min(start[0], end[0]), min(start[1], end[1])
        high = max(start[0], end[0]), max(start[1], end[1])
        if Box(*low, *high).meets(box, 1):
            part = part or [start]
            part.append(end)
        elif part:
            yield part
            part = []
    if part:
        yield part


def holds(rings: list[list[Point]], point: Point) -> bool:
    """Whether a point is in a shape: a line from it meets an odd number of sides."""
    odd = False
    x, y = point
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                odd = not odd
    return odd
