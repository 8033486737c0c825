"""The checks that a comment passes, in their order, and what comes of each."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from intake import spam
from intake.form import Form, FormError, parse
from intake.limit import Limit
from intake.log import log
from intake.origins import origin_of
from intake.queue import Queue, QueueError, Sent
from intake.sender import Networks, sender
from intake.spam import Akismet
from intake.stories import Source, Story

# Ten thousand characters of four bytes, three signs a byte, and the other fields.
SIZE = 160 * 1024  # bytes
FORM = "application/x-www-form-urlencoded"
HONEYPOT = "honeypot"


@dataclass(frozen=True)
class Request:
    """What the checks look at; `peer` is who is at the other end of the connection."""

    body: bytes
    type: str
    origin: str
    peer: str
    forwarded: str
    agent: str
    referrer: str


@dataclass(frozen=True)
class Page:
    """Send the reader to one of the site's own pages: comments/<name>/."""

    address: str


@dataclass(frozen=True)
class Again:
    """Show the form again with the words in it: there are mistakes, or it is us."""

    form: Form
    story: Story
    site: str
    is_our_fault: bool = False


@dataclass(frozen=True)
class Refusal:
    """Answer in a sentence what no form of the site sends."""

    status: int
    sentence: str


Answer = Page | Again | Refusal


@dataclass(frozen=True)
class Checks:
    """All that a comment is held against.

    `origins` are those of other addresses that the site is shown at, as a preview's,
    and `own` the service's, whose page shows the form again; `zone` is the one by which
    stories close.
    """

    stories: Source
    origins: Sequence[str]
    own: str
    proxies: Networks
    limit: Limit
    akismet: Akismet
    queue: Queue
    zone: ZoneInfo

    def take(self, request: Request) -> Answer:
        """Decide on a request of at most SIZE bytes; keep the comment if it passes."""
        stories = self.stories.current()
        # Where a preview has sent it from, readers go on, not at the site it is of.
        site = request.origin if request.origin in self.origins else stories.site
        if request.origin not in {*self.origins, self.own, origin_of(stories.site)}:
            return _refused(403, "Comments are sent by the form below a story.")
        if request.type.partition(";")[0].strip().lower() != FORM:
            return _refused(415, f"Comments are sent as {FORM}.")
        try:
            form = parse(request.body)
        except FormError as error:
            return _refused(400, str(error))
        story = stories.open(form.values["story"], datetime.now(self.zone).date())
        if story is None:
            log("closed")
            return _page(site, "closed")
        if form.mistakes:
            log("to-mend", fields=sorted(form.mistakes))
            return Again(form, story, site)
        address = sender(request.peer, request.forwarded, self.proxies)
        if self.proxies and not request.forwarded:
            # All readers are then one to the limit.
            log("proxy-names-no-sender", logging.WARNING)
        if not self.limit.allows(address):
            log("over-limit")
            return _page(site, "wait")
        sent = form.sent()
        if sent.parent not in story.comments:
            sent = replace(sent, parent="")  # it was taken down meanwhile
        verdict = HONEYPOT
        if not form.is_trapped:
            verdict = self.akismet.check(
                sent, address, request.agent, request.referrer, story.url
            )
        return self._keep(form, sent, verdict, story, site)

    def _keep(
        self, form: Form, sent: Sent, verdict: str, story: Story, site: str
    ) -> Answer:
        if verdict != spam.DISCARD:
            state = "spam" if verdict in {spam.SPAM, HONEYPOT} else "pending"
            try:
                self.queue.add(sent, story, verdict, state, datetime.now(UTC))
            except QueueError as error:
                log("queue-failed", logging.ERROR, why=str(error))
                return Again(form, story, site, is_our_fault=True)
        log("accepted", story=sent.story, verdict=verdict)
        return _page(site, "thanks")


def _page(site: str, name: str) -> Page:
    return Page(f"{site}/comments/{name}/")


def _refused(status: int, sentence: str) -> Refusal:
    log("refused", status=status)
    return Refusal(status, sentence)
