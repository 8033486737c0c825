"""Writes the pages: those that would be other than they are; the rest stay the same.

While a page is rendered, everything that it reads is noted: the names that its template
asks for, the stories of which it shows more than lists do, the files, the clock. With
these its record keeps one digest of what they were. In the next build, the same digest
says that rendering would give the same bytes, and the page that stands is linked into
the new release. So nothing has to be declared, and nothing can be forgotten: a template
that reads one thing more has read it under these eyes. What cannot be compared is
refused (newsroom/digest.py); what is read past the context, as a file that a plugin
opens, Python itself reports (newsroom/trace.py). All that is the same for every page -
code, theme, settings, versions - is in one fingerprint, and another one is a clean
build.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Template
from jinja2.runtime import Context
from pelican.contents import Content
from pelican.generators import Generator
from pelican.paginator import Paginator
from pelican.plugins import signals
from pelican.utils import get_relative_path, path_to_url
from pelican.writers import Writer

from newsroom import links, release, trace, workers
from newsroom.digest import SIZE, digest
from newsroom.links import Anchors
from newsroom.problems import Collector, Problem, tell
from newsroom.state import PageRecord, State, code, stamp
from newsroom.weights import size_of

# Pages that pay for a worker.
WORTH = 60
# Of each page, given by its place and the settings.
GIVEN = frozenset({"SITEURL", "localsiteurl", "output_file"})


class TracedContext(Context):
    """A template's context that notes which names it was asked for."""

    def resolve_or_missing(self, key: str) -> Any:
        """Return the value of a name, as Jinja does."""
        if key not in self.vars:
            trace.read_name(key)
        return super().resolve_or_missing(key)


@dataclass(frozen=True)
class Neighbour:
    """The address of the page of a list before or after this one."""

    url: str


@dataclass(frozen=True)
class Job:
    """A file to be made: its place below the output, how, and of what."""

    place: str
    make: Callable[[dict[str, Any]], str]
    context: dict[str, Any]
    variables: dict[str, Any]


@dataclass
class Made:
    """What a worker made: the records of its pages, and the problems it met."""

    pages: dict[str, PageRecord] = field(default_factory=dict)
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
        self.jobs: dict[str, Job] = {}
        # The records of this build's pages, and which of them were rendered.
        self.pages: dict[str, PageRecord] = {}
        self.changed: set[str] = set()
        self.contents: dict[str, Content] = {}
        self._code = code(settings)
        self._shared: dict[str, bytes] = {}
        self._bodies: dict[str, bytes] = {}
        self._folders: set[str] = set()

    def write_file(  # noqa: PLR0913, PLR0917 - Pelican's own arguments
        self,
        name: str,
        template: Template,
        context: dict[str, Any],
        relative_urls: bool = False,  # noqa: ARG002
        paginated: Mapping[str, Any] | None = None,  # noqa: ARG002
        template_name: str | None = None,
        override_output: bool = False,  # noqa: ARG002
        url: str | None = None,
        **variables: Any,
    ) -> None:
        """Take a page, or each page of a list, to be rendered with the others."""
        if template_name not in self.settings["PAGINATED_TEMPLATES"]:
            self._take(name, template.render, context, variables)
            return
        paginators = {
            key: Paginator(
                name,
                url,
                variables[key],
                self.settings,
                self.settings["PAGINATED_TEMPLATES"][template_name]
                or self.settings["DEFAULT_PAGINATION"],
            )
            for key in ("articles", "dates")
        }
        for number in range(1, paginators["dates"].num_pages + 1):
            pages = dict(_page_of(paginators, number))
            place = pages["dates_page"].save_as
            self._take(place, template.render, context, variables | pages)

    def write_document(
        self,
        place: str,
        make: Callable[..., str],
        context: dict[str, Any],
        **variables: Any,
    ) -> None:
        """Take a file that no template makes: `make` is called with the variables."""

        def made(_local: dict[str, Any]) -> str:
            for name in variables:
                trace.read_name(name)
            return make(**variables)

        self._take(place, made, context, variables)

    def _take(
        self,
        place: str,
        make: Callable[..., str],
        context: dict[str, Any],
        variables: dict[str, Any],
    ) -> None:
        if place in self.jobs:
            raise ValueError(f"two pages would be saved as {place}")
        self.jobs[place] = Job(place, make, context, variables)

    def flush(self) -> None:
        """Keep the pages taken that would be the same, and render the others."""
        waiting = [job for place, job in self.jobs.items() if place not in self.pages]
        stale = []
        for job in waiting:
            if self._keeps(job):
                self.pages[job.place] = self.state.pages[job.place]
            else:
                stale.append(job)
        stale.sort(key=_story_of)  # a worker fetches a story once for all its pages
        for made in workers.shared(self._make, stale, WORTH):
            tell(made.problems)
            self.pages |= made.pages
        self.changed |= {job.place for job in stale}

    def settle(self) -> None:
        """Stamp the pages that were made, once they are in their place."""
        for place in self.changed:
            found = stamp(self.places.output / place)
            self.pages[place] = replace(self.pages[place], stamp=found)
        self.state.pages = self.pages

    def doubtful(self) -> set[str]:
        """Return the pages whose links may lead elsewhere than in the last build.

        They are the pages made now, and those that link to what is gone.
        """
        now = set(release.files(self.places.staging))
        gone = links.lost(release.files(self.places.output), now)
        gone |= links.lost((place for place, _ in self.showing("moved")), ())
        for place in self.changed & self.state.pages.keys():
            before = Anchors.unpacked(self.state.pages[place].anchors)
            after = Anchors.unpacked(self.pages[place].anchors)
            gone |= {quote(name).encode() for name in before.ids - after.ids}
        return self.changed | {
            place
            for place, page in self.pages.items()
            if any(name in page.anchors for name in gone)
        }

    def showing(self, variable: str) -> Iterator[tuple[str, Any]]:
        """Yield the place and the value of each page that has `variable`."""
        for place, job in self.jobs.items():
            if value := job.variables.get(variable):
                yield place, value

    def _keeps(self, job: Job) -> bool:
        """Link a page that stands and would be the same; False where it would not."""
        record = self.state.pages.get(job.place)
        if (
            record is None
            or (record.until and self.now >= record.until)
            or any(stamp(name) != was for name, was in record.files.items())
        ):
            return False
        standing = f"{self.places.output}/{job.place}"
        if (
            self._key(job, record.names, record.bodies) != record.key
            or stamp(standing) != record.stamp
        ):
            return False
        release.link(Path(standing), Path(self._staged(job.place)))
        return True

    def _staged(self, place: str) -> str:
        """Return where `place` is staged, in a folder that is there."""
        path = f"{self.output_path}/{place}"
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - of thousands
            self._folders.add(folder)
        return path

    def _key(self, job: Job, names: tuple[str, ...], bodies: tuple[str, ...]) -> bytes:
        """Return the digest of what a page read, as it is now."""
        total = blake2b(digest_size=SIZE)
        for name in names:
            if name in job.variables:
                total.update(digest(job.variables[name]))
            else:
                total.update(self._of_all_pages(name, job.context))
        for path in bodies:
            total.update(self._of_body(path, job.context))
        return total.digest()

    def _of_all_pages(self, name: str, context: dict[str, Any]) -> bytes:
        if name not in self._shared:
            self._shared[name] = digest(context.get(name, ""))
        return self._shared[name]

    def _of_body(self, path: str, context: dict[str, Any]) -> bytes:
        """Return the digest of a body and of the addresses that it links to."""
        if path not in self._bodies:
            content = context["generated_content"].get(path)
            self._bodies[path] = digest(content and _body(content, context))
        return self._bodies[path]

    def _make(self, jobs: Sequence[Job]) -> Made:
        """Render pages into the staging folder."""
        made = Made()
        with Collector() as collector:
            for job in jobs:
                made.pages[job.place] = self._make_one(job)
        made.problems = collector.problems
        return made

    def _make_one(self, job: Job) -> PageRecord:
        local = job.context.copy()
        if self.settings["RELATIVE_URLS"]:
            root = path_to_url(get_relative_path(job.place))
            local["SITEURL"] = root
            local["localsiteurl"] = job.context["localsiteurl"] = root
        local["output_file"] = job.place
        local |= job.variables
        with trace.kept() as kept:
            text = job.make(local).encode()
        _write(self._staged(job.place), text)
        html = job.place.endswith(".html")
        story = job.variables.get("article")
        names = tuple(
            sorted(name for name in kept.names - GIVEN if name not in self.settings)
        )
        bodies = tuple(sorted(kept.bodies))
        return PageRecord(
            names,
            bodies,
            {
                name: stamp(name)
                for name in kept.files
                if not name.startswith(self._code)
            },
            kept.until,
            self._key(job, names, bodies),
            Anchors.of(text, self.settings["SITEURL"]).packed() if html else b"",
            size_of(text) if story and story.save_as == job.place else 0,
        )


def _write(path: str, data: bytes) -> None:
    """Write a file; what `open` does besides takes as long, and these are thousands."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        while data:  # one call may write less, as where a disk is nearly full
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def _story_of(job: Job) -> str:
    story = job.variables.get("article")
    return story.save_as if story else ""


def _page_of(
    paginators: Mapping[str, Paginator], number: int
) -> Iterator[tuple[str, Any]]:
    """Yield what Pelican's templates are given of the page `number` of a list."""
    for key, paginator in paginators.items():
        yield f"{key}_paginator", paginator
        yield f"{key}_page", paginator.page(number)
        before, after = number > 1, number < paginator.num_pages
        neighbours = ("previous", number - 1, before), ("next", number + 1, after)
        for which, other, there in neighbours:
            neighbour = Neighbour(paginator.page(other).url) if there else None
            yield f"{key}_{which}_page", neighbour


def _body(content: Content, context: dict[str, Any]) -> tuple[object, ...]:
    """Return what differs when more of a story or page than lists show would."""
    linked = (
        context[files].get(target)
        for target in content.links
        for files in ("generated_content", "static_content")
    )
    addresses = [other and other.url for other in linked]
    return content.body_digest, addresses, content.arranged


def _trace(generator: Generator) -> None:
    generator.env.context_class = TracedContext


def register() -> None:
    """Note what templates ask for, from the first one on."""
    signals.generator_init.connect(_trace)
