"""Comments in a real browser: hundreds of them, and a form for the keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from test_browser import AXE, NOT_RULES
from tools import axe_source, chromium, chromium_path, in_ci, static_host

from newsroom.comment_file import Comment, render

if not in_ci():
    chromium_path()  # or one skip for all of these tests, instead of one for each

START = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAGE = "2026/a-first-story"


@pytest.fixture
def crowded(content):
    """Put two hundred comments beside the first story; return the site's content."""
    folder = content / "articles/2026/first/comments"
    folder.mkdir()
    for number in range(200):
        parent = f"c{number - 1}" if number % 3 == 1 else ""
        said = Comment(
            f"Reader {number}",
            START + timedelta(hours=number),
            parent=parent,
            text=f"What reader {number} *says*.",
        )
        (folder / f"c{number}.md").write_text(render(said), "utf-8")
    (content / "pages/comment-data.md").write_text(
        "Title: Comment data\nSummary: What becomes of it.\n\nIt is erased.\n", "utf-8"
    )
    return content


@contextmanager
def service(answers: list[dict[str, list[str]]]) -> Iterator[str]:
    """Take forms as the service does: note the fields, lead to the page of thanks."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fields = self.rfile.read(length).decode()
            answers.append(parse_qs(fields, keep_blank_values=True))
            self.send_response(303)
            origin = self.headers["Origin"]
            self.send_header("Location", f"{origin}/comments/thanks/index.html")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.usefixtures("crowded")
def test_two_hundred_comments_are_there_for_everyone(build_content):
    """Axe finds nothing on either page, and a link to a folded comment unfolds it."""
    output = build_content(COMMENTS_URL="https://comments.example.org/")
    with chromium() as browser, static_host(output) as host:
        page = browser.new_page()
        for name in ("index.html", "comments/index.html"):
            page.goto(f"{host}/{PAGE}/{name}")
            page.evaluate(axe_source())
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert not page.evaluate(AXE, [[*NOT_RULES], None])
        folded = page.locator("#comment-c3")
        assert not folded.is_visible()
        page.goto(f"{host}/{PAGE}/comments/index.html#comment-c3")
        assert folded.is_visible()
        assert page.evaluate("document.querySelector(':target').id") == "comment-c3"


@pytest.mark.usefixtures("crowded")
def test_a_comment_is_sent_by_the_keyboard_alone(build_content):
    """From the reply link of a comment to thanks; without script, without a mouse."""
    answers: list[dict[str, list[str]]] = []
    with service(answers) as address, chromium() as browser:
        output = build_content(COMMENTS_URL=address)
        with static_host(output) as host:
            page = browser.new_context(java_script_enabled=False).new_page()
            page.goto(f"{host}/{PAGE}/comments/index.html")
            page.get_by_role("link", name="Reply to 200").focus()
            for key in ("Enter", "Tab"):
                page.keyboard.press(key)
            page.keyboard.type("200 ")  # a choice by its first letters
            for words in ("I *was* there.", "Ann", "ann@example.org", ""):
                page.keyboard.press("Tab")
                page.keyboard.type(words)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url(f"{host}/comments/thanks/index.html")
            assert page.get_by_role("heading", name="Thank you").is_visible()
    assert answers == [
        {
            "story": ["a-first-story"],
            "parent": ["c199"],
            "comment": ["I *was* there."],
            "name": ["Ann"],
            "email": ["ann@example.org"],
            "website": [""],
            "subject": [""],
        }
    ]


def test_a_form_without_what_is_required_is_not_sent(build_content, crowded):
    """The browser says what is missing, and no request leaves it."""
    assert crowded.is_dir()
    answers: list[dict[str, list[str]]] = []
    with service(answers) as address, chromium() as browser:
        output = build_content(COMMENTS_URL=address)
        with static_host(output) as host:
            page = browser.new_page()
            page.goto(f"{host}/{PAGE}/index.html")
            page.get_by_label("Comment *").fill("Words.")
            page.get_by_role("button", name="Post comment").click()
            assert page.evaluate("document.activeElement.name") == "name"
            assert not page.get_by_label("Leave this empty").is_visible()
    assert answers == []
