"""A comment's whole way, in a real browser without scripts, by the keyboard alone."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import SETTINGS, TESTS
from hosts import free_port
from intake_tools import FIELDS, SITE, STORY, Service, make_site, run, running
from playwright.sync_api import Page
from test_html_validity import checked
from tools import axe_source, chromium, static_host

from intake.answer import Theme
from intake.checks import Again
from intake.desk import Desk
from intake.form import Form
from intake.moderation import Moderation
from intake.queue import Queue
from intake.spam import AKISMET, Akismet
from intake.stories import Story
from newsroom.build import build, settings_of

EMAIL = "mia.reader@readers.test"
# The address of the reader, as the proxy in front of the service would give it.
ADDRESS = "203.0.113.77"
WORDS = "The quay is *longer* than that."


@dataclass
class Whole:
    """A built and served site with its running service."""

    folder: Path
    address: str
    service: Service
    settings: dict[str, str]

    @property
    def story(self) -> str:
        """The address of its one story."""
        return f"{self.address}/2026/a-first-story/"

    def build(self) -> None:
        """Build it anew, as a newsroom does after it approved comments."""
        build(str(self.folder / "pelicanconf.py"), **self.settings)


@pytest.fixture
def whole(tmp_path):
    folder = make_site(tmp_path / "site")
    shutil.copy(TESTS / "site/pages/comment-data.md", folder / "content/pages")
    port = free_port()
    with static_host(folder / "output") as host:
        settings = {
            "SITEURL": host.replace("127.0.0.1", "localhost"),
            "COMMENTS_URL": f"http://localhost:{port}/",
            "PATH": str(folder / "content"),
            "OUTPUT_PATH": str(folder / "output"),
            "RELATIVE_URLS": False,
        }
        with (folder / "pelicanconf.py").open("a") as stream:
            for name in ("SITEURL", "COMMENTS_URL"):
                stream.write(f"{name} = {settings[name]!r}\n")
        build(str(folder / "pelicanconf.py"), **settings)
        with running(
            folder,
            COMMENTS_LISTEN=f"127.0.0.1:{port}",
            COMMENTS_PROXIES="127.0.0.1",
        ) as service:
            yield Whole(folder, settings["SITEURL"], service, settings)


@contextmanager
def reader(*, scripts: bool = False):
    """Open a page of a browser, which the proxy takes for one at ADDRESS."""
    with (
        chromium() as browser,
        browser.new_context(
            java_script_enabled=scripts,
            bypass_csp=scripts,
            extra_http_headers={"X-Forwarded-For": ADDRESS},
        ) as context,
    ):
        yield context.new_page()


def fill(page: Page, **fields: str) -> None:
    """Fill the form from the top of the page: only Tab, letters and Enter."""
    todo = dict(fields)
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        name = focused.get_attribute("name") or ""
        assert name != "subject", "a person meets the trap"
        if name in todo:
            page.keyboard.press("Control+a")
            page.keyboard.type(todo.pop(name))
        elif focused.evaluate("e => e.tagName") == "BUTTON":
            assert not todo
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never came to the button; left: {todo}")


def test_a_comment_from_the_form_to_the_page(whole):
    """Story, form, thanks, desk, build, and there it stands; nobody's address does."""
    with reader() as page:
        page.goto(whole.story)
        assert page.get_by_text("Be the first to comment").count()
        fill(page, comment=WORDS, name="Mia Reader", email=EMAIL)
        assert page.url == f"{whole.address}/comments/thanks/"
        assert run(whole.folder, "approve", "1")[1].startswith("Published content/")
        whole.build()
        page.goto(whole.story)
        comment = page.locator("[id^=comment-20]")
        assert comment.get_by_text("Mia Reader").count() == 1
        assert comment.locator("em").inner_text() == "longer"
        assert not page.get_by_text("Be the first to comment").count()
    for file in whole.folder.rglob("*"):
        if file.is_file():
            assert EMAIL.encode() not in file.read_bytes(), file
            assert ADDRESS.encode() not in file.read_bytes(), file


def test_a_mistake_is_mended_without_loss(whole):
    """The words are still there, the mistake is named, and the second try is taken."""
    with reader() as page:
        page.goto(whole.story)
        fill(page, comment=WORDS, name="Mia Reader", email="mia@readers")
        assert page.title() == "Your comment was not sent · Standfirst"
        assert page.locator("[name=comment]").input_value() == WORDS
        assert page.locator("[name=name]").input_value() == "Mia Reader"
        email = page.locator("[name=email]")
        told = email.get_attribute("aria-describedby")
        assert "This is no e-mail address" in page.locator(f"#{told}").inner_text()
        fill(page, email=EMAIL)
        assert page.url == f"{whole.address}/comments/thanks/"
    assert run(whole.folder, "list")[1].endswith(f"\tMia Reader\t{WORDS}\n")


def test_an_answer_is_published_below_what_it_answers(whole):
    """A reader answers a comment; approved by a key at the desk, it stands below it."""
    with reader() as page:
        page.goto(whole.story)
        fill(page, comment="One", name="Mia", email=EMAIL)
        run(whole.folder, "approve", "1")
        whole.build()
        page.goto(f"{whole.story}comments/")
        page.select_option("select[name=parent]", index=1)
        fill(page, comment="Two", name="Tom", email="tom@readers.test")
        assert page.url == f"{whole.address}/comments/thanks/"
        decide(whole, "a")
        whole.build()
        page.goto(whole.story)
        assert (
            page.locator("[id^=comment-20]").all_inner_texts()[-1].startswith("2 Tom")
        )
    (answer,) = (
        file
        for file in whole.folder.rglob("comments/2026-*.md")
        if "Author: Tom" in file.read_text()
    )
    assert "Parent: 20" in answer.read_text()


def decide(whole: Whole, *keys: str) -> None:
    """Press keys at the desk in the terminal, in a thread without Playwright's loop."""
    queue = Queue(whole.service.queue, 256)
    client = Akismet("", whole.address, "en", AKISMET)
    moderation = Moderation(queue, client, whole.folder / "content")

    async def press() -> None:
        async with Desk(moderation).run_test() as pilot:
            await pilot.press(*keys)
            await pilot.pause()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, press()).result()
    queue.close()


def test_the_page_of_mistakes_is_valid(tmp_path):
    """The Nu Html Checker has nothing to say, whoever's fault it was."""
    theme = Theme(settings_of(SETTINGS) | {"COMMENTS_URL": "https://comments.test/"})
    form = Form(FIELDS, {"name": "Please give a name.", "comment": "Please write."})
    for name in ("theirs", "ours"):
        answer = Again(form, Story(**STORY), SITE, is_our_fault=name == "ours")
        (tmp_path / f"{name}.html").write_text(theme.again(answer).html, "utf-8")
    assert checked(tmp_path) == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_mistakes_is_accessible(whole, width, scheme):
    """Axe finds nothing, and nothing is wider than a phone's screen."""
    with reader(scripts=True) as page:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(whole.story)
        page.fill("[name=comment]", WORDS)
        page.fill("[name=name]", "!")
        page.fill("[name=email]", "mia@readers")
        page.click("button")
        assert page.locator("[aria-invalid]").count() == 2
        page.evaluate(axe_source())
        found = page.evaluate("axe.run().then(found => found.violations)")
        assert [each["id"] for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
