"""The page of mistakes: what `make serve` shows while a site cannot be built."""

import shutil
from base64 import b64encode
from hashlib import sha256

import pytest
from conftest import ROOT
from lxml import html
from test_browser import AXE, NOT_RULES, OVERFLOWING, VIOLATIONS
from test_html_validity import checked
from tools import axe_source, chromium, served, static_host

from newsroom.error_page import render
from newsroom.preview import Preview
from newsroom.problems import Problem

HOSTILE = "<script>alert(1)</script>\"&'<b>{{ 7 * 7 }}\x1b\ud800"
STORY = "articles/2026/first/article.md"
PROBLEMS = [
    Problem("a.md", 2, f"the second {HOSTILE}"),
    Problem("a.md", 1, "the first"),
    Problem("a.md", 1, "the first"),
    Problem(f"b{HOSTILE}.md", 9, "far below"),
    Problem("", 0, "of no file"),
]


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return the page of the problems above, in a folder that has one of the files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(f"one\ntwo {HOSTILE}\n", "utf-8", "replace")
    return render(PROBLEMS)


def test_every_mistake_is_there_once_by_file_and_line(page):
    """Each has its place, its sentence and the line as it stands in the file."""
    tree = html.document_fromstring(page.decode())
    assert tree.findtext(".//h1") == "4 mistakes"
    files = [heading.text_content()[:5] for heading in tree.iter("h2")]
    assert files == ["The s", "a.md", "b<scr"]
    first, second = tree.xpath("//section[2]//li")
    assert [part.text_content().strip() for part in first] == [
        "a.md:1",
        "the first",
        "one",
    ]
    assert second.findtext("p[@class='line']") == "a.md:2"
    assert second.find("pre").text_content().startswith("two <script>alert(1)")


def test_no_word_of_a_mistake_is_markup(page):
    """Names of files, sentences and lines are text, and none of them is a template."""
    tree = html.document_fromstring(page.decode())
    assert tree.xpath("//script | //b") == []
    assert page.count(b"{{ 7 * 7 }}") == 4


def test_its_policy_allows_its_style_and_nothing_else(page):
    """The policy has the hash of the one style; there is no style attribute."""
    tree = html.document_fromstring(page.decode())
    digest = b64encode(sha256(tree.findtext(".//style").encode()).digest()).decode()
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert tree.xpath("//@style | //@onclick | //@src | //@href") == []


def test_it_is_html_that_all_can_read(page, tmp_path):
    """Neither vnu nor axe finds a fault, in light and dark, and it fits a phone."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_bytes(page.replace(b"\x1b", b""))
    assert checked(site) == []
    with static_host(site) as host, chromium() as browser:
        tab = browser.new_page(bypass_csp=True)
        tab.goto(host)
        tab.evaluate(axe_source())
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            assert tab.evaluate(AXE, [NOT_RULES, None]) == []
        tab.set_viewport_size({"width": 320, "height": 800})
        assert tab.evaluate(OVERFLOWING) == []


def test_mistakes_are_shown_at_every_address_until_they_are_mended(site):
    """The open page becomes that of the mistakes, and the story again, by itself."""
    article = site / "content" / STORY
    good = article.read_text("utf-8")
    with served(site) as address, chromium() as browser:
        tab = browser.new_page()
        said = []
        tab.add_init_script(VIOLATIONS)
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(f"{address}2026/a-first-story/")
        article.write_text(good.replace("Summary", f"{HOSTILE[:30]}: x\nSumary"))
        tab.get_by_role("heading", name="mistake").first.wait_for()
        text = tab.locator("body").inner_text()
        assert f"content/{STORY}\n" in text
        assert "article.md:7\n" in text
        assert 'did you mean "Summary"?' in text
        assert tab.goto(f"{address}no/such/page/").status == 500
        assert tab.goto(f"{address}favicon.ico").status == 200
        assert tab.goto(f"{address}2026/a-first-story/").status == 500
        assert tab.evaluate("violations") == []
        article.write_text(good)
        tab.get_by_role("heading", name="A first story").wait_for()
    assert [line for line in said if "500" not in line] == []


def test_nothing_that_is_saved_ends_it(site):
    """Settings that stop Python, a theme that breaks, a story with any bytes: it runs.

    With DEBUG, what a build would report comes as an error of Python's own. Each is
    shown as a mistake, and when all is well again, so is the site.
    """
    article, settings = site / "content" / STORY, site / "pelicanconf.py"
    (site / "theme").unlink()
    shutil.copytree(ROOT / "theme", site / "theme")
    template = site / "theme/templates/article.html"
    breaks = [
        (article, b"Title: \xff\x00\x1b\n\n\n" + b"> " * 3000),
        (article, b""),
        (template, b"{% if %}{{ nope }}"),
        (template, b"{{ nope }}"),
        (settings, b"import sys; sys.exit(3)"),
        (settings, b"SITENAME = ("),
    ]
    with served(site, DEBUG="1") as address, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{address}2026/a-first-story/")
        for file, data in breaks:
            good = file.read_bytes()
            file.write_bytes(data)
            tab.get_by_role("heading", name="mistake").first.wait_for()
            file.write_bytes(good)
            tab.get_by_role("heading", name="A first story").wait_for()
        (site / "content").rename(site / "away")
        tab.get_by_role("heading", name="mistake").first.wait_for()
        (site / "away").rename(site / "content")
        tab.get_by_role("heading", name="A first story").wait_for()


FAULTS = ["import sys; sys.exit(3)", "1 / 0", "SITENAME = ("]


@pytest.mark.parametrize("fault", FAULTS)
def test_it_begins_whatever_the_settings_say(site, fault):
    """Who has a mistake there when the day begins sees it where it is to be mended."""
    settings = site / "pelicanconf.py"
    good = settings.read_text("utf-8")
    settings.write_text(fault)
    with served(site, DEBUG="1") as address, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{address}2026/a-first-story/")
        tab.get_by_role("heading", name="mistake").first.wait_for()
        settings.write_text(good)
        tab.get_by_role("heading", name="A first story").wait_for()


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_that_is_saved_while_it_rests_ends_it(site, monkeypatch, fault):
    """What rests reads it before its own build does, which then tells what is wrong."""
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setattr("newsroom.state.RACE", 0)
    settings = site / "pelicanconf.py"
    preview = Preview(str(settings), site / "output")
    for _ in range(2):  # the second has nothing to do, and leaves reading to the rest
        preview.build()
    settings.write_text(fault)
    preview.rest()


def test_templates_that_stand_in_for_the_themes_are_watched_too(site):
    """As the theme itself is, wherever the settings have them."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('THEME_TEMPLATES_OVERRIDES = ["mine"]\n')
    (site / "mine").mkdir()
    footer = site / "mine/_footer.html"
    footer.write_text("<footer>First edition</footer>\n")
    with served(site) as address, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{address}2026/a-first-story/")
        tab.get_by_text("First edition").wait_for()
        footer.write_text("<footer>Second edition</footer>\n")
        tab.get_by_text("Second edition").wait_for()
