"""The countries' shapes: Natural Earth's, public domain (newsroom/derive_world.py)."""

import gzip
import json
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("world.json.gz")

Point = tuple[float, float]  # x or longitude, then y or latitude


@cache
def _world() -> dict[str, Any]:
    world: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return world


def names() -> tuple[str, ...]:
    """Return the names of all countries, as Natural Earth has them."""
    return tuple(_world()["countries"])


@cache
def arcs() -> list[list[Point]]:
    """Return the lines that borders and coasts are made of, in degrees."""
    unit = _world()["unit"]
    return [
        [
            (x * unit, y * unit)
            for x, y in zip(accumulate(a[::2]), accumulate(a[1::2]), strict=True)
        ]
        for a in _world()["arcs"]
    ]


def rings(country: str) -> list[list[int]]:
    """Return the outlines of a country, each as numbers of arcs.

    A number below zero is of an arc that is gone through backwards: ~n is of arc n.
    """
    found: list[list[int]] = _world()["countries"][country]
    return found


def outline(ring: list[int], lines: list[list[Point]]) -> list[Point]:
    """Return the points of a ring whose arcs are `lines`, by their numbers."""
    points: list[Point] = []
    for number in ring:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        points += line[1:] if points else line
    return points


def thinned(points: list[Point], tolerance: float) -> list[Point]:
    """Return `points` without those that the line hardly misses (Douglas–Peucker)."""
    keep = {0, len(points) - 1}
    parts = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        far, most = first, tolerance
        for number in range(first + 1, last):
            distance = _distance(points[number], points[first], points[last])
            if distance > most:
                far, most = number, distance
        if far != first:
            keep.add(far)
            parts += [(first, far), (far, last)]
    return [points[number] for number in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far `point` is from the line between two others."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0
    if length:
        along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length
        along = min(1, max(0, along))
    return float(
        ((x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2) ** 0.5
    )
