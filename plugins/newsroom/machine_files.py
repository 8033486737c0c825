"""What programs read: feeds of every list, sitemaps, robots.txt, manifest and so on."""

from pathlib import Path, PurePosixPath

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom.page_writer import PageWriter
from newsroom.styles import style_sheet

FEEDS = ("atom.xml", "rss.xml", "feed.json")
# Template and place of what the site has one of.
FILES = {
    "sitemap.xml": "sitemap.xml",
    "news-sitemap.xml": "news-sitemap.xml",
    "robots.txt": "robots.txt",
    "security.txt": ".well-known/security.txt",
    "site.webmanifest": "site.webmanifest",
    "corrections.xml": "corrections.xml",
}


class MachineFiles(Generator):  # type: ignore[misc] # Pelican ships no types
    """Renders the templates of the theme that are no HTML."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write the feeds, each beside the list it follows, and the other files."""
        self._feeds(writer, PurePosixPath(), None, self.context["articles"])
        for kind in ("categories", "tags", "authors"):
            for topic, stories in self.context[kind]:
                folder = PurePosixPath(topic.save_as).parent
                self._feeds(writer, folder, topic, stories)
        for template, place in FILES.items():
            writer.write_file(
                place, self.env.get_template(template), self.context, root=""
            )
        writer.write_document("feed.css", self._feed_style)

    def _feed_style(self) -> str:
        return style_sheet(Path(self.theme, "static", "css"), ("feed",)).text

    def _feeds(
        self,
        writer: PageWriter,
        folder: PurePosixPath,
        topic: object | None,
        stories: list[Article],
    ) -> None:
        for name in FEEDS:
            place = folder / name
            writer.write_file(
                str(place),
                self.env.get_template(name),
                self.context,
                topic=topic,
                folder="" if folder == PurePosixPath() else f"{folder}/",
                root="../" * (len(place.parts) - 1),
                entries=stories[: self.settings["FEED_MAX_ITEMS"]],
            )


def _generators(_pelican: object) -> type[Generator]:
    return MachineFiles


def register() -> None:
    """Have them made after the pages."""
    signals.get_generators.connect(_generators)
