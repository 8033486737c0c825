"""A build that is strict: staged, checked, and put in place only if all went well."""

import gc
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import TemplateSyntaxError
from pelican import Pelican, console
from pelican.contents import Article, Content
from pelican.generators import ArticlesGenerator, Generator, StaticGenerator
from pelican.settings import get_settings_from_file, read_settings

from newsroom import (
    attachments,
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
    trace,
    twins,
    unchanged,
    weights,
)
from newsroom.addresses import address
from newsroom.badge import Badge
from newsroom.fingerprint import fingerprint, of_theme, theme_folders
from newsroom.page_links import PageLinks
from newsroom.page_writer import PageWriter
from newsroom.problems import (
    BuildFailedError,
    Collector,
    Problem,
    is_raised,
    report,
    shown,
    unexpected,
)
from newsroom.settings import FILE, line_of
from newsroom.state import OUTDATED, Stamp, State, outside, seen, unsure_since
from newsroom.stories import StoriesGenerator

# How many objects come before Python looks for those that nothing needs.
SELDOM = (100_000, 50, 1_000)


@dataclass(frozen=True)
class Report:
    """What a build has to say: the texts that became pages, their books, the drafts.

    `scheduled` are the files of stories to come, and when; `fallen` are the folders of
    signed stories whose check does not hold, and why.
    """

    pages: int
    books: books.Books | None
    heaviest: weights.Weight | None
    drafts: list[str]
    scheduled: list[tuple[datetime, str]]
    fallen: list[tuple[str, Badge]]


class Build(Pelican):  # type: ignore[misc] # Pelican ships no types
    """Pelican with a staging folder beside the output.

    It is the site's PELICAN_CLASS, so that `pelican` itself builds as strictly as make.
    """

    # There once it has begun: what is known of the last build, and who writes this one.
    state: State
    writer: PageWriter

    def __init__(self, settings: dict[str, Any], known: State | None = None) -> None:
        """Prepare it; `known` is the state that this process left, if it did."""
        # Pelican would otherwise log that a file failed, but not why.
        settings["DEBUG"] = True
        # Its own cache knows nothing of what is beside a text.
        settings["CACHE_CONTENT"] = settings["LOAD_CONTENT_CACHE"] = False
        self.places = release.Places.of(settings["OUTPUT_PATH"])
        self.output = self.places.output
        self.staging = self.places.staging
        settings["OUTPUT_PATH"] = str(self.staging)
        self.heaviest: weights.Weight | None = None
        self.books: books.Books | None = None
        self.report: Report | None = None
        # The templates and style sheets when the build began.
        self.styled: dict[str, Stamp] = {}
        self.told = b""
        self.since = 0
        self.found = content_files.ContentFiles()
        self.late: set[str] = set()
        self.own: dict[str, bytes] = {}
        self.twins = twins.Twins(self.staging, {})
        self.stories: StoriesGenerator | None = None
        super().__init__(settings)
        self._known = known

    def run(self, *, save: bool = True, anyway: bool = False) -> None:
        """Build the site, or raise BuildFailedError and leave the output as it was.

        Without `save`, keeping the state for the next process is left to the caller.
        `anyway` has it built even if there is nothing to do.
        """
        if hindrance := output_folder.hindrance(self.output, self.settings):
            raise BuildFailedError([Problem(shown(self.output), 0, hindrance)])
        often = gc.get_threshold()
        gc.set_threshold(*SELDOM)
        try:
            with release.locked(self.places) as lock:
                self._recall()
                # What is known stays; to look at it again and again takes a tenth.
                gc.freeze()
                if not anyway and self._stands():
                    self.report = self.state.report
                else:
                    self._make(lock, save=save)
        except BuildFailedError as failure:
            failure.books = self.books
            raise
        except OSError as error:
            if os.environ.get("DEBUG"):
                raise
            place, sentence = disk.told(error, self.output)
            raise BuildFailedError([Problem(shown(place), 0, sentence)]) from error
        finally:
            gc.set_threshold(*often)
            gc.unfreeze()

    def _make(self, lock: release.Lock, *, save: bool) -> None:
        """Build it, and put it in place."""
        known, left = self.state.stamps(), self.state.left
        if self._has_twins:
            self.twins = twins.Twins(self.staging, self.state.late)
        stay = known | self.twins.stamps
        with release.staged(lock, stay, left) as self.writer.staging:
            standing = self._standing(known)
            new = self._fill()
            self.state.left = release.put_in_place(
                lock,
                keep=not self.settings["PREVIEW"],
                new=new,
                standing=standing,
                meanwhile=partial(self._remember, save=save),
            )
            if save:
                self.state.keep()

    def _recall(self) -> None:
        """Read what the last build knew, and look through the content meanwhile.

        Nothing that a build reads is older than this: it may have waited for another.
        """
        self.since = unsure_since()
        self.now = clock.now()
        looking = content_files.looking(self.settings)
        self.styled = self._theme()
        known, self._known = self._known, None
        self.state = State.load(
            self.output.parent / ".cache/build" / self.output.name,
            (fingerprint(self.settings), of_theme(self.settings)),
            self.now,
            known,
        )
        self.writer = PageWriter(self.settings, self.state, self.places, self.now)
        self.found = looking()
        self.told = unchanged.told(self.found.stamps)

    def _theme(self) -> dict[str, Stamp]:
        """Return the stamps of all that pages are made with."""
        found: dict[str, Stamp] = {}
        for folder in theme_folders(self.settings):
            found |= changes.snapshot(folder)
        return found

    def _stands(self) -> bool:
        """Whether the site that stands is the one that a build would make again."""
        return self.told == self.state.content and unchanged.stands(
            self.state, self.found.stamps, self.output, self.now
        )

    def glance(self, path: str) -> bool:
        """Put what is beside one story in its place, as it reads now.

        Lists, and what else shows it, stay until the next build, which has the last
        word. False where that has to be waited for, as it has a mistake.
        """
        if self.stories is None:  # there was nothing to do
            return False
        with _strictly(Path(self.theme)), release.locked(self.places):
            if (story := self.stories.again(path)) is None:
                return False
            with TemporaryDirectory(dir=self.state.folder) as name:
                for place in self.writer.again(story, Path(name)):
                    target = self.output / place
                    target.parent.mkdir(parents=True, exist_ok=True)
                    Path(name, place).replace(target)
        return True

    def _remember(self, stamps: dict[str, Stamp], *, save: bool) -> None:
        """Note what the next build is to know, and write it beside what this one knew.

        The `stamps` are those of all new files.
        """
        self.writer.settle(stamps)
        made = self.writer.made
        others = {name: was for name, was in stamps.items() if name not in made}
        self.report = Report(
            len(set(self.writer.origins.values())),
            self.books,
            self.heaviest,
            sorted(
                address(content.save_as, relative=False)
                for content in self.contents
                if content.status == "draft"
            ),
            sorted(
                (content.date, shown(content.source_path))
                for content in self.contents
                if content.scheduled
            ),
            sorted(
                (
                    (Path(story.source_path).parent.name, story.badge)
                    for story in self.writer.context["articles"]
                    if story.badge.fell
                ),
                key=lambda each: (each[0], each[1].reasons),
            ),
        )
        self.state.report = self.report
        self.state.late = {name: others.pop(name) for name in self.late}
        self.state.late |= self.twins.stamps
        self.state.others = others
        self.state.own = self.own
        self.state.release = self.staging.stat().st_ino
        self.state.content = self.told
        self.state.built = self.now
        self.state.since = self.since
        if self._theme() != self.styled:
            self.state.theme = OUTDATED
        if save:
            self.state.prepare()

    def _standing(self, known: dict[str, Stamp]) -> dict[str, Stamp] | None:
        """Return the stamps of the files in the output, if the state is of it.

        `known` has those of the pages.
        """
        if not self.output.exists():
            return {}
        if self.output.stat().st_ino != self.state.release:
            return None
        return self.state.everything(known)

    def _fill(self) -> set[str]:
        """Build into the staging folder and check; return the names of new files."""
        before = {}
        if not self.settings["PREVIEW"]:  # which is built again at once after a change
            before = self.found.stamps | self.styled
        with _strictly(Path(self.theme)) as problems:
            self.found.tell(self.settings)
            self.settings["CONTENT_FILES"] = self.found
            with trace.Trace() as read:
                super().run()
            with changes.noticed(before):
                self.state.inputs = self._inputs(read.files)
                names = self._names()
                # Those that the author, or a plugin, put there.
                others = names.difference(self.writer.written)
                self._check(names, others)
                self._balance(problems)
                self.writer.staging.complete()
                security_txt.check(self.staging, Path(self.theme))
                if self.settings["PUBLISHING"]:
                    self._check_size()
                self.late = self._write_late(names, others)
        return {*others, *self.writer.made, *self.late}

    def _write_late(self, names: frozenset[str], others: frozenset[str]) -> set[str]:
        """Write what is made of all other files, by their names; return its names.

        No template made the `others` among them.
        """
        read = headers.policies_of(self.staging, others)
        policies = chain(self.writer.policies(), read)
        late = headers.write(self.staging, self.settings, names, policies)
        if self.settings["PUBLISHING"]:
            search = bool(self.settings.get("SEARCH"))
            late += parts_list.write(self.staging, search=search)
            if self._has_twins:
                late += self.twins.write(
                    self.output,
                    [*names, *late],
                    self.writer.staging.names,
                    self.writer.written.keys() - self.writer.made,
                )
            late += published.write(self.staging, self.settings)
        return {*late}

    @property
    def _has_twins(self) -> bool:
        publishing: bool = self.settings["PUBLISHING"]
        return publishing and self.settings.get("TWINS", True)

    def _inputs(self, names: set[str]) -> dict[str, Stamp]:
        """Return the stamps of those files and folders that only plugins know of."""
        known = (*self.writer.no_inputs, f"{self.path}/")
        return {name: seen(name) for name in outside(names, known)}

    def _names(self) -> frozenset[str]:
        """Return the names of all files so far.

        A story whose pages stayed has no files but these and those that are copied.
        """
        folders = {
            story.save_as.rpartition("/")[0]
            for story in self.contents
            if isinstance(story, Article)
            and story.relative_source_path not in self.writer.changed
        }
        copied = (file.save_as for file in self.writer.context["staticfiles"])
        found = release.files(self.staging, folders)
        others = (name for name in found if not self.twins.has(name))
        return frozenset().union(self.writer.written, others, copied)

    def _check(self, names: frozenset[str], others: frozenset[str]) -> None:
        """Check the links and the weights; what stays may not be staged yet."""
        pages = self.writer.pages
        site = self.settings["SITEURL"]
        known = PageLinks(self.state, self.places, pages, self.writer.written, site)
        held = {
            content.save_as: content.source_path
            for content in self.contents
            if content.status == "draft"
        }
        links.check(
            site,
            links.Origins(self.writer.source_of, held, self.writer.moved),
            links.Known(
                names,
                known.anchors_of,
                known.doubtful(self.writer.changed, self.writer.moved, names) | others,
            ),
        )
        self.own = known.own(others)
        self.heaviest = weights.weigh(
            (
                (pages[story.relative_source_path].most, story)
                for story in self.contents
                if isinstance(story, Article) and story.relative_source_path in pages
            ),
            lambda place: self.places.at(place).read_bytes(),
        )

    def _balance(self, problems: list[Problem]) -> None:
        """Count what became of the texts."""
        self.books = books.balance(
            self.found.texts, self.contents, self.writer.origins.values(), problems
        )

    def _check_size(self) -> None:
        """Refuse to publish nothing, or much less than stands."""
        if not self.found.texts:
            report(
                self.path, 0, "has no story and no page: there is nothing to publish"
            )
        elif loss := output_folder.loss(self.staging, self.output):
            report("", 0, loss)

    @property
    def contents(self) -> list[Content]:
        """The stories and pages that were read without a mistake."""
        return [*filter(None, self.writer.context["generated_content"].values())]

    def _get_generator_classes(self) -> list[Callable[..., Generator]]:
        """Read stories by our own generator, and put last who must see what is written.

        Signals have no order.
        """

        def stories(**named: Any) -> Generator:
            self.stories = StoriesGenerator(
                **named, state=self.state, now=self.now, found=self.found
            )
            return self.stories

        ours: dict[type[Generator], Callable[..., Generator]] = {
            ArticlesGenerator: stories,
            StaticGenerator: partial(attachments.Attachments, found=self.found),
        }
        classes = [ours.get(kind, kind) for kind in super()._get_generator_classes()]
        last = [kind for kind in classes if hasattr(kind, "last")]
        others = [kind for kind in classes if kind not in last]
        return [*others[:-1], Flush, *last, LastFlush, others[-1]]

    def _get_writer(self) -> PageWriter:
        """Return it once it is known what is staged, as others put files there too."""
        self.writer.there = self.writer.staging.names - self.twins.stamps.keys()
        return self.writer


class Flush(Generator):  # type: ignore[misc] # Pelican ships no types
    """Has the pages written that the generators before it gave the writer."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write them."""
        writer.flush(self.context)


class LastFlush(Flush):
    """Does so for what was written last, and clears what is no page any more."""

    def generate_output(self, writer: PageWriter) -> None:
        """Write and clear, before files are copied to where a page may have been."""
        super().generate_output(writer)
        writer.clear()


def build(
    settings_file: str,
    *,
    known: State | None = None,
    save: bool = True,
    anyway: bool = False,
    **override: Any,
) -> Build:
    """Build the site of `settings_file` and return the finished build.

    `known` is the state that this process left, if it did; without `save`, keeping the
    new one for the next process is left to the caller; `anyway` has it built even if
    there is nothing to do.
    """
    console.quiet = True  # Pelican's own summary; the caller gives a better one
    with _strictly(Path(settings_file).absolute()):
        site = Build(_settings(settings_file, override), known)
    site.run(save=save, anyway=anyway)
    return site


def settings_of(settings_file: str) -> dict[str, Any]:
    """Return the settings in a file, or raise BuildFailedError."""
    with _strictly(Path(settings_file).absolute()):
        return _settings(settings_file, {})


def _settings(settings_file: str, override: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as Pelican reads them; where no content is, say it better."""
    try:
        settings: dict[str, Any] = read_settings(settings_file, override)
    except ValueError as error:
        content = (get_settings_from_file(settings_file) | override).get("PATH", "")
        if Path(settings_file).parent.joinpath(content).is_dir():
            raise
        sentence = (
            f"PATH = {content!r}: there is no such folder; make it, or set the one "
            "that the stories are in"
        )
        problem = Problem(shown(FILE), line_of("PATH"), sentence)
        raise BuildFailedError([problem]) from error
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
        except BuildFailedError as failure:
            collector.problems += failure.problems
        except Exception as error:
            if is_raised(error):
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
    return Problem("", 0, unexpected(error))
