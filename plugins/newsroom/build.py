"""A build that is strict: staged, checked, and put in place only if all went well."""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError
from pelican import Pelican, console
from pelican.contents import Article
from pelican.generators import ArticlesGenerator, Generator, StaticGenerator
from pelican.settings import read_settings

from newsroom import (
    books,
    changes,
    clock,
    content_files,
    disk,
    headers,
    links,
    output_folder,
    parts_list,
    published,
    release,
    security_txt,
    twins,
    weights,
)
from newsroom.fingerprint import fingerprint
from newsroom.page_writer import PageWriter
from newsroom.problems import BuildFailedError, Collector, Problem, report, shown
from newsroom.state import State
from newsroom.stories import StoriesGenerator


class Build(Pelican):  # type: ignore[misc] # Pelican ships no types
    """Pelican with a staging folder beside the output.

    It is the site's PELICAN_CLASS, so that `pelican` itself builds as strictly as make.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        # Pelican would otherwise log that a file failed, but not why.
        settings["DEBUG"] = True
        self.places = release.Places.of(settings["OUTPUT_PATH"])
        self.output = self.places.output
        self.staging = self.places.staging
        settings["OUTPUT_PATH"] = str(self.staging)
        self.heaviest: weights.Weight | None = None
        self.books: books.Books | None = None
        super().__init__(settings)
        self.now = clock.now()
        self.state = State.load(
            self.output.parent / ".cache/build" / self.output.name,
            fingerprint(self.settings),
            self.now,
        )
        self.writer = PageWriter(self.settings, self.state, self.places, self.now)

    def run(self) -> None:
        """Build the site, or raise BuildFailedError and leave the output as it was."""
        if hindrance := output_folder.hindrance(self.output, self.settings):
            raise BuildFailedError([Problem(shown(self.output), 0, hindrance)])
        try:
            with release.staged(self.places):
                self._fill()
                release.put_in_place(self.places, keep=not self.settings["PREVIEW"])
                self.writer.settle()
                self.state.save(self.now)
        except BuildFailedError as failure:
            failure.books = self.books
            raise
        except OSError as error:
            if os.environ.get("DEBUG"):
                raise
            place, sentence = disk.told(error, self.output)
            raise BuildFailedError([Problem(shown(place), 0, sentence)]) from error

    def _fill(self) -> None:
        """Build into the staging folder, and check what is there."""
        # A preview is built again at once after a change.
        folders = () if self.settings["PREVIEW"] else (self.path, self.theme)
        with (
            _strictly(Path(self.theme)) as problems,
            changes.noticed(folders),
        ):
            found = content_files.look(self.settings)
            self.settings["CONTENT_FILES"] = found.files
            super().run()
            self.writer.flush()
            self._check()
            self._balance(found.texts, problems)
            headers.write(self.staging, self.settings)
            if self.settings["PUBLISHING"]:
                search = bool(self.settings.get("SEARCH"))
                parts_list.write(self.staging, search=search)
                twins.write(self.staging, self.output)
                published.write(self.staging, self.settings)

    def _check(self) -> None:
        """Check the links, the weights, and what the law of the web asks for."""
        pages = self.writer.pages
        held = {
            self.staging / content.save_as: content.source_path
            for content in self.writer.contents.values()
            if content and content.status == "draft"
        }
        moved = {
            self.staging / place: content
            for place, content in self.writer.showing("moved")
        }
        links.check(
            self.staging,
            self.settings["SITEURL"],
            links.Origins(self.sources, held, moved),
            {place: page.anchors for place, page in pages.items() if page.anchors},
            self.writer.doubtful(),
        )
        sizes = {place: page.size for place, page in pages.items()}
        self.heaviest = weights.weigh(sizes, self._published())
        security_txt.check(self.staging, Path(self.theme))

    def _balance(self, texts: set[str], problems: list[Problem]) -> None:
        """Count the texts, and refuse to publish nothing, or much less than stands."""
        self.books = books.balance(
            texts, self.writer.contents, self.sources.values(), problems
        )
        if not self.settings["PUBLISHING"]:
            return
        if not texts:
            report(
                self.path, 0, "has no story and no page: there is nothing to publish"
            )
        elif loss := output_folder.loss(self.staging, self.output):
            report("", 0, loss)

    @property
    def sources(self) -> dict[Path, str]:
        """The Markdown file of each page that is made of one."""
        return {
            self.staging / place: content.source_path
            for kind in ("article", "page")
            for place, content in self.writer.showing(kind)
        }

    def _get_generator_classes(self) -> list[Callable[..., Generator]]:
        """Read stories by our own generator, and put last who must see what is written.

        Signals have no order.
        """
        classes = super()._get_generator_classes()
        last = [kind for kind in classes if hasattr(kind, "last")]
        last.insert(0, StaticGenerator)
        stories = partial(StoriesGenerator, state=self.state, now=self.now)
        others = [
            stories if kind is ArticlesGenerator else kind
            for kind in classes
            if kind not in last
        ]
        return [*others, Flush, *last]

    def _get_writer(self) -> PageWriter:
        return self.writer

    def _published(self) -> list[Article]:
        return [
            content
            for content in self.writer.contents.values()
            if isinstance(content, Article)
            and content.status == "published"
            and content.save_as in self.writer.pages
        ]


class Flush(Generator):  # type: ignore[misc] # Pelican ships no types
    """Has the pages written that the generators before it gave the writer."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write them."""
        writer.contents = self.context["generated_content"]
        writer.flush()


def build(settings_file: str, **override: Any) -> Build:
    """Build the site of `settings_file` and return the finished build."""
    console.quiet = True  # Pelican's own summary; the caller gives a better one
    with _strictly(Path(settings_file).absolute()):
        site = Build(read_settings(settings_file, override))
    site.run()
    return site


def settings_of(settings_file: str) -> dict[str, Any]:
    """Return the settings in a file, or raise BuildFailedError."""
    with _strictly(Path(settings_file).absolute()):
        settings: dict[str, Any] = read_settings(settings_file)
    return settings


@contextmanager
def _strictly(place: Path) -> Iterator[list[Problem]]:
    """Raise BuildFailedError if anything is logged meanwhile, or breaks.

    What is said is in the list at once.

    `place` is whose authors an error is told to: the settings file, or the theme.
    """
    with Collector() as collector:
        try:
            yield collector.problems
        except Exception as error:
            if os.environ.get("DEBUG") or disk.refused(error):
                raise
            collector.problems.append(_problem(error, place))
    if collector.problems:
        raise BuildFailedError(collector.problems)


def _problem(error: Exception, place: Path) -> Problem:
    """Say where in `place` an error came from, or else that it is ours."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError | TemplateSyntaxError) and error.filename:
        return Problem(shown(error.filename), error.lineno or 0, message)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(place):
            return Problem(shown(frame.filename), frame.lineno or 0, message)
    return Problem("", 0, f"{message} (put DEBUG=1 before the command to see where)")
