"""The kinds of pages that Pelican does not come with, by its own way to add them."""

import json
from collections.abc import Iterator

from pelican import signals
from pelican.contents import Article
from pelican.generators import Generator
from pelican.writers import Writer

# The template of each, and where it goes below a story's address.
OF_ALL = {
    "cite": "cite/index.html",
    "bib": "cite/{slug}.bib",
    "ris": "cite/{slug}.ris",
    "csl": "cite/{slug}.json",
}
OF_CHECKED = {"ledger": "ledger/index.html", "ledger_data": "ledger.json"}
OF_DISCUSSED = {"comments": "comments/index.html", "comment_feed": "comments.xml"}


class Kinds(Generator):
    """Writes what there is beside each story, and a JSON feed of each list."""

    def generate_output(self, writer: Writer) -> None:
        """Write each as Pelican writes its own."""
        for article in self.context["articles"]:
            for template, place in _kinds(article).items():
                name = place.format(slug=article.slug)
                name = f"{article.url.removesuffix('index.html')}{name}"
                page = self.get_template(template)
                writer.write_file(name, page, self.context, article=article)
        feed = self.get_template("feed")
        for name, stories in self._lists():
            writer.write_file(f"{name}.json", feed, self.context, stories=stories)

    def _lists(self) -> Iterator[tuple[str, list[Article]]]:
        yield "feed", self.context["articles"]
        for folder, lists in (
            ("category", self.context["categories"]),
            ("tag", self.context["tags"]),
            ("author", self.context["authors"]),
        ):
            for kept, stories in lists:
                yield f"{folder}/{kept.slug}", stories


def _kinds(article: Article) -> dict[str, str]:
    found = dict(OF_ALL)
    if article.claims:
        found |= OF_CHECKED
    if article.comments:
        found |= OF_DISCUSSED
    return found


def _told(article: Article) -> None:
    """Read what its header says in JSON."""
    if isinstance(article, Article):
        article.claims = json.loads(article.metadata["claims"])
        article.comments = json.loads(article.metadata["comments"])


def _generators(_sender: object) -> type[Generator]:
    return Kinds


def register() -> None:
    """Have Pelican read and write them too."""
    signals.content_object_init.connect(_told)
    signals.get_generators.connect(_generators)
