"""Reads a map.toml: the places that a story's map shows, and every mistake in it."""

from collections.abc import Iterator
from math import asin, cos, radians, sin, sqrt
from typing import Annotated

from pydantic import Field, StringConstraints

from newsroom import world
from newsroom.ledger import Table
from newsroom.ledger_file import Fault, Mistake, Tables, placed, read_as
from newsroom.wording import did_you_mean

NAME = "map.toml"
EARTH = 6371.0  # km, the mean radius (IUGG)
# How much a distance may differ from that between the places: they are of some size.
TOLERANCE = 0.02

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Latitude = Annotated[float, Field(ge=-85, le=85)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Place(Table):
    """A place on the map; the `main` ones stand out."""

    label: Text
    lat: Latitude
    lon: Longitude
    main: bool = False


class Country(Table):
    """A country that stands out, by its English name; `label` is what the map says."""

    name: Text
    label: Text | None = None


class Distance(Table):
    """A straight distance between two places, by their labels; it is no route."""

    between: Annotated[list[Text], Field(min_length=2, max_length=2)]
    km: Annotated[float, Field(gt=0)]


class LocatorMap(Table):
    """A map.toml; `bounds` are west, south, east and north, in degrees."""

    title: Text
    alt: Text
    sources: Annotated[list[Text], Field(min_length=1)]
    points: Annotated[list[Place], Field(min_length=1, max_length=12)]
    countries: list[Country] = Field([])
    distances: list[Distance] = Field([])
    bounds: tuple[Longitude, Latitude, Longitude, Latitude] | None = None

    def point(self, label: str) -> Place:
        """Return the place of this label, which must be there."""
        return next(point for point in self.points if point.label == label)


TABLES: Tables = {
    "points": Place,
    "countries": Country,
    "distances": Distance,
}


def read(text: str) -> tuple[LocatorMap | None, list[Mistake]]:
    """Return the map, or None where it is none, and (line, message) mistakes."""
    found, mistakes = read_as(LocatorMap, TABLES, text)
    if found:
        mistakes = [*mistakes, *placed([*_faults(found)], text)]
    return (None if mistakes else found), mistakes


def _faults(found: LocatorMap) -> Iterator[Fault]:
    labels = tuple(point.label for point in found.points)
    for number, point in enumerate(found.points):
        if point.label in labels[:number]:
            yield ("points", number, "label"), f'"{point.label}" stands here again'
    yield from _outside(found)
    for number, country in enumerate(found.countries):
        if country.name not in world.names():
            hint = did_you_mean(country.name, world.names())
            place = ("countries", number, "name")
            yield place, f'no country is called "{country.name}"{hint}'
    for number, distance in enumerate(found.distances):
        for key, fault in _distance(found, distance):
            yield ("distances", number, key), fault


def _outside(found: LocatorMap) -> Iterator[Fault]:
    """Yield what is wrong with the bounds, and the points outside of them."""
    if not found.bounds:
        return
    west, south, east, north = found.bounds
    if west >= east or south >= north:
        yield (
            ("bounds",),
            "bounds are west, south, east, north: the first is below the third, "
            "the second below the fourth",
        )
    for number, point in enumerate(found.points):
        if not (west < point.lon < east and south < point.lat < north):
            yield ("points", number), f'"{point.label}" is outside the bounds'


def _distance(found: LocatorMap, distance: Distance) -> Iterator[tuple[str, str]]:
    """Yield keys of a distance, and what is wrong with each."""
    labels = tuple(point.label for point in found.points)
    unknown = [label for label in distance.between if label not in labels]
    for label in unknown:
        yield "between", f'no point is called "{label}"{did_you_mean(label, labels)}'
    if not unknown:
        true = kilometres(*map(found.point, distance.between))
        if abs(true - distance.km) > TOLERANCE * true:
            yield (
                "km",
                f"km = {distance.km:g}, but the points are {true:,.0f} km apart in a "
                "straight line",
            )


def kilometres(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places (haversine)."""
    north, south = radians(one.lat), radians(other.lat)
    half = sin((north - south) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(one.lon - other.lon) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))
