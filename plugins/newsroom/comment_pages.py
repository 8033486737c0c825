"""What the comments become: a page and a feed beside each story, and the site's own."""

import json
import posixpath
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom.addresses import absolute
from newsroom.comment_file import FOLDER
from newsroom.comments import Posted
from newsroom.page_writer import PageWriter
from newsroom.problems import report, shown

PAGE = f"{FOLDER}/index.html"
FEED = "comments.xml"
# The page that says what happens to a comment and to its sender's address.
DATA_PAGE = "comment-data"
# Where the service leads a reader whose comment it took, or could not take.
ANSWERS = ("thanks", "closed", "wait", "later")
# Threads of a page that stand open, the newest; those before are folded, so many each.
OPEN = 50


@dataclass(frozen=True)
class Found:
    """A comment with its story."""

    story: Article
    comment: Posted


def newest(stories: list[Article], most: int) -> list[Found]:
    """Return the newest comments of all stories, the newest first."""
    found = (
        (story, comment) for story in stories for comment in story.discussion.comments
    )
    last = nlargest(most, found, key=lambda each: (each[1].date, each[1].id))
    return [Found(*each) for each in last]


def folds(count: int) -> list[range]:
    """Part `count` threads: all parts but the last are full, and to be folded."""
    starts = range(0, max(count, 1), OPEN)
    return [range(start, min(start + OPEN, count)) for start in starts]


def form_action(service: str) -> str:
    """Return what a page with the form may send forms to (CSP3, form-action).

    The service answers with a page of this site, and Chromium asks for that too.
    """
    parts = urlsplit(service)
    return f"'self' {parts.scheme}://{parts.netloc}"


class CommentPages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes what a site shows of its comments, and what the service reads."""

    def generate_context(self) -> None:
        """Tell every page with a form where it leads, and what it may."""
        pages = {page.slug: page for page in self.context["pages"]}
        service = self.settings["COMMENTS_URL"]
        if service and DATA_PAGE not in pages:
            page = Path(self.settings["PATH"], "pages", f"{DATA_PAGE}.md")
            report(
                "pelicanconf.py",
                0,
                "COMMENTS_URL is set, but there is no page to which its form can "
                f"link; say in {shown(page)} what happens to a comment",
            )
        self.context["comment_data"] = getattr(pages.get(DATA_PAGE), "url", "")
        self.context["form_policy"] = (
            {"form-action": form_action(service)} if service else {}
        )
        self._find_lost_comments()

    def generate_output(self, writer: PageWriter) -> None:
        """Write the page and the feed of each story, then what the site has once."""
        stories = self.context["articles"]
        writer.beside_stories(self._of)
        self._feed(writer, FEED, stories)
        if self.settings["COMMENTS_URL"]:
            for answer in ANSWERS:
                place = f"{FOLDER}/{answer}/index.html"
                self._page(writer, place, "comment_answer", answer=answer)
        writer.write_document("comments.json", self._open, stories=stories)

    def _of(self, writer: PageWriter, story: Article) -> None:
        if not story.discussion.comments:
            return
        folder = posixpath.dirname(story.save_as)
        parts = folds(len(story.discussion.threads))
        self._page(writer, f"{folder}/{PAGE}", "comments", article=story, parts=parts)
        self._feed(writer, f"{folder}/{FEED}", [story], story)

    def _open(self, stories: list[Article]) -> str:
        """Describe the stories that take comments today, for the service."""
        site = self.settings["SITEURL"]
        document = {
            "version": 1,
            "site": site,
            "stories": {
                story.slug: {
                    "url": absolute(story.url, site),
                    "title": story.title,
                    "folder": posixpath.dirname(story.relative_source_path),
                    "closes": _iso(story.discussion.closes),
                    "comments": [posted.id for posted in story.discussion.comments],
                }
                for story in sorted(stories, key=lambda story: str(story.slug))
                if story.discussion.is_open
            },
        }
        return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n"

    def _find_lost_comments(self) -> None:
        """Report folders of comments that lie beside no story."""
        stories = {
            posixpath.dirname(story.source_path)
            for story in self.context["generated_content"].values()
            if isinstance(story, Article)
        }
        for folder in sorted(self.settings["CONTENT_FILES"].discussions):
            if posixpath.dirname(folder) not in stories:
                report(
                    folder,
                    0,
                    "a folder of this name has a story's comments, and no story lies "
                    "beside it; move it or rename it",
                )

    def _feed(
        self,
        writer: PageWriter,
        place: str,
        stories: list[Article],
        story: Article | None = None,
    ) -> None:
        """Write the feed of the comments on `stories`, which may be of one alone."""
        writer.write_file(
            place,
            self.env.get_template(FEED),
            self.context,
            found=newest(stories, self.settings["FEED_MAX_ITEMS"]),
            stories=stories,
            story=story,
            root="../" * place.count("/"),
            place=place,
        )

    def _page(
        self, writer: PageWriter, place: str, template: str, **context: Any
    ) -> None:
        writer.write_file(place, self.get_template(template), self.context, **context)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _generators(_pelican: object) -> type[Generator]:
    return CommentPages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
