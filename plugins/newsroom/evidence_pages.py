"""What the ledgers become: a page and a file beside each story, and the site's logs."""

import json
import posixpath
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals
from pydantic import BaseModel, Field

from newsroom.addresses import absolute
from newsroom.evidence import PAGE
from newsroom.ledger import Claim, Correction, Ledger, Verdict
from newsroom.page_writer import PageWriter
from newsroom.structured_data import policies

JSON_FILE = "ledger.json"
SCHEMA = "ledger.schema.json"
# How many claims of each verdict the index shows, of the newest stories.
SHOWN = 100


class PublishedBadge(BaseModel):
    """The state that a story's evidence earned on the day of the build."""

    state: str
    reasons: list[str]


class PublishedLedger(Ledger):
    """What ledger.json beside a story holds: its ledger, and what it earned."""

    json_schema: str = Field(serialization_alias="$schema")
    story: str
    headline: str
    badge: PublishedBadge


class Entry(NamedTuple):
    """A claim with its number in the text, or what else it is about."""

    number: int | None
    about: str | None
    claim: Claim


@dataclass(frozen=True)
class Logged:
    """A correction with its story."""

    story: Article
    correction: Correction

    @property
    def id(self) -> str:
        """What stays the same however many corrections come before it."""
        what = f"{self.correction.on} {self.correction.was} {self.correction.now}"
        return sha256(what.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Judged:
    """How many claims have a verdict, and the newest of them with their stories."""

    verdict: Verdict
    count: int
    newest: list[tuple[Article, Claim]]


def entries(story: Article) -> list[Entry]:
    """Return the story's claims: those of the text in its order, then the others."""
    numbers = {name: number for number, name in enumerate(story.marks, 1)}
    found = [
        Entry(
            numbers.get(claim.id),
            claim.about
            or ("the standfirst" if claim.id in story.marks_above else None),
            claim,
        )
        for claim in story.ledger.claims
    ]
    return sorted(found, key=lambda entry: entry.number or len(found) + 1)


def corrections_log(stories: list[Article]) -> list[Logged]:
    """Return every correction of the site, the newest first."""
    found = [
        Logged(story, correction)
        for story in stories
        for correction in story.corrections
    ]
    return sorted(found, key=lambda logged: logged.correction.on, reverse=True)


def by_verdict(checked: list[Article]) -> list[Judged]:
    """Return the claims by their verdict, in the order of the scale.

    Of each, the newest alone are fetched, from the stories that have some.
    """
    found = []
    for verdict in Verdict:
        claims = (
            (story, claim)
            for story in checked
            if verdict in story.counts
            for claim in story.ledger.claims
            if claim.verdict is verdict
        )
        count = sum(story.counts.get(verdict, 0) for story in checked)
        found.append(Judged(verdict, count, [*islice(claims, SHOWN)]))
    return found


class EvidencePages(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes what a site shows of its ledgers."""

    def generate_context(self) -> None:
        """Give every page the log of corrections and the scale."""
        self.context["corrections_log"] = corrections_log(self.context["articles"])
        self.context["scale"] = list(Verdict)

    def generate_output(self, writer: PageWriter) -> None:
        """Write the page and the file of each ledger, then what the site has once."""
        writer.beside_stories(self._ledger)
        checked = [
            story for story in self.context["articles"] if story.counts is not None
        ]
        self._page(writer, self.settings["CLAIMS_SAVE_AS"], "claims", checked=checked)
        writer.write_document(SCHEMA, _schema)
        writer.write_document("trust.json", _json, document=self._trust(checked))

    def _ledger(self, writer: PageWriter, story: Article) -> None:
        if story.counts is None:
            return
        folder = posixpath.dirname(story.save_as)
        self._page(writer, f"{folder}/{PAGE}", "ledger", article=story)
        writer.write_document(f"{folder}/{JSON_FILE}", self._published, article=story)

    def _published(self, article: Article) -> str:
        """Write the ledger.json beside a story."""
        site = self.settings["SITEURL"]
        document = PublishedLedger(
            **dict(article.ledger),
            json_schema=f"{site}/{SCHEMA}",
            story=absolute(article.url, site),
            headline=article.title,
            badge=PublishedBadge(
                state=article.badge.state, reasons=[*article.badge.reasons]
            ),
        )
        text = document.model_dump_json(by_alias=True, exclude_none=True, indent=1)
        return f"{text}\n"

    def _trust(self, checked: list[Article]) -> dict[str, Any]:
        """Say who publishes, by which policies, and what the evidence amounts to."""
        site = self.settings["SITEURL"]
        pages = {page.slug: page.url for page in self.context["pages"]}
        stories = self.context["articles"]
        return {
            "publisher": self.settings["SITENAME"],
            "url": f"{site}/",
            "contact": self.settings["NEWSDESK_EMAIL"],
            "policies": policies(self.settings, pages),
            "method": self.settings["METHOD_VERSION"],
            "scale": {verdict.value: verdict.definition for verdict in Verdict},
            "stories": len(stories),
            "badges": dict(Counter(story.badge.state or "none" for story in stories)),
            "claims": {
                verdict.value: sum(story.counts.get(verdict, 0) for story in checked)
                for verdict in Verdict
            },
            "corrections": len(self.context["corrections_log"]),
        }

    def _page(
        self, writer: PageWriter, place: str, template: str, **context: Any
    ) -> None:
        writer.write_file(place, self.get_template(template), self.context, **context)


def _schema() -> str:
    return _json(PublishedLedger.model_json_schema(mode="serialization"))


def _json(document: dict[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return f"{text}\n"


def _generators(_pelican: object) -> type[Generator]:
    return EvidencePages


def register() -> None:
    """Have them made after the pages of the stories."""
    signals.get_generators.connect(_generators)
