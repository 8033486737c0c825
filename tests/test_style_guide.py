"""The style guide: nothing of the theme is missing from it, and nobody publishes it."""

import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import tinycss2
from conftest import ROOT, SETTINGS
from jinja2 import FileSystemLoader
from lxml import html
from tools import chromium, served

from newsroom import workers
from newsroom.badge import State
from newsroom.build import settings_of
from newsroom.ledger import Verdict
from newsroom.schema import KINDS
from newsroom.style_guide import StyleGuide
from newsroom.theme_tools import KIND_NAMES

THEME = ROOT / "theme"
UTF_8 = html.HTMLParser(encoding="utf-8")
# Style sheets of the Atom feed, and of the page that a script fills (test_search.py).
NOT_OF_PAGES = {"feed", "search"}
# Templates of no page but of pictures, which are drawn apart, once.
OF_PICTURES = {"card.svg", "map.svg"}
# Of no build, but of the service for comments, when it answers; and of that page.
ELSEWHERE = {"comment_again.html", "search.html"}
# What a selector asks of the reader, the page's medium or its state, not of its parts.
STATES = re.compile(
    r"::[\w-]+(\([^)]*\))?|:(hover|focus-visible|focus|target|active|visited|open|root)\b"
)
UNMATCHED = """selectors => selectors.filter(selector => {
    try { return !document.querySelector(selector) } catch { return false }
})"""


def test_every_template_is_used(tmp_path, monkeypatch):
    """Each file of the theme's templates takes part in the pages of the guide."""
    used = set()
    read = FileSystemLoader.get_source

    def noted(self, environment, template):
        found = read(self, environment, template)
        used.add(Path(found[1]).relative_to(THEME / "templates").as_posix())
        return found

    monkeypatch.setattr(FileSystemLoader, "get_source", noted)
    # What a worker read, it would not tell.
    monkeypatch.setattr(workers, "_can_fork", lambda: False)
    StyleGuide(SETTINGS).build(tmp_path / "output", settings_of(SETTINGS))
    there = {path.name for path in (THEME / "templates").iterdir()}
    assert used == there - OF_PICTURES - ELSEWHERE


def selectors(sheet):
    """Return the selectors of a style sheet, without what asks for a state."""
    found = []
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    for rule in rules:
        if rule.type == "at-rule" and rule.content:
            found += selectors(tinycss2.serialize(rule.content))
        elif rule.type == "qualified-rule":
            text = tinycss2.serialize(rule.prelude)
            parts = [part.strip() for part in re.split(r",(?![^(]*\))", text)]
            plain = (STATES.sub("", part).strip() for part in parts)
            found += [part for part in plain if part and part[-1] not in ">+~"]
    return found


def test_every_rule_of_every_style_sheet_is_shown(guide_site):
    """There is no selector but matches something on some page of the guide."""
    sheets = {
        path.stem: selectors(path.read_text("utf-8"))
        for path in (THEME / "static/css").glob("*.css")
        if path.stem not in NOT_OF_PAGES
    }
    assert len(sheets) > 20
    waiting = sorted({selector for found in sheets.values() for selector in found})
    with chromium() as browser:
        page = browser.new_page()
        for path in sorted(guide_site.rglob("*.html")):
            if waiting and b'http-equiv="refresh"' not in path.read_bytes():
                page.goto(path.as_uri())
                waiting = page.evaluate(UNMATCHED, waiting)
    assert waiting == []


def test_every_state_verdict_and_kind_is_there(guide_site):
    """All badges as panels and in a list, all words of the scale, all kinds."""
    page = html.parse(guide_site / "index.html", parser=UTF_8)
    states = {state.label for state in State if state}
    for place in "p", "span":
        shown = page.xpath(f"//{place}[contains(@class, 'state')]")
        assert {found.text for found in shown} == states
        fell = {found.text for found in shown if "fell" in found.get("class")}
        assert fell == {state.label for state in State if state.fell}
    assert {*page.xpath("//dt/@class")} == set(Verdict)
    kickers = " ".join(page.xpath("//p[@class='kicker']/text()"))
    for kind in set(KINDS) - {"news"}:
        assert KIND_NAMES[kind] in kickers


@pytest.mark.parametrize("published", ["owners_site", "fixture_site"])
def test_no_build_has_it(request, published):
    """Neither its pages nor a word of its samples are in what is published."""
    output = request.getfixturevalue(published)
    assert not [*output.rglob("style-guide*")]
    for path in output.rglob("*.html"):
        assert b"class=guide" not in path.read_bytes().replace(b'"', b"")


def test_a_preview_has_it_with_the_theme_as_it_is(site):
    """It stands at /style-guide/, and a change of a style sheet is seen in it."""
    (site / "theme").unlink()
    shutil.copytree(THEME, site / "theme")
    sheet = site / "theme/static/css/style-guide.css"
    with served(site) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}style-guide")
        page.get_by_role("heading", name="Style guide").wait_for()
        assert page.url == f"{address}style-guide/"
        sheet.write_text(sheet.read_text().replace("8rem", "77px"))
        while b"inline-size:77px" not in urlopen(page.url).read():
            page.wait_for_timeout(100)
        page.get_by_role("link", name="A draft").first.click()
        page.get_by_text("Not yet.").wait_for()


def read(address: str, words: bytes) -> bytes:
    """Return a page once it has these words."""
    page = b""
    end = time.monotonic() + 30
    while words not in page and time.monotonic() < end:
        with suppress(HTTPError), urlopen(address) as answer:
            page = answer.read()
    return page


def test_a_site_whose_stories_lie_elsewhere_has_it_too(site):
    """Its samples lie where they lie."""
    (site / "content/articles").rename(site / "content/news")
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('ARTICLE_PATHS = ["news"]\nSTATIC_PATHS = ["news", "extra"]\n')
    with served(site) as address:
        assert b"<h1>Style guide" in read(f"{address}style-guide/", b"<h1>")


def test_a_guide_that_cannot_be_built_hides_no_page(site):
    """Where a theme has no samples, as others have none."""
    (site / "theme").unlink()
    shutil.copytree(THEME, site / "theme", ignore=shutil.ignore_patterns("guide"))
    with served(site) as address:
        assert b"A first story" in read(address, b"<h2>")
