"""Reads the stories: those that changed, in as many processes as pay; no other."""

import pickle
import posixpath
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from pelican.contents import Article
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.plugins import signals
from pelican.urlwrappers import Author, Category, Tag, URLWrapper

from newsroom import trace, workers
from newsroom.addresses import address
from newsroom.content_files import ContentFiles
from newsroom.digest import digest
from newsroom.page_writer import PageWriter
from newsroom.problems import Collector, Problem, is_raised, report, tell, unexpected
from newsroom.state import (
    Pack,
    SpoiltError,
    Stamp,
    State,
    StoryRecord,
    code,
    content_of,
    outside,
    say,
    seen,
    unsure_since,
)
from newsroom.story import SHOWN, Page, Story, linked

# What Pelican can make of the rest, or the build gives anew.
NOT_KEPT = frozenset({"settings", "_context", "metadata", "timezone", "_summary"})
TOPICS: dict[str, type[URLWrapper]] = {
    "category": Category,
    "author": Author,
    "authors": Author,
    "tags": Tag,
}
# How many stories' bodies are remembered at once.
REMEMBERED = 64
# Stories that pay for a worker.
WORTH = 40


@dataclass
class Read:
    """What reading one story gave: its record, or the problems that it has."""

    path: str
    record: StoryRecord | None
    problems: list[Problem]


class StoriesGenerator(ArticlesGenerator):  # type: ignore[misc] # Pelican ships no types
    """Pelican's generator of articles, for sites of any number of them."""

    state: State
    now: datetime
    found: ContentFiles
    categories: Any
    authors: Any

    def generate_context(self) -> None:
        """Put the stories, and the lists of them, into the context."""
        self._bodies: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._topics: dict[tuple[str, str], URLWrapper] = {}
        self._code = code(self.settings)
        found = [self._story(record) for record in self._records()]
        for story in found:
            self.context["generated_content"][story.relative_source_path] = story
            self.context["static_links"] |= set(story.__dict__.pop("static_links", ()))
        self.articles = [story for story in found if story.status == "published"]
        self.drafts = [story for story in found if story.status == "draft"]
        signals.article_generator_pretaxonomy.send(self)
        for story in self.articles:
            self.categories[story.category].append(story)
            for tag in story.tags:
                self.tags[tag].append(story)
            for author in story.authors:
                self.authors[author].append(story)
        self.dates = self.articles
        self.period_archives = {"year": [*self._years()]}
        self.categories = sorted(self.categories.items())
        self.authors = sorted(self.authors.items())
        self._update_context(
            (
                "articles",
                "drafts",
                "hidden_articles",
                "dates",
                "tags",
                "categories",
                "authors",
            )
        )
        self.context["period_archives"] = self.period_archives
        # For pages that lead to the years, and show none of their stories.
        self.context["years"] = [
            (year["period"][0], year["url"]) for year in self.period_archives["year"]
        ]
        signals.article_generator_finalized.send(self)

    def _records(self) -> list[StoryRecord]:
        """Return the records of all stories, in the order of their paths."""
        found = dict(self._found())
        stale = [
            path for path, inputs in found.items() if not self._holds(path, inputs)
        ]
        for gone in self.state.stories.keys() - found.keys():
            del self.state.stories[gone]
        for path in stale:
            self.state.stories.pop(path, None)
        shares = workers.dealt(self._read, [(p, found[p]) for p in stale], WORTH)
        for read in sorted(chain.from_iterable(shares), key=attrgetter("path")):
            tell(read.problems)
            if read.record is None:
                self._add_failed_source_path(read.path)
            else:
                self.state.stories[read.path] = read.record
        return [
            self.state.stories[path] for path in found if path in self.state.stories
        ]

    def _found(self) -> Iterator[tuple[str, dict[str, Stamp]]]:
        """Yield each story's path below the content, and the stamps of its folder."""
        content, beside = f"{self.path}/", self.found.beside()
        folders = tuple(f"{content}{name}/" for name in self.settings["ARTICLE_PATHS"])
        for path in sorted(self.found.texts):
            if path.startswith(folders):
                yield path.removeprefix(content), beside[posixpath.dirname(path)]

    def check_disabled_readers(self) -> None:
        """Leave it to content_files.py, which has seen every file."""

    def _holds(self, path: str, inputs: dict[str, Stamp]) -> bool:
        """Whether what is known of a story is still what reading it would give."""
        record = self.state.stories.get(path)
        if record is None or (record.until and self.now >= record.until):
            return False
        others = {name: seen(name) for name in record.inputs.keys() - inputs.keys()}
        now = inputs | others
        if now == record.inputs and all(map(self.state.is_sure_of, now.values())):
            return True
        if now.keys() != record.inputs.keys() or content_of(now) != record.content:
            return False
        self.state.stories[path] = record._replace(inputs=now)
        return True

    def _read(self, stale: Iterable[tuple[str, dict[str, Stamp]]]) -> list[Read]:
        """Read stories; their bodies go into a pack."""
        with Pack(self.state.folder) as pack:
            return [self._read_one(path, inputs, pack) for path, inputs in stale]

    def _read_one(self, path: str, inputs: dict[str, Stamp], pack: Pack) -> Read:
        since = unsure_since()
        with Collector() as collector, trace.Trace() as kept:
            try:
                article = self.readers.read_file(
                    base_path=self.path,
                    path=path,
                    content_class=Article,
                    context=self.context,
                    preread_signal=signals.article_generator_preread,
                    preread_sender=self,
                    context_signal=signals.article_generator_context,
                    context_sender=self,
                )
                # Pelican would work them out each time that they are asked for.
                place = article.save_as
                relative = self.settings["RELATIVE_URLS"]
                article.override_save_as = place
                article.override_url = address(place, relative=relative)
                parted = self._parted(article) if article.is_valid() else None
            except Exception as error:
                if is_raised(error):
                    raise
                report(f"{self.path}/{path}", 0, unexpected(error))
                parted = None
        if parted is None:
            return Read(path, None, collector.problems)
        names = outside(kept.files - inputs.keys(), self._code)
        others = {name: seen(name) for name in names}
        # What may be other than it was read is read again in the next build.
        changed = any(seen(name) != was for name, was in inputs.items())
        changed |= any(when > since for when, *_ in others.values())
        inputs = inputs | others
        is_sure = not (collector.problems or changed)
        content = content_of(inputs, kept.texts) if is_sure else b""
        shown, body = parted
        told = digest(dict(sorted(shown.items())))
        record = StoryRecord(inputs, content, kept.until, shown, told, pack.add(body))
        return Read(path, record, collector.problems)

    def again(self, path: str) -> Story | None:
        """Read a story once more, in the place that it has.

        None where it has a mistake, or comes to stand elsewhere.
        """
        was = self.context["generated_content"][path]
        inputs = {name: seen(name) for name in self.state.stories[path].inputs}
        (read,) = self._read([(path, inputs)])
        if read.record is None or read.problems:
            return None
        story = self._story(read.record)
        if (story.save_as, story.status) != (was.save_as, was.status):
            return None
        story.arranged.update(was.arranged)
        self.state.stories[path] = read.record
        self._bodies.pop(path, None)
        self.context["generated_content"][path] = story
        return story

    def _parted(self, article: Article) -> tuple[dict[str, Any], bytes]:
        """Part an article into what lists show, and the rest as bytes."""
        shown = {key: getattr(article, key) for key in SHOWN if hasattr(article, key)}
        left_out = NOT_KEPT | shown.keys()
        rest = {
            key: value for key, value in vars(article).items() if key not in left_out
        }
        for key in TOPICS:
            if key in shown:
                value = shown[key]
                shown[key] = (
                    [topic.name for topic in value]
                    if isinstance(value, list)
                    else value.name
                )
        shown["links"] = linked(article)
        # Pelican would look for them at every tag.
        has_some = "{static}" in article._content or "{attach}" in article._content
        shown["static_links"] = sorted(article.get_static_links()) if has_some else []
        return shown, pickle.dumps(rest, pickle.HIGHEST_PROTOCOL)

    def _story(self, record: StoryRecord) -> Story:
        shown = record.shown.copy()
        for key, kind in TOPICS.items():
            value = shown[key]
            shown[key] = (
                [self._topic(kind, name) for name in value]
                if isinstance(value, list)
                else self._topic(kind, value)
            )
        shown["shown_digest"] = record.told
        shown["body_digest"] = record.body.digest
        return Story(shown, self.settings, self.context, self._fetch)

    def _topic(self, kind: type[URLWrapper], name: str) -> URLWrapper:
        key = kind.__name__, name
        if key not in self._topics:
            self._topics[key] = kind(name, self.settings)
        return self._topics[key]

    def _fetch(self, story: Story) -> dict[str, Any]:
        """Return a story's body, and remember the last few."""
        path = story.relative_source_path
        if path in self._bodies:
            self._bodies.move_to_end(path)
            return self._bodies[path]
        try:
            body: dict[str, Any] = self.state.body(self.state.stories[path].body)
        except SpoiltError as error:
            say(f"{error}: reading {path} anew.")
            (again,) = self._read([(path, self.state.stories[path].inputs)])
            if again.record is None:
                raise
            self.state.stories[path] = again.record
            body = self.state.body(again.record.body)
        self._bodies[path] = body
        if len(self._bodies) > REMEMBERED:
            self._bodies.popitem(last=False)
        return body

    def _years(self) -> Iterator[dict[str, Any]]:
        for year, stories in groupby(self.articles, lambda story: story.date.year):
            listed = list(stories)
            day = listed[0].date
            yield {
                "dates": listed,
                "articles": listed,
                "period": (year,),
                "period_num": (year,),
                "save_as": self.settings["YEAR_ARCHIVE_SAVE_AS"].format(date=day),
                "url": self.settings["YEAR_ARCHIVE_URL"].format(date=day),
            }

    def generate_pages(self, writer: PageWriter) -> None:
        """Write the stories, and the lists of them."""
        writer.beside_stories(self._write_story)
        super().generate_pages(writer)

    def _write_story(self, writer: PageWriter, story: Article) -> None:
        template = self.get_template(story.template)
        writer.write_file(
            story.save_as,
            template,
            self.context,
            article=story,
            category=story.category,
        )

    def generate_articles(self, write: Callable[..., None]) -> None:
        """Leave it to `_write_story`, which is called for those that changed."""

    def generate_drafts(self, write: Callable[..., None]) -> None:
        """Likewise."""

    def generate_period_archives(self, write: Callable[..., None]) -> None:
        """Write a list for each year."""
        template = self.get_template("period_archives")
        for year in self.period_archives["year"]:
            write(
                year["save_as"],
                template,
                self.context,
                articles=year["articles"],
                dates=year["dates"],
                template_name="period_archives",
                url=year["url"],
                period=year["period"],
            )

    def generate_tags(self, write: Callable[..., None]) -> None:
        """Write a list for each topic."""
        self._write_lists(write, "tag", self.tags.items())

    def generate_categories(self, write: Callable[..., None]) -> None:
        """Write a list for each section."""
        self._write_lists(write, "category", self.categories)

    def generate_authors(self, write: Callable[..., None]) -> None:
        """Write a list for each byline."""
        self._write_lists(write, "author", self.authors)

    def _write_lists(self, write: Callable[..., None], kind: str, topics: Any) -> None:
        template = self.get_template(kind)
        for topic, stories in topics:
            write(
                topic.save_as,
                template,
                self.context,
                url=topic.url,
                articles=stories,
                dates=stories,
                template_name=kind,
                page_name=topic.page_name,
                **{kind: topic},
            )


def _watch(generator: PagesGenerator) -> None:
    """Have the texts of the pages read under our eyes."""
    for page in (*generator.pages, *generator.draft_pages):
        page.__class__ = Page


def register() -> None:
    """Watch the pages as soon as they are read."""
    signals.page_generator_finalized.connect(_watch)
