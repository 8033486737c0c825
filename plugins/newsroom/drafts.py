"""Holds drafts, and stories dated in the future, out of every output but a preview."""

from pelican.contents import Content
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.plugins import signals

from newsroom import clock


def _hold_a_future_story(content: Content) -> None:
    date = getattr(content, "date", None)
    to_come = date is not None and not clock.passed(date)
    content.scheduled = to_come and content.status != "draft"
    if to_come:
        content.status = "draft"


def _hold_stories(generator: ArticlesGenerator) -> None:
    if not generator.settings["PREVIEW"]:
        generator.drafts = []
    for draft in generator.drafts:
        # A topic that no published story has gets its list too: the draft links to it.
        generator.categories[draft.category]
        for tag in draft.tags:
            generator.tags[tag]
        for author in draft.authors:
            generator.authors[author]


def _hold_pages(generator: PagesGenerator) -> None:
    if not generator.settings["PREVIEW"]:
        generator.draft_pages = []


def register() -> None:
    """Take drafts from their generators before anything is made of them."""
    signals.content_object_init.connect(_hold_a_future_story)
    signals.article_generator_pretaxonomy.connect(_hold_stories)
    signals.page_generator_finalized.connect(_hold_pages)
