"""What stands where: the front page's composition, and each story's neighbours."""

import pickle
from dataclasses import dataclass
from itertools import pairwise

from pelican.contents import Article, Category
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.plugins import signals

from newsroom.digest import digest
from newsroom.related import Record, Relations, related
from newsroom.state import Pack, RelatedRecord, SpoiltError, State
from newsroom.stories import StoriesGenerator


@dataclass(frozen=True)
class Section:
    """A section's block on the front page: its newest stories not shown above."""

    category: Category
    stories: list[Article]


@dataclass(frozen=True)
class FrontPage:
    """The newest story, the three after it, and the sections' own newest."""

    lead: Article | None
    seconds: list[Article]
    sections: list[Section]


def compose(
    articles: list[Article],
    categories: list[tuple[Category, list[Article]]],
    per_section: int,
) -> FrontPage:
    """Compose the front page of `articles`, newest first; no story is on it twice."""
    top = articles[:4]
    sections = []
    for category, stories in categories:
        rest = [story for story in stories[: per_section + 4] if story not in top]
        if rest:
            sections.append(Section(category, rest[:per_section]))
    return FrontPage(top[0] if top else None, top[1:], sections)


def _sort(generator: ArticlesGenerator) -> None:
    """Put stories of one date in a fixed order; Pelican reads them in none."""
    generator.articles.sort(key=lambda story: story.relative_source_path)
    generator.articles.sort(key=lambda story: story.date, reverse=True)


def _sort_pages(generator: PagesGenerator) -> None:
    generator.pages.sort(key=lambda page: (page.title, page.relative_source_path))


def _arrange(generator: StoriesGenerator) -> None:
    articles = generator.articles
    for story in [*articles, *generator.drafts]:
        story.newer = story.older = None
        story.related = []
    for _category, stories in generator.categories:
        for newer, older in pairwise(stories):
            newer.older, older.newer = older, newer
    by_place = {story.save_as: story for story in articles}
    for place, others in _related(generator).items():
        by_place[place].related = [by_place[other] for other in others]
    generator.context["sections"] = [section for section, _ in generator.categories]
    generator.context["front_page"] = compose(
        articles, generator.categories, generator.settings["FRONT_PAGE_STORIES"]
    )


def _related(generator: StoriesGenerator) -> dict[str, list[str]]:
    """Return what goes with each story: as in the last build, if all look the same."""
    state = generator.state
    key = digest(generator.articles)
    if key != state.related.key:
        found = related(map(_record, generator.articles), _found_before(state))
        with Pack(state.folder) as pack:
            body = pack.add(pickle.dumps(found.profiles, pickle.HIGHEST_PROTOCOL))
        state.related = RelatedRecord(key, found.best, body)
    return state.related.best


def _found_before(state: State) -> Relations:
    """Return what the last build found, or nothing where it is not known."""
    _, best, body = state.related
    try:
        return Relations(best, state.body(body)) if body else Relations()
    except SpoiltError:
        return Relations()


def _record(story: Article) -> Record:
    """Return what is compared of a story."""
    topics = tuple(tag.slug for tag in story.tags)
    moment = story.date.timestamp()
    return Record(story.save_as, moment, topics, tuple(story.terms.split()))


def register() -> None:
    """Arrange the stories as soon as all are read."""
    signals.article_generator_pretaxonomy.connect(_sort)
    signals.page_generator_finalized.connect(_sort_pages)
    signals.article_generator_finalized.connect(_arrange)
