"""A story's map: a drawing whose labels never meet, and the same in words."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import brotli
import pytest
from conftest import ROOT, TESTS
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import Page
from tools import built, chromium

from newsroom import drawing, map_drawing, map_file, world
from newsroom.map_drawing import Marker, NoRoomError, placed, view_of
from newsroom.map_file import LocatorMap, Place, kilometres

TEMPLATE = (ROOT / "theme/templates/map.svg").read_text("utf-8")
OWNERS = ROOT / "content/articles/2016/russia-iran-air-base/map.toml"
FIXTURES = TESTS / "site/articles/2025/lamps/map.toml"
each_map = pytest.mark.parametrize(
    "path", [OWNERS, FIXTURES], ids=["owners", "fixture"]
)
THINGS = "text, rect[fill='var(--accent)'], circle"
BOXES = """things => [...document.querySelectorAll(things)]
    .map(element => {
        const { x, y, width, height } = element.getBBox();
        return [element.textContent, x, y, x + width, y + height];
    })"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Lend out one page of a browser."""
    with chromium() as browser:
        yield browser.new_page()


def read(path: Path) -> LocatorMap:
    """Return a map that has no mistake."""
    found, mistakes = map_file.read(path.read_text("utf-8"))
    assert mistakes == []
    return found


@each_map
def test_nothing_on_a_map_meets_anything_else(page, path):
    """In a browser, no label overlaps another or a point; all are in the picture."""
    svg = map_drawing.drawn(read(path), TEMPLATE)
    page.set_content(svg)
    boxes = page.evaluate(BOXES, THINGS)
    height = view_of(read(path)).height
    assert len([box for box in boxes if box[0]]) >= 6
    for text, left, top, right, bottom in boxes:
        inside = left >= 0 and top >= 0 and right <= 480 and bottom <= height
        assert inside, text
    for one, other in combinations(boxes, 2):
        _, left, top, right, bottom = one
        meets = (
            left < other[3]
            and other[1] < right
            and top < other[4]
            and other[2] < bottom
        )
        assert not meets, (one, other)


words = st.text("abc nopqrSTUV灯", min_size=1, max_size=16)
spots = st.lists(
    st.tuples(words, st.integers(40, 440), st.integers(40, 260)),
    min_size=1,
    max_size=8,
)


@given(spots)
@settings(max_examples=150, deadline=None)
def test_labels_are_placed_apart_or_not_at_all(spots):
    """Wherever the points are: no label meets a label, a marker, or the edge."""
    points = [Place(label=text.strip() or "a", lat=0, lon=0) for text, _, _ in spots]
    markers = [Marker(x, y, main=False) for _, x, y in spots]
    view = map_drawing.View(0, 0, 48, 30)
    try:
        labels = placed(points, markers, view, [])
    except NoRoomError:
        return
    assert [label.text for label in labels] == [point.label for point in points]
    assert all(label.box.within(view.box) for label in labels)
    for one, other in combinations(labels, 2):
        assert not one.box.meets(other.box)
    for label in labels:
        assert not any(
            label.box.meets(map_drawing.Box(m.x - 4, m.y - 4, m.x + 4, m.y + 4))
            for m in markers
        )


@each_map
def test_a_map_is_small_inert_and_the_same_each_time(path):
    """It is a picture like any other, of at most 2,048 bytes on the way to a reader."""
    svg = map_drawing.drawn(read(path), TEMPLATE)
    assert svg == map_drawing.drawn(read(path), TEMPLATE)
    drawing.cleaned(svg.encode())
    assert len(brotli.compress(svg.encode(), quality=11)) <= 2_048


def test_a_map_is_light_dark_or_for_paper(page, owners_site):
    """The picture on the page goes with what the reader has asked for."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(built(owners_site, "owners_site", "map").as_uri())
    shots = []
    for media, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        page.emulate_media(media=media, color_scheme=scheme)
        shots.append(page.locator("figure img").screenshot())
    assert len(set(shots)) == 3 or shots[2] == shots[0]
    assert shots[0] != shots[1] != shots[2]


def test_a_story_shows_its_map_and_leads_to_the_places(owners_site):
    """Its picture has words and a size; the page has each place, distance, source."""
    found = read(OWNERS)
    story = html.parse(built(owners_site, "owners_site", "story"))
    [image] = story.xpath("//figure[.//a[contains(@href, 'map/')]]/img")
    assert image.get("src") == "map.svg"
    assert image.get("alt") == found.alt
    assert (image.get("width"), image.get("loading")) == ("540", "lazy")
    page = html.parse(built(owners_site, "owners_site", "map"))
    text = " ".join(page.find(".//main").text_content().split())
    for words in (found.title, found.alt, *found.sources, "Natural Earth"):
        assert words in text
    for point in found.points:
        assert point.label in text
    for line in ("35.2116° N, 48.6534° E", "772 km", "1,037 km", "1,152 km"):
        assert line in text
    assert [link for link in page.xpath("//main//a/@href") if "index.html" in link]


def test_a_lead_without_a_picture_shows_its_map(owners_site, fixture_site):
    """The headline below says where it leads; a lead with a picture shows that."""
    front = html.parse(owners_site / "index.html")
    (picture,) = front.xpath("//main//img")
    address = f"{front.xpath('//h2/a/@href')[0].removesuffix('index.html')}map.svg"
    assert (picture.get("src"), picture.get("alt")) == (address, "")
    assert picture.get("loading") is None
    shown = html.parse(fixture_site / "index.html").xpath(
        "//*[@class='lead']//img/@src"
    )
    assert [address.rpartition("/")[2][:5] for address in shown] == ["quay."]
    assert (fixture_site / shown[0]).with_name("map.svg").exists()


def test_a_map_has_no_lines_between_its_places():
    """A straight line from a base to a city would be read as the way of a flight."""
    svg = map_drawing.drawn(read(OWNERS), TEMPLATE)
    without = read(OWNERS).model_copy(update={"distances": []})
    assert svg == map_drawing.drawn(without, TEMPLATE)


@pytest.mark.parametrize(
    ("lat", "lon", "km"),
    [(35.336, 40.145, 772), (36.1807, 37.2244, 1037), (35.4011, 35.9487, 1152)],
)
def test_distances_are_great_circles(lat, lon, km):
    """They agree with those that the research had, to a kilometre."""
    base = Place(label="a", lat=35.2116, lon=48.6534)
    assert round(kilometres(base, Place(label="b", lat=lat, lon=lon))) == km


def test_every_country_is_an_outline_that_holds_its_inside():
    """The shapes close: a point of a country is in it, and in no other."""
    assert len(world.names()) > 200
    for lon, lat, country in (
        (51.4, 35.7, "Iran"),
        (44.4, 33.3, "Iraq"),
        (2, 47, "France"),
    ):
        holding = [
            name
            for name in world.names()
            if map_drawing.holds(
                [world.outline(ring, world.arcs()) for ring in world.rings(name)],
                (lon, lat),
            )
        ]
        assert holding == [country]


@pytest.mark.parametrize(
    ("lats", "lons"),
    [((0, 0.01), (0, 0.01)), ((-60, 70), (-150, 150)), ((10, 60), (5, 6))],
)
def test_any_places_fit_a_picture_of_a_sober_shape(lats, lons):
    """Close together, around the world, or in a column: it is wide, and not flat."""
    points = [
        Place(label=str(number), lat=lat, lon=lon)
        for number, (lat, lon) in enumerate(zip(lats, lons, strict=True))
    ]
    found = LocatorMap(title="a", alt="a", sources=["a"], points=points)
    view = view_of(found)
    assert map_drawing.HEIGHTS[0] - 1 <= view.height <= map_drawing.HEIGHTS[1] + 1
    assert map_drawing.drawn(found, TEMPLATE).startswith("<svg")
