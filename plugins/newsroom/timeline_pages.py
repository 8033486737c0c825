"""The page of a story's timeline, beside the story."""

import posixpath

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom.page_writer import PageWriter
from newsroom.timeline import PAGE


class TimelinePages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes them."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write a page for each story that has a timeline."""
        writer.beside_stories(self._write)

    def _write(self, writer: PageWriter, story: Article) -> None:
        if story.has_timeline:
            place = f"{posixpath.dirname(story.save_as)}/{PAGE}"
            template = self.get_template("timeline")
            writer.write_file(place, template, self.context, article=story)


def _generators(_pelican: object) -> type[Generator]:
    return TimelinePages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
