"""Writes the pages: those that would be other than they are; the rest stay the same.

While a page is rendered, everything that it reads is noted: the names that its template
asks for, the stories of which it shows more than lists do, the files, the clock. With
these its record keeps one digest of what they were (newsroom/page_keys.py). In the next
build, the same digest says that rendering would give the same bytes, and the page stays
as it is. So nothing has to be declared, and nothing can be forgotten: a template that
reads one thing more has read it under these eyes. What cannot be compared is refused
(newsroom/digest.py); what is read past the context, as a file that a plugin opens,
Python itself reports (newsroom/trace.py). All that is the same for every page - code,
settings, versions - is in one fingerprint, and another one is a clean build; the theme
has one of its own, and another makes all pages anew, of the stories as they were read.

All that is beside a story - its page, its evidence, how to cite it - is made together
and asked for once: there are several such files to each of thousands of stories. What
is made beside it is chosen by the story alone, whose own digest always counts.

The staging folder comes to have what the last build left (newsroom/staging.py). A page
that stays, and stands as its record says, is not touched; one that is made is a file of
its own, as other releases may share the old one.
"""

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Template
from pelican.contents import Article, Content
from pelican.paginator import Paginator
from pelican.writers import Writer

from newsroom import release, trace, workers
from newsroom.fingerprint import theme_folders
from newsroom.page_keys import PageKeys
from newsroom.page_links import packed
from newsroom.page_policy import policy_in
from newsroom.problems import Collector, Problem, tell
from newsroom.staging import Staging, claim_folder, remove, write
from newsroom.state import (
    GONE,
    OUTDATED,
    Pack,
    PagesRecord,
    Stamp,
    State,
    code,
    outside,
    seen,
)
from newsroom.templates import rendered
from newsroom.weights import most_of

# Pages to be made that pay for a worker.
WORTH = 60
# Of each page, given by its place and the settings.
GIVEN = frozenset({"SITEURL", "localsiteurl", "output_file"})
# Where links are relative, what each begins with until a page is made, so that parts of
# pages that lie at different depths are the same. No text may have this character
# (newsroom/marks.py).
ROOT = "\ufdd0"


class Neighbour(NamedTuple):
    """The address of the page of a list before or after this one."""

    url: str


@dataclass(frozen=True)
class Job:
    """A file to be made: its place below the output, how, and of what.

    `make` is called with the context of all pages, what tells where this one lies, and
    its variables.
    """

    place: str
    make: Callable[..., str]
    variables: dict[str, Any]


@dataclass(frozen=True)
class Task:
    """Files that are made together, and `given`, by name, what they are made of.

    All that is beside a story is made of the story, and `jobs` is empty: they are found
    when they are needed.
    """

    name: str
    given: dict[str, Any]
    jobs: list[Job]


@dataclass
class Made:
    """What a worker made: the records of its pages, and the problems it met."""

    pages: dict[str, PagesRecord] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class PageWriter(Writer):  # type: ignore[misc] # Pelican ships no types
    """Pelican's writer, which writes what it was given only when all is known."""

    def __init__(
        self,
        settings: dict[str, Any],
        state: State,
        places: release.Places,
        now: datetime,
    ) -> None:
        super().__init__(str(places.staging), settings)
        self.state = state
        self.places = places
        self.now = now
        # Of all pages; set before they are written.
        self.context: dict[str, Any] = {}
        self._keys = PageKeys(self.context)
        # What is staged of the last build, and the places of pages that stand there, or
        # will; both are set before pages are written.
        self.staging: Staging
        self.there: set[str] = set()
        # The records of this build's pages, and which of them were rendered; and the
        # names of the records by the places of all pages so far, made now or kept.
        self.pages: dict[str, PagesRecord] = {}
        self.changed: set[str] = set()
        self.written: dict[str, str] = {}
        # The Markdown file that pages are made of, by the names of their records.
        self.origins: dict[str, str] = {}
        # Where old addresses were, with the contents that they lead on to.
        self.moved: dict[str, Content] = {}
        self._jobs: dict[str, Job] = {}
        self._beside_stories: list[Callable[[PageWriter, Article], None]] = []
        # Program, caches, theme and releases: nothing in them is an input of pages.
        self.no_inputs = (
            *code(settings),
            *places.beginnings,
            *(f"{folder}/" for folder in theme_folders(settings)),
        )
        self._stamps: dict[str, Stamp] = {}
        self._folders: set[str] = set()
        # What many records have in common: pickle keeps one for all.
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    def write_file(  # noqa: PLR0913, PLR0917 - Pelican's own arguments
        self,
        name: str,
        template: Template,
        context: dict[str, Any],  # noqa: ARG002
        relative_urls: bool = False,  # noqa: ARG002
        paginated: Mapping[str, Any] | None = None,  # noqa: ARG002
        template_name: str | None = None,
        override_output: bool = False,  # noqa: ARG002
        url: str | None = None,
        **variables: Any,
    ) -> None:
        """Take a page, or each page of a list, to be rendered with the others."""
        make = partial(rendered, template)
        if template_name not in self.settings["PAGINATED_TEMPLATES"]:
            self._take(name, make, variables)
            return
        most = (
            self.settings["PAGINATED_TEMPLATES"][template_name]
            or self.settings["DEFAULT_PAGINATION"]
        )
        # Pelican has two lists, of which ours are the same.
        lists = {key: variables[key] for key in ("articles", "dates")}
        pages = {
            id(stories): [
                *_pages_of(Paginator(name, url, stories, self.settings, most))
            ]
            for stories in lists.values()
        }
        for number, dates in enumerate(pages[id(lists["dates"])]):
            given = {
                f"{key}_{what}": value
                for key, stories in lists.items()
                for what, value in pages[id(stories)][number].items()
            }
            self._take(dates["page"].save_as, make, variables | given)

    def write_document(
        self, place: str, make: Callable[..., str], **variables: Any
    ) -> None:
        """Take a file that no template makes: `make` is called with the variables."""

        def made(*_layers: dict[str, Any]) -> str:
            for name in variables:
                trace.read_name(name)
            return make(**variables)

        self._take(place, made, variables)

    def beside_stories(self, write: Callable[["PageWriter", Article], None]) -> None:
        """Have `write` called for each story that is shown, when its pages are made.

        All that it writes is made together. It must choose what to write, and with
        which variables, by the story and the settings alone.
        """
        self._beside_stories.append(write)

    def _take(
        self,
        place: str,
        make: Callable[..., str],
        variables: dict[str, Any],
    ) -> None:
        if place in self._jobs:
            raise ValueError(f"two pages would be saved as {place}")
        self._jobs[place] = Job(place, make, variables)

    def flush(self, context: dict[str, Any]) -> None:
        """Keep the pages that would be the same, and render the others."""
        self.context, self._keys = context, PageKeys(context)
        tasks = [*self._tasks()]
        # Here alone: workers would copy all that they look at, which takes as long.
        self.pages |= {
            task.name: record
            for task in tasks
            if (record := self.state.pages.get(task.name)) and self._stays(task, record)
        }
        stale = [task for task in tasks if task.name not in self.pages]
        for made in workers.dealt(self._make, stale, WORTH):
            tell(made.problems)
            self.pages |= made.pages
        self.changed |= {task.name for task in stale}
        for task in tasks:
            self.written |= dict.fromkeys(self.pages[task.name].places, task.name)

    def _tasks(self) -> Iterator[Task]:
        """Yield what is to be made and was not yet; first lists, which share much."""
        jobs, self._jobs = self._jobs, {}
        for place, job in jobs.items():
            if page := job.variables.get("page"):
                self.origins[place] = page.source_path
            yield Task(place, job.variables, [job])
        for story in (*self.context["articles"], *self.context["drafts"]):
            name = story.relative_source_path
            if name not in self.pages:
                self.origins[name] = story.source_path
                yield Task(name, {"article": story}, [])

    def again(self, story: Article, folder: Path) -> list[str]:
        """Make what is beside a story below another folder; return the places.

        What stands in the output is to be replaced by it, and is not what the state
        says any more: the next build makes it anew.
        """
        name = story.relative_source_path
        self.output_path, self._folders = str(folder), set()
        with Pack(self.state.folder) as pack:
            task = Task(name, {"article": story}, [])
            made = self._make_one(task, pack, self._released())
        record = self.state.pages[name]
        gone = (GONE,) * len(record.places)
        self.state.pages[name] = record._replace(stamps=gone)
        return [*made.places]

    def clear(self) -> None:
        """Take away what stands in the staging folder of pages that are no more."""
        gone = self.there.difference(self.written)
        if gone:
            self.staging.complete()
        for place in gone:
            if (self.places.staging / place).is_file():  # it may be a folder by now
                remove(self.places.staging, place)

    def settle(self, stamps: Mapping[str, Stamp]) -> None:
        """Note how the pages that were made lie in their place, by these stamps."""
        for name in self.changed:
            record = self.pages[name]
            found = tuple(stamps[place] for place in record.places)
            self.pages[name] = record._replace(stamps=found)
        self.state.pages = self.pages

    def policies(self) -> Iterator[tuple[str, str]]:
        """Give the places of the pages, each with its policy."""
        records = self.pages.values()
        return chain.from_iterable(
            zip(it.places, it.policies, strict=True) for it in records
        )

    def source_of(self, place: str) -> str | None:
        """Return the Markdown file that a page is made of, if it is of one."""
        return self.origins.get(self.written.get(place, ""))

    @property
    def made(self) -> set[str]:
        """The places of the pages that were rendered in this build."""
        return {place for name in self.changed for place in self.pages[name].places}

    def _stays(self, task: Task, record: PagesRecord) -> bool:
        """Whether pages would be what their record says, and stand so."""
        return (
            record.key != OUTDATED
            and (record.until is None or self.now < record.until)
            and all(
                self._seen(name) == was and self.state.is_sure_of(was)
                for name, was in record.files.items()
            )
            and self._keys.of(task.given, record.names, record.bodies) == record.key
            and self.there.issuperset(record.places)
        )

    def _seen(self, path: str) -> Stamp:
        if path not in self._stamps:
            self._stamps[path] = seen(path)
        return self._stamps[path]

    def _path(self, place: str) -> str:
        """Return where `place` is staged, in a folder that is there."""
        path = f"{self.output_path}/{place}"
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            claim_folder(folder)
            self._folders.add(folder)
        return path

    def _make(self, tasks: Iterable[Task]) -> Made:
        """Render pages into the staging folder."""
        made, released = Made(), self._released()
        with Collector() as collector, Pack(self.state.folder) as pack:
            for task in tasks:
                made.pages[task.name] = self._make_one(task, pack, released)
        made.problems = collector.problems
        return made

    def _released(self) -> str | None:
        """Return the folder of what was released, with a slash, if there is one."""
        return f"{self.places.output}/" if self.places.output.exists() else None

    def _make_one(self, task: Task, pack: Pack, released: str | None) -> PagesRecord:
        """Render what belongs together, each file under the eyes of a trace.

        What is in the folder of what was `released`, and would be the same, stays.
        """
        with trace.Trace() as read:
            jobs = task.jobs or self._jobs_of(task.given["article"])
        if not task.jobs:
            read.names.update(task.given)
        anchors, policies, most = [], [], 0
        for job in jobs:
            with trace.Trace() as kept:
                text = self._text(job)
            kept.names -= job.variables.keys() - task.given.keys()
            read.add(kept)
            data = text.encode()
            write(self._path(job.place), data, released and released + job.place)
            html = job.place.endswith(".html")
            anchors.append(packed(job.place, text, self.settings["SITEURL"]))
            policies.append(sys.intern(policy_in(text)) if html else "")
            if not task.jobs and job.place == task.given["article"].save_as:
                most = most_of(data)
        names = self._one_of(tuple(sorted(read.names - GIVEN)))
        bodies = tuple(sorted(read.bodies))
        return PagesRecord(
            tuple(job.place for job in jobs),
            names,
            bodies,
            {name: self._seen(name) for name in outside(read.files, self.no_inputs)},
            read.until,
            self._keys.of(task.given, names, bodies),
            pack.add(pickle.dumps(anchors)),
            self._one_of(tuple(policies)),
            most,
        )

    def _one_of(self, alike: tuple[str, ...]) -> tuple[str, ...]:
        """Return the first that was like this, so that records share it."""
        return self._shared.setdefault(alike, alike)

    def _jobs_of(self, story: Article) -> list[Job]:
        """Return all that is to be made for a story."""
        self._jobs = {}
        for give in self._beside_stories:
            give(self, story)
        jobs, self._jobs = list(self._jobs.values()), {}
        return jobs

    def _text(self, job: Job) -> str:
        local = {"output_file": job.place}
        if not self.settings["RELATIVE_URLS"]:
            return job.make(self.context, local, job.variables)
        local["SITEURL"] = local["localsiteurl"] = ROOT
        self.context["localsiteurl"] = ROOT  # for the links in texts
        text = job.make(self.context, local, job.variables)
        return text.replace(ROOT, _root(job.place))


def _root(place: str) -> str:
    """Return the way to the root from where a page lies."""
    return "/".join([".."] * place.count("/")) or "."


def _pages_of(paginator: Paginator) -> Iterator[dict[str, Any]]:
    """Yield what Pelican's templates are given of each page of a list."""
    pages = [paginator.page(number + 1) for number in range(paginator.num_pages)]
    ways = [Neighbour(page.url) for page in pages] if len(pages) > 1 else []
    for page, before, after in zip(
        pages, [None, *ways], [*ways[1:], None], strict=False
    ):
        yield {
            "paginator": paginator,
            "page": page,
            "previous_page": before,
            "next_page": after,
        }
