"""Where pictures and documents go: a story's beside it, those of extra/ to the root."""

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pelican.contents import Content, Static
from pelican.generators import StaticGenerator
from pelican.plugins import signals

from newsroom import cards, maps, pictures
from newsroom.addresses import origin
from newsroom.content_files import ContentFiles
from newsroom.page_writer import PageWriter
from newsroom.problems import report, shown
from newsroom.redirects import NETLIFY, Places


class Attachments(StaticGenerator):  # type: ignore[misc] # Pelican ships no types
    """Pelican's generator of files that are published as they are."""

    found: ContentFiles

    def get_files(
        self, paths: Iterable[str], exclude: object = None, extensions: object = None
    ) -> set[str]:
        """Return the files below `paths` that content_files.py found, but no texts."""
        del exclude, extensions
        content = f"{self.path}/"
        folders = tuple(f"{content}{path}/" for path in paths)
        return {
            file.removeprefix(content)
            for file in self.found.files - self.found.texts
            if file.startswith(folders)
        }

    def check_disabled_readers(self) -> None:
        """Leave it to content_files.py, which has seen every file."""

    def generate_output(self, writer: PageWriter) -> None:
        """Copy them; report those that have no place beside what else is there."""
        files, places = self.context["staticfiles"], Places()
        places.take([*writer.written, NETLIFY], "a file that the site makes")
        for file in sorted(files, key=origin):
            own, place = shown(origin(file)), file.save_as
            if hindrance := places.hindrance(place):
                # Of two names in a folder, content_files.py says the same.
                if not _are_twins(own, places.files.get(place.lower(), "")):
                    report(own, 0, f'"/{place}" {hindrance}; rename or move it')
                files.remove(file)
            places.take([place], own)
        super().generate_output(writer)

    def _copy_staticfile(self, sc: Static) -> None:
        # What stands there may be a link to a file of another release.
        Path(self.output_path, sc.save_as).unlink(missing_ok=True)
        super()._copy_staticfile(sc)

    def _link_staticfile(self, sc: Static) -> None:
        # A release sets the modes and times of its files: not those of the author's.
        self._copy_staticfile(sc)


def _are_twins(path: str, other: str) -> bool:
    return posixpath.dirname(path) == posixpath.dirname(other)


def _place(generator: Attachments) -> None:
    """Place every file; those of a story that is held back stay behind with it."""
    context = generator.context
    visible = {*context["articles"], *context["drafts"]}
    stories: dict[str, Content | None] = {}  # None where it could not be read
    for path, story in sorted(context["generated_content"].items()):
        folder = posixpath.dirname(path)
        stories[folder] = stories.get(folder) or story
    files = generator.found.files
    for file in list(generator.staticfiles):
        if os.path.normpath(file.source_path) in files:
            continue
        generator.staticfiles.remove(file)
        # So its link stays as it was typed, for the link check to find.
        del context["static_content"][file.get_relative_source_path()]
    generator.staticfiles[:] = [
        file for file in generator.staticfiles if _placed(file, stories, visible)
    ]
    pictures.publish(generator, [*visible, *context["pages"], *context["draft_pages"]])
    cards.publish(generator, context["articles"])
    maps.publish(generator, [*context["articles"], *context["drafts"]])


def _placed(
    file: Static, stories: dict[str, Content | None], visible: set[Content]
) -> bool:
    """Give `file` its place; False where it has none."""
    path = PurePosixPath(file.get_relative_source_path())
    if path.parts[0] == "extra":
        file.override_save_as = file.override_url = str(path.relative_to("extra"))
        return True
    folder = next((up for up in map(str, path.parents) if up in stories), None)
    if folder is None:
        place = Path(file.settings["PATH"], path)
        report(place, 0, "lies in no story's folder; move it into one, or to extra/")
        return False
    story = stories[folder]
    if story in visible:
        file.attach_to(story)
    return story in visible


def register() -> None:
    """Place them once every file of the site is known."""
    signals.static_generator_finalized.connect(_place)
