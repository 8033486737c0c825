"""The page of a story's timeline, beside the story."""

from pathlib import PurePosixPath

from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

from newsroom.addresses import address
from newsroom.timeline import PAGE


class TimelinePages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes them."""

    def generate_output(self, writer: Writer) -> None:
        """Write a page for each story that has a timeline."""
        relative = self.settings["RELATIVE_URLS"]
        for story in (*self.context["articles"], *self.context["drafts"]):
            if story.has_timeline:
                place = str(PurePosixPath(story.save_as).parent / PAGE)
                writer.write_file(
                    place,
                    self.get_template("timeline"),
                    self.context,
                    relative_urls=relative,
                    url=address(place, relative=relative),
                    article=story,
                )


def _generators(_pelican: object) -> type[Generator]:
    return TimelinePages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
