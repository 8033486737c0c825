"""A story's map: drawn of its map.toml, shown beside its words, listed on a page."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pelican.contents import Article
from pelican.generators import Generator, StaticGenerator
from pelican.plugins import signals

from newsroom import map_file, templates, whole_file
from newsroom.ledger_file import placed
from newsroom.made_files import made
from newsroom.map_file import LocatorMap
from newsroom.page_writer import PageWriter
from newsroom.problems import report_all
from newsroom.text_file import text_if_there

DRAWING = TEMPLATE = "map.svg"
# Where the page of the places is saved, below the story's.
PAGE = "map/index.html"
# What a map looks like changes with this, besides its template.
RECIPE = "1"


@dataclass(frozen=True)
class StoryMap:
    """A map as it was written, and its drawing of `height` to 480 pixels' width."""

    source: Path
    places: LocatorMap
    drawing: Path
    height: int


def beside(article: Path, settings: dict[str, Any]) -> StoryMap | None:
    """Read and draw the map beside `article`, if there is one; report its mistakes."""
    path = article.with_name(map_file.NAME)
    text = text_if_there(path)
    if text is None:
        return None
    places, mistakes = map_file.read(text)
    report_all(path, mistakes)
    if places is None:
        return None
    template = templates.text_of(TEMPLATE, settings)
    key = blake2b(f"{RECIPE}{template}{text}".encode(), digest_size=16).hexdigest()
    drawing = Path(settings["CACHE_PATH"], "maps", f"{key}.svg")
    from newsroom import map_drawing  # noqa: PLC0415 - seldom needed

    if not drawing.exists():
        try:
            svg = map_drawing.drawn(places, template)
        except map_drawing.NoRoomError as error:
            report_all(path, placed([(error.place, str(error))], text))
            return None
        whole_file.write(drawing, svg.encode())
    return StoryMap(path, places, drawing, map_drawing.view_of(places).height)


def publish(generator: StaticGenerator, stories: Iterable[Article]) -> None:
    """Put the drawing of each map beside the page of its story."""
    for story in stories:
        if not story.map:
            continue
        if not story.map.drawing.exists():  # somebody deleted the cache
            beside(Path(story.source_path), generator.settings)
        generator.staticfiles.append(
            made(story, DRAWING, story.map.drawing, story.map.source, generator)
        )


class MapPages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes the page of each map, which has in words what the map shows."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write a page for each story that has a map."""
        writer.beside_stories(self._write)

    def _write(self, writer: PageWriter, story: Article) -> None:
        if story.map:
            place = f"{posixpath.dirname(story.save_as)}/{PAGE}"
            template = self.get_template("map")
            writer.write_file(place, template, self.context, article=story)


def _generators(_pelican: object) -> type[Generator]:
    return MapPages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
