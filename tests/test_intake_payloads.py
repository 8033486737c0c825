"""Thousands of hostile comments through intake, desk and build: none does anything."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from conftest import SETTINGS, TESTS
from hostile import payloads
from intake_tools import FIELDS, FORM, SITE, SLUG, STORY, list_stories
from lxml import html
from tools import chromium

from intake.answer import Theme
from intake.checks import Again, Answer, Checks, Page, Refusal, Request
from intake.form import Form
from intake.limit import Limit
from intake.moderation import Moderation
from intake.queue import Queue
from intake.spam import AKISMET, Akismet
from intake.stories import Source, Story
from newsroom.build import build, settings_of
from newsroom.comment_body import REL, TAGS
from newsroom.marks import without_marks

PAYLOADS = payloads()
# What the theme puts around a comment's words.
FRAME = {"article", "b", "div", "time"}
ATTRIBUTES = {"class", "datetime", "dir", "href", "id", "rel"}
OWN_LINK = re.compile(r"[a-z0-9/.-]*#(comment-[a-z0-9-]+|reply)")
# Of every page, a browser asks for them at some time of its own.
ICONS = (f"{SITE}/favicon.ico", f"{SITE}/favicon.svg")
RECORD = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"])
  window[name] = (...words) => window.ran.push([name, ...words]);
"""
# What a browser does by itself, and what a reader's mouse and keyboard set off.
PROVOKE = """() => {
  for (const element of document.querySelectorAll("main *"))
    for (const name of ["focus", "mouseover", "toggle", "load", "error"])
      element.dispatchEvent(new Event(name, {bubbles: true}));
  return window.ran;
}"""


@pytest.fixture(scope="module")
def flooded():
    """Build a site after all payloads went through intake and desk.

    Each is a comment's words, and its name and website too where it can be. The folder
    is in memory: of thousands of decisions, each is on the disk before it is said.
    """
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        content = folder / "content"
        shutil.copytree(TESTS / "minimal", content)
        shutil.copy(TESTS / "site/pages/comment-data.md", content / "pages")
        (folder / "output").mkdir()
        list_stories(folder, {SLUG: STORY})
        queue = Queue(folder / "queue.db", 256)
        akismet = Akismet("", SITE, "en", AKISMET)
        source = Source(str(folder / "output/comments.json"))
        checks = Checks(
            source, [], "", [], Limit(10**9), akismet, queue, ZoneInfo("UTC")
        )
        sent = sum(send(checks, payload) for payload in PAYLOADS)
        moderation = Moderation(queue, akismet, content)
        rows = queue.rows("pending")
        for row in rows:
            moderation.approve(row)
        queue.close()
        assert sent == len(PAYLOADS)
        build(
            SETTINGS,
            PATH=str(content),
            OUTPUT_PATH=str(folder / "built"),
            COMMENTS_URL="https://comments.test/",
        )
        yield folder / "built", rows


def send(checks: Checks, payload: str) -> bool:
    """Send a payload in every field that takes it; return whether it was answered well.

    Of white space alone, the form asks for a comment.
    """
    everywhere = FIELDS | dict.fromkeys(("comment", "name", "website"), payload)
    answer = take(checks, everywhere)
    if isinstance(answer, Again):
        kept = set(FIELDS) - (answer.form.mistakes.keys() & {"name", "website"})
        answer = take(checks, FIELDS | {k: everywhere[k] for k in kept})
    if isinstance(answer, Refusal):  # a field of one line has a line break
        answer = take(checks, FIELDS | {"comment": payload})
    if isinstance(answer, Again):
        return not without_marks(payload).strip()
    return isinstance(answer, Page | Refusal)


def take(checks: Checks, fields: dict[str, str]) -> Answer:
    body = urlencode(fields, errors="replace").encode()
    return checks.take(Request(body, FORM, SITE, "192.0.2.1", "", "", ""))


def test_there_are_enough_of_them():
    """At least 2,000, from public lists and from combinations."""
    assert len(PAYLOADS) >= 2_000


def test_no_comment_has_an_active_node(flooded):
    """Tags are those that a comment may have, links lead to http, https or mailto."""
    output, rows = flooded
    assert len(rows) > 2_000
    seen = 0
    for page in output.rglob("*.html"):
        tree = html.parse(str(page), html.HTMLParser(encoding="utf-8"))
        for comment in tree.xpath("//*[starts-with(@id, 'comment-20')]"):
            seen += 1
            for node in comment.iter(tag=html.etree.Element):
                assert harmless(node), html.tostring(node)
        for node in tree.iter(tag=html.etree.Element):
            active = [name for name in node.attrib if name.startswith("on")]
            assert not active, (page, active)
        scripts = tree.xpath("//script[not(@type='application/ld+json')]")
        assert not scripts, page
    assert seen >= len(rows)


def harmless(node) -> bool:
    """Whether a node of a comment is one of the theme's or of the few it may have."""
    href = node.get("href")
    if href is None:
        leads_well = True
    elif node.get("rel"):
        leads_well = urlsplit(href).scheme in {"http", "https", "mailto"}
    else:
        leads_well = bool(OWN_LINK.fullmatch(href))
    return (
        node.tag in TAGS | FRAME
        and set(node.attrib) <= ATTRIBUTES
        and leads_well
        and node.get("rel") in {None, REL}
    )


class Stage:
    """A page of Chromium, scripts on and policies off, that notes what runs."""

    def __init__(self, page) -> None:
        self.page = page
        self.text = ""
        self.asked: list[str] = []
        page.add_init_script(RECORD)
        page.route("**/*", self._answer)

    def _answer(self, route) -> None:
        if route.request.url == f"{SITE}/page":
            route.fulfill(body=self.text, content_type="text/html; charset=utf-8")
            return
        if route.request.url not in ICONS:
            self.asked.append(route.request.url)
        route.abort()

    def show(self, text: str) -> tuple[list, list[str]]:
        """Show a page; return what was called in it, and what it asked servers for."""
        self.text, self.asked = text, []
        self.page.goto(f"{SITE}/page")
        return self.page.evaluate(PROVOKE), self.asked


@pytest.fixture(scope="module")
def stage():
    with chromium() as browser, browser.new_context(bypass_csp=True) as context:
        yield Stage(context.new_page())


def test_the_stage_notes_what_runs(stage):
    """A page that runs something, or asks for it, is told from one that does not."""
    text = "<main><img src=/x onerror=alert(1)><b onfocus=alert(2)>"
    ran, asked = stage.show(text)
    assert ["alert", 2] in ran
    assert asked == [f"{SITE}/x"]
    assert stage.show("<main>alert(1)") == ([], [])


def test_none_runs_in_a_browser(flooded, stage):
    """In Chromium no comment calls anything or asks for anything."""
    output, _ = flooded
    texts = [page.read_text("utf-8") for page in output.rglob("*.html")]
    commented = [text for text in texts if 'id="comment-20' in text]
    assert sum(text.count('id="comment-20') for text in commented) > 2_000
    for text in commented:
        ran, asked = stage.show(text)
        assert ran == []
        assert [url for url in asked if not url.startswith(SITE)] == []


@pytest.fixture(scope="module")
def theme():
    return Theme(settings_of(SETTINGS) | {"COMMENTS_URL": "https://comments.test/"})


def again(theme: Theme, text: str) -> str:
    """Return the form with `text` in every field, each of them a mistake."""
    values = FIELDS | dict.fromkeys(("name", "email", "website", "comment"), text)
    mistakes = dict.fromkeys(("name", "email", "website", "comment"), "No.")
    return theme.again(Again(Form(values, mistakes), Story(**STORY), SITE)).html


def test_the_form_filled_again_has_no_active_node(theme):
    """Whatever the fields hold, the page has the elements of a harmless one."""

    def shape(page: str) -> list[tuple[str, list[str]]]:
        nodes = html.document_fromstring(page).iter(tag=html.etree.Element)
        return [(node.tag, list(node.attrib)) for node in nodes]

    harmless_ = shape(again(theme, "x"))
    for payload in PAYLOADS:
        text = payload.replace("\0", "")
        assert shape(again(theme, text)) == harmless_, payload


def test_the_form_filled_again_runs_nothing_in_a_browser(theme, stage):
    """Some, spread over all kinds, are shown in Chromium."""
    for payload in PAYLOADS[:: len(PAYLOADS) // 30]:
        assert stage.show(again(theme, payload.replace("\0", ""))) == ([], [])


@pytest.mark.long
def test_none_of_all_forms_filled_again_runs_in_a_browser(theme, stage):
    """All payloads, one page each."""
    for payload in PAYLOADS:
        assert stage.show(again(theme, payload.replace("\0", ""))) == ([], []), payload
