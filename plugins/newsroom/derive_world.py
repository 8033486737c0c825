"""Derives world.json.gz, the countries' shapes that maps are drawn from.

Only needed for a newer Natural Earth:
npm pack world-atlas@2.0.2, unpack it, then from the top of the site
PYTHONPATH=plugins python -m newsroom.derive_world package/countries-50m.json
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from newsroom.world import FILE, Point, thinned

# Degrees: what a map of a region can show; the unit of the numbers kept.
TOLERANCE = 0.03
UNIT = 0.01
LICENCE = (
    "Made with Natural Earth (public domain, naturalearthdata.com), "
    "from countries-50m.json of the npm package world-atlas 2.0.2 (ISC)"
)


def derived(atlas: dict[str, Any]) -> dict[str, Any]:
    """Return the arcs of a TopoJSON, thinned, as steps; and the countries by name.

    https://github.com/topojson/topojson-specification
    """
    scale, origin = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        points: list[Point] = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * scale[0] + origin[0], y * scale[1] + origin[1]))
        arcs.append(_steps(thinned(points, TOLERANCE)))
    countries = {}
    for country in atlas["objects"]["countries"]["geometries"]:
        rings = country["arcs"]
        if country["type"] == "MultiPolygon":
            rings = [ring for polygon in rings for ring in polygon]
        countries[country["properties"]["name"]] = rings
    return {
        "licence": LICENCE,
        "unit": UNIT,
        "arcs": arcs,
        "countries": dict(sorted(countries.items())),
    }


def _steps(points: list[Point]) -> list[int]:
    steps, at = [], (0, 0)
    for x, y in points:
        here = round(x / UNIT), round(y / UNIT)
        steps += [here[0] - at[0], here[1] - at[1]]
        at = here
    return steps


if __name__ == "__main__":
    atlas = json.loads(Path(sys.argv[1]).read_bytes())
    text = json.dumps(derived(atlas), ensure_ascii=False, separators=(",", ":"))
    FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
