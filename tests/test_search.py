"""Search: found in the browser, narrowed, without a script led on; and made alike."""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import parse
from playwright.sync_api import Browser, Page
from test_makefile import copy, make
from tools import chromium, static_host

from newsroom import search, search_order
from newsroom.ledger import Verdict
from newsroom.problems import BuildFailedError

VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation",
    event => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));"""
# What the large site's stories can be chosen by; its page is the fixture's.
OFFER = """choices => { for (const [name, values] of Object.entries(choices)) {
    document.querySelector(`[name=${name}]`)?.remove();
    const select = document.createElement("select");
    select.name = name;
    select.append(new Option("any", ""), ...values.map(value => new Option(value)));
    document.querySelector("fieldset").append(select);
} }"""
RESULTS = ".results h2"
MANY = 2_000


def story(number: int) -> SimpleNamespace:
    """Make up a story: one in ten has a ledger, and one alone an odd word."""
    sections, kinds = ("World", "Local, and more"), ("news", "analysis")
    verdicts = {Verdict.DISPUTED: 1, Verdict.INACCURATE: 2}
    rare = "<p>A xylophone &amp; a &lt;b&gt;.</p>" if number == MANY // 2 else ""
    return SimpleNamespace(
        save_as=f"2026/story-{number}/index.html",
        title=f"Council meets, part {number}",
        summary="What it decided on the harbour.",
        content=f"<p>The council counted {number} houses by the harbour.</p>{rare}",
        category=SimpleNamespace(name=sections[number % 2]),
        kind=kinds[number % 3 == 0],
        date=datetime.fromisoformat("2022-01-01T12:00:00+00:00")
        + timedelta(hours=20 * number),
        counts=verdicts if number % 10 == 0 else None,
    )


@pytest.fixture(scope="module")
def large_site(fixture_site, tmp_path_factory) -> Path:
    """Return a site whose search page has an index of two thousand stories."""
    output = Path(tmp_path_factory.mktemp("large"), "output")
    stories = [story(number) for number in range(MANY)]
    shutil.copytree(fixture_site / "search", output / "search")
    shutil.rmtree(output / "search/pagefind")
    search.write_index(stories, output / "search/pagefind", "en")
    return output


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """Return a page that remembers what it asked for and what its policy refused."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.add_init_script(VIOLATIONS)
        tab.asked = []
        tab.on("request", lambda request: tab.asked.append(request.url))
        yield tab


def results(page: Page, count: str) -> list[str]:
    """Wait until so many stories are said to be found; return those shown."""
    page.get_by_role("status").get_by_text(count, exact=True).wait_for()
    return page.locator(RESULTS).all_inner_texts()


def test_a_word_finds_its_stories(page, fixture_site):
    """As it is typed; the address says what was asked, and asks it again."""
    with static_host(fixture_site) as host:
        page.goto(f"{host}/search/")
        page.get_by_role("searchbox").press_sequentially("forestry")
        (found,) = results(page, "1 story")
        assert found == "Library counts its bollards, forestry its books"
        assert page.locator("mark").first.inner_text() == "forestry"
        assert page.url == f"{host}/search/?q=forestry"
        page.reload()
        assert results(page, "1 story") == [found]
        page.locator(RESULTS).get_by_role("link").click()
        assert page.url.endswith(
            "/2024/library-counts-its-bollards-forestry-its-books/"
        )
        assert page.locator("h1").inner_text() == found
        page.go_back()
        assert results(page, "1 story") == [found]
        assert page.evaluate("violations") == []
        assert {urlsplit(url).netloc for url in page.asked} == {urlsplit(host).netloc}


def test_pagefind_comes_with_the_terms_of_its_licence(fixture_site):
    """They ask for it wherever parts of it go."""
    terms = (fixture_site / "search/pagefind/LICENSE.txt").read_text("utf-8")
    assert "CloudCannon" in terms
    assert "Permission is hereby granted, free of charge" in terms


def test_what_was_found_can_be_narrowed_and_put_in_order(page, large_site):
    """By section, kind, verdict and year, together and alone; among two thousand."""
    stories = [story(number) for number in range(MANY)]
    with static_host(large_site) as host:
        page.goto(f"{host}/search/?q=harbour")
        results(page, f"{MANY} stories")
        page.evaluate(OFFER, search.choices(stories))
        chosen = [one for one in stories if one.date.year == 2024]
        page.locator("[name=year]").select_option("2024")
        results(page, f"{len(chosen)} stories")
        page.locator("[name=kind]").select_option("Analysis")
        chosen = [one for one in chosen if one.kind == "analysis"]
        results(page, f"{len(chosen)} stories")
        page.locator("[name=section]").select_option("World")
        chosen = [one for one in chosen if one.category.name == "World"]
        results(page, f"{len(chosen)} stories")
        page.locator("[name=verdict]").select_option("disputed")
        chosen = [one for one in chosen if one.counts]
        assert 10 < len(chosen) < 20
        results(page, f"{len(chosen)} stories")
        page.locator("[name=order]").select_option("newest")
        newest = [one.title for one in reversed(chosen)]
        page.locator(RESULTS).get_by_text(newest[0], exact=True).wait_for()
        assert results(page, f"{len(chosen)} stories") == newest[:10]
        page.get_by_role("button", name="More results").click()
        page.locator(RESULTS).nth(10).wait_for()
        assert page.locator(RESULTS).all_inner_texts() == newest
        assert page.evaluate("document.activeElement.textContent") == newest[10]
        page.get_by_role("searchbox").fill("")
        page.locator(RESULTS).nth(10).wait_for(state="detached")
        assert results(page, f"{len(chosen)} stories") == newest[:10]


def test_one_story_of_two_thousand_is_found_with_its_signs(page, large_site):
    """An odd word finds its one story, and nothing that was text becomes markup."""
    with static_host(large_site) as host:
        page.goto(f"{host}/search/?q=xylophone")
        (found,) = results(page, "1 story")
        assert found == story(MANY // 2).title
        assert "A xylophone & a <b>." in page.locator(".results p").first.inner_text()
        page.get_by_role("searchbox").fill("qwertzuiop")
        assert results(page, "No stories") == []
        assert page.evaluate("violations") == []


def test_verdicts_are_offered_where_stories_have_them():
    """What the page offers is what some story has, in the order of the scale."""
    offered = search.choices([story(number) for number in range(30)])
    assert offered == {
        "section": ["Local, and more", "World"],
        "kind": ["News", "Analysis"],
        "verdict": [Verdict.DISPUTED, Verdict.INACCURATE],
        "year": ["2022"],
    }


def test_without_a_script_the_box_leads_to_the_a_to_z(browser, fixture_site):
    """A reader who types and presses the button is not left standing there."""
    with static_host(fixture_site) as host:
        page = browser.new_page(java_script_enabled=False)
        page.goto(f"{host}/2025/ferry-inquiry/")
        page.get_by_role("link", name="Search").click()
        page.get_by_role("searchbox").fill("ferries")
        assert not page.get_by_label("Year").is_visible()
        page.get_by_role("button", name="Search").click()
        assert urlsplit(page.url).path == "/a-z/index.html"
        page.get_by_role("link", name="Ferries", exact=True).click()
        assert page.locator("h1").inner_text() == "Ferries"
        page.close()


def test_an_index_that_cannot_be_loaded_is_said(page, fixture_site, tmp_path):
    """The reader is told, and led to what works."""
    shutil.copytree(fixture_site / "search", tmp_path / "search")
    shutil.rmtree(tmp_path / "search/pagefind")
    with static_host(tmp_path) as host:
        page.goto(f"{host}/search/?q=ferry")
        said = page.get_by_role("status").get_by_text("could not be loaded")
        said.wait_for()


def test_the_script_is_on_the_search_page_alone(fixture_site):
    """Its policy allows the site's own script and connections, and nothing inline."""
    for path in fixture_site.rglob("*.html"):
        scripts = parse(path).xpath("//script/@src")
        assert scripts == (["search.js"] if path.parent.name == "search" else []), path
    (policy,) = parse(fixture_site / "search/index.html").xpath(
        "//meta[@http-equiv='Content-Security-Policy']/@content"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert rules["connect-src"] == rules["form-action"] == "'self'"
    headers = (fixture_site / "_headers").read_text("utf-8")
    assert "/search/\n  ! Content-Security-Policy\n" in headers


def test_a_story_carries_nothing_for_the_search(build_content):
    """Its page is the same but for the name of a link."""
    without = build_content(SEARCH=False) / "2026/a-first-story/index.html"
    text = without.read_text("utf-8")
    assert not (without.parents[2] / "search").exists()
    with_search = build_content(SEARCH=True) / "2026/a-first-story/index.html"
    changed = text.replace("a-z/index.html", "search/index.html")
    assert with_search.read_text("utf-8") == changed.replace("A–Z", "Search")


def test_two_indexes_of_the_same_stories_are_the_same(tmp_path):
    """Byte for byte, whatever lots Pagefind draws for its tables."""
    stories = [story(number) for number in range(200)]
    written = []
    for name in ("once", "again"):
        search.write_index(stories, tmp_path / name, "en")
        written.append(
            {
                path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
                for path in (tmp_path / name).rglob("*")
                if path.is_file()
            }
        )
    once, again = written
    assert len(once) > len(stories)
    assert once == again
    assert not [name for name in once if "ui" in name or "worker" in name]


values = st.recursive(st.integers(0, 2**64 - 1) | st.text(), st.lists)


@given(values)
@settings(max_examples=30)
def test_what_is_read_of_an_index_is_what_is_written(value):
    """Numbers of every size, texts and lists come back as they were."""
    data = search_order._encoded(value)
    assert search_order._decoded(data, 0) == (value, len(data))


@pytest.mark.parametrize("data", [b"\x18\x01", b"\xf6", b"\x81\xf5"])
def test_an_index_in_another_form_is_refused(tmp_path, data):
    """A newer Pagefind that writes otherwise is named, not mangled."""
    file = tmp_path / "en_1.pf_filter"
    file.write_bytes(gzip.compress(search_order.MARK + data))
    with pytest.raises(ValueError, match=r"this version of Pagefind|type 7 of CBOR"):
        search_order._read(file)


def test_without_pagefind_the_remedy_is_told(build_content, content, monkeypatch):
    """The build fails with the setting's place and the command that installs it."""
    monkeypatch.chdir(content.parent)
    Path("pelicanconf.py").write_text("\nSEARCH = True\n")
    monkeypatch.setattr(search, "find_spec", lambda _name: None)
    with pytest.raises(BuildFailedError) as failure:
        build_content(SEARCH=True)
    assert str(failure.value) == (
        "pelicanconf.py:2: SEARCH = True needs Pagefind, which `make html` and "
        "`make publish` install; or run: make .venv/.search"
    )


def test_it_is_not_imported_when_idle():
    """A build never loads Pagefind into its own process."""
    code = "import newsroom, sys; print([m for m in sys.modules if 'pagefind' in m])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "plugins",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "[]\n"


def test_make_installs_it_where_it_is_switched_on(tmp_path):
    """`SEARCH = True` is all that an owner does."""
    house = copy(tmp_path / "house")
    assert ".search" not in make(house, "-n", "html").stdout
    conf = house / "pelicanconf.py"
    text = conf.read_text("utf-8").replace("SEARCH = False", "SEARCH = True")
    conf.write_text(text, "utf-8")
    for target in ("html", "publish"):
        assert "-r requirements/search.txt" in make(house, "-n", target).stdout
    assert "-r requirements/search.txt" not in make(house, "-n", "serve").stdout


def test_a_site_without_stories_has_no_index(build_content, content):
    """Its search page says that nothing is found, and the build goes through."""
    shutil.rmtree(content / "articles")
    (content / "articles").mkdir()
    output = build_content(SEARCH=True) / "search"
    assert {path.name for path in output.iterdir()} == {"index.html", "search.js"}
