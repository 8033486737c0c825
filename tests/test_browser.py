"""What a reader meets in a real browser, on every kind of page of both sites."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urldefrag, urljoin
from urllib.request import urlopen

import pytest
from conftest import SETTINGS, TESTS
from lxml import html
from playwright.sync_api import Browser, Page
from tools import (
    EVERY_KIND,
    FIXTURE_KINDS,
    axe_source,
    built,
    chromium,
    chromium_path,
    in_ci,
    leads_on,
    static_host,
)

from newsroom.build import build
from newsroom.comment_file import FOLDER
from newsroom.comment_pages import ANSWERS

if not in_ci():
    chromium_path()  # or one skip for all of these tests, instead of one for each

ROOT = TESTS.parent
WIDTHS = (320, 390, 1280)
# p-as-heading guesses, by its own account (axe calls it experimental), and guesses that
# the site's name is the heading of its banner. The page's heading is its headline.
NOT_RULES = ("p-as-heading",)
# The style guide has each landmark of a story once for each state that it can be in.
NOT_RULES_OF = {"style-guide": ("landmark-unique",)}
AXE = """async ([others, only]) => {
    const rules = {};
    for (const { ruleId } of axe.getRules())
        rules[ruleId] = { enabled: only ? only === ruleId : !others.includes(ruleId) };
    const { violations } = await axe.run(document, { rules });
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`));
}"""
# The characters of each line box of the given paragraphs but the last of each, which
# need not be full.
FULL_LINES = """paragraphs => paragraphs.flatMap(paragraph => {
    const lines = [];
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let bottom = -Infinity;
    for (let node; (node = walker.nextNode());) {
        for (let at = 0; at < node.length; at++) {
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = [...range.getClientRects()].pop();
            if (!box) continue;
            if (box.top >= bottom) {
                lines.push("");
                bottom = box.bottom;
            }
            lines[lines.length - 1] += node.data[at];
        }
    }
    return lines.slice(0, -1).map(line => line.trim().length);
})"""
OVERFLOWING = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(element => {
        const { left, right } = element.getBoundingClientRect();
        return (right > innerWidth || left < 0) && !element.closest(".skip, .hidden");
    }).map(element => `${element.localName}.${element.className}: ` +
        element.textContent.trim().slice(0, 60))"""
STOPS = (
    "a:not([tabindex='-1']), [tabindex='0'], button, select, textarea,"
    " input:not([type='hidden'], [hidden] *)"
)
FOCUS = """stops => {
    const focus = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(focus);
    const { width, top, bottom } = focus.getBoundingClientRect();
    return {
        number: [...document.querySelectorAll(stops)].indexOf(focus),
        inView: width > 0 && bottom > 0 && top < innerHeight,
        outline: outlineStyle,
        thick: parseFloat(outlineWidth) >= 2,
    };
}"""
VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation",
    event => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));"""

# Has pictures further down the page load as well, and waits for all of them.
LOADED = """pictures => Promise.all(pictures.map(picture => {
    picture.loading = "eager";
    return picture.decode();
}))"""

# Of an address that was written with other letters than an address can have.
RESERVED = "%/:?#[]@!$&'()*+,;=~"

each_kind = pytest.mark.parametrize(("site", "kind"), EVERY_KIND)
each_kind_without_script = pytest.mark.parametrize(
    ("site", "kind"), [(site, kind) for site, kind in EVERY_KIND if kind != "search"]
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for all of these tests."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def hosts(
    owners_site, fixture_site, guide_site
) -> Iterator[dict[str, tuple[str, Path]]]:
    """Serve the sites; return the address and the folder of each."""
    with (
        static_host(owners_site) as owners,
        static_host(fixture_site) as fixture,
        static_host(guide_site) as guide,
    ):
        yield {
            "owners_site": (owners, owners_site),
            "fixture_site": (fixture, fixture_site),
            "guide_site": (guide, guide_site),
        }


@pytest.fixture(scope="module")
def address(hosts):
    """Return a function from a site and a kind of page to such a page's address."""

    def of(site: str, kind: str) -> str:
        host, output = hosts[site]
        return f"{host}/{built(output, site, kind).relative_to(output).as_posix()}"

    return of


@pytest.fixture(scope="module")
def tab(browser) -> Iterator[Page]:
    """Lend out one page, so that no test waits for a new one."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def page(tab) -> Page:
    """Return the page as a reader with a desktop and no wishes has it."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.emulate_media(media="screen", color_scheme="light", forced_colors="none")
    return tab


@pytest.fixture(scope="module")
def rtl_site(tmp_path_factory) -> Path:
    """Build the fixture site as one that is written from right to left."""
    output = tmp_path_factory.mktemp("rtl") / "output"
    build(
        SETTINGS,
        PATH=str(TESTS / "site"),
        OUTPUT_PATH=str(output),
        DEFAULT_PAGINATION=5,
        SITENAME="The Fixture",
        SEARCH=True,
        TEXT_DIRECTION="rtl",
        DEFAULT_LANG="ar",
        COMMENTS_URL="https://comments.fixture.example/",
    )
    return output


@each_kind
def test_axe_finds_nothing(page, address, site, kind):
    """No rule of axe is broken, AAA contrast among them: light, dark, at any width."""
    page.goto(address(site, kind))
    page.evaluate(axe_source())
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            rules = [*NOT_RULES, *NOT_RULES_OF.get(kind, ())]
            faults = page.evaluate(AXE, [rules, None])
            found += [f"{scheme}, {width} px: {fault}" for fault in faults]
    assert not found, "\n".join(found)


def test_axe_would_find_something(page, address):
    """A text of 4.6 : 1, which is enough for AA, is too pale for AAA."""
    page.goto(address("owners_site", "page"))
    page.evaluate(axe_source())
    page.eval_on_selector(".body p", "text => { text.style.color = '#757575' }")
    (fault,) = page.evaluate(AXE, [NOT_RULES, None])
    assert fault.startswith("color-contrast-enhanced: ")
    assert "Expected contrast ratio of 7:1" in fault


@each_kind
def test_nothing_scrolls_sideways(page, address, site, kind):
    """A page fits 320 px, and a doubled text size on half a desktop and a whole one."""
    page.goto(address(site, kind))
    for width, size in ((320, "100%"), (640, "200%"), (1280, "200%")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(
            "size => { document.documentElement.style.fontSize = size }", size
        )
        wide = page.evaluate(OVERFLOWING)
        assert not wide, f"{size} text at {width} px:\n" + "\n".join(wide)


@pytest.mark.parametrize("site", ["owners_site", "fixture_site"])
def test_a_line_has_60_to_75_characters(page, address, site):
    """On a desktop, half of a story's full lines are within what reads best."""
    page.goto(address(site, "story"))
    lengths = page.eval_on_selector_all(".body > p", FULL_LINES)
    assert len(lengths) > 20
    assert 60 <= median(lengths) <= 75


@pytest.mark.parametrize("width", [1024, 1100, 1280, 1920])
def test_notes_in_the_margin_have_room(page, address, width):
    """On every screen that has one, and tear no hole into the text beside them."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address("owners_site", "story"))
    boxes = page.eval_on_selector_all(
        ".body > .notes", "found => found.map(note => note.getBoundingClientRect())"
    )
    assert min(box["width"] for box in boxes) >= 220
    body = page.locator(".body")
    with_notes = body.bounding_box()["height"]
    body.evaluate("body => body.querySelectorAll('.notes').forEach(n => n.remove())")
    assert with_notes < 1.15 * body.bounding_box()["height"]


@pytest.mark.parametrize("width", [1024, 1280])
def test_a_map_stands_beside_the_badge_where_it_can_be_read(page, address, width):
    """So the text begins higher; in a narrow margin, its names would be too small."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address("owners_site", "story"))
    badge, picture = (page.locator(each).bounding_box() for each in (".panel", ".map"))
    if width == 1024:
        assert picture["y"] >= badge["y"] + badge["height"]
    else:
        assert picture["y"] == badge["y"]
        assert picture["x"] >= badge["x"] + badge["width"]
        assert picture["width"] >= 380


def test_a_list_has_its_dates_in_the_margin_of_a_wide_screen(page, address):
    """What is listed begins where the text of a story does, and is read as a column."""
    page.goto(address("fixture_site", "category"))
    heading = page.locator("h1").bounding_box()["x"]
    for story in page.locator(".teaser").all():
        when, headline = (story.locator(each).bounding_box() for each in ("time", "h2"))
        assert headline["x"] == heading
        assert when["x"] + when["width"] < heading
        assert abs(when["y"] - story.bounding_box()["y"]) < 30
    page.goto(address("fixture_site", "story"))
    assert page.locator(".body p").first.bounding_box()["x"] == heading


@each_kind
def test_a_page_asks_for_itself_and_its_pictures_and_breaks_no_rule(
    browser, address, site, kind
):
    """One request, or one more a picture; none fails, nothing is blocked or logged.

    The search page asks for its script too, and for nothing more before a question.
    """
    asked, failed, said = [], [], []
    tab = browser.new_page()
    tab.add_init_script(VIOLATIONS)
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("requestfailed", lambda request: failed.append(request.url))
    tab.on("response", lambda answer: answer.ok or failed.append(answer.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(address(site, kind))
    tab.eval_on_selector_all("img", LOADED)
    pictures = tab.eval_on_selector_all(
        "img, script[src]", "found => found.map(asset => asset.currentSrc || asset.src)"
    )
    icons = tab.eval_on_selector_all(
        "[rel=icon]", "icons => icons.map(icon => icon.href)"
    )
    violations = tab.evaluate("violations")
    tab.close()
    assert asked[0] == address(site, kind)
    assert set(asked[1:]) - set(icons) == set(pictures)
    assert len(asked) == len(set(asked))
    assert (failed, said, violations) == ([], [], [])


def test_a_blocked_style_would_be_noticed(page, address):
    """The page's policy holds: a style that is added to it counts as a violation."""
    page.goto(address("owners_site", "home"))
    page.evaluate(VIOLATIONS)
    page.evaluate("document.head.append(document.createElement('style'))")
    page.eval_on_selector("style:last-child", "style => style.append('a{}')")
    assert set(page.evaluate("violations")) == {"style-src-elem inline"}


@each_kind_without_script
def test_a_page_is_whole_without_javascript(browser, page, address, site, kind):
    """Switching scripts off changes no word of what is shown."""
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address(site, kind))
    page.goto(address(site, kind))
    shown = plain.locator("body").inner_text()
    context.close()
    assert shown == page.locator("body").inner_text()
    assert len(shown) > 200


def test_links_work_without_javascript(browser, address):
    """A reader without scripts gets from the front page to a story and back."""
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    home = address("fixture_site", "home")
    plain.goto(home)
    plain.locator(".lead h2 a").click()
    assert (
        plain.locator("h1").inner_text()
        == "Lantern Bay lights its harbour with the tide"
    )
    plain.locator(".masthead .name a").click()
    assert plain.url == home
    context.close()


@each_kind
def test_the_skip_link_is_first_and_works(page, address, site, kind):
    """Tab shows the skip link; Enter and Tab lead to the first link of the content."""
    page.goto(address(site, kind))
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("class") == "skip"
    box = skip.bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    inside = "element => !!element.closest('main') || !document.querySelector('main a')"
    assert page.locator(":focus").evaluate(inside)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "kind", ["home", "picture", "all-markup", "comments", "category-2"]
)
def test_focus_is_seen_wherever_tab_leads(page, address, kind, scheme):
    """Tab reaches each link and region in their order, in view and with an outline."""
    page.emulate_media(color_scheme=scheme)
    page.goto(address("fixture_site", kind))
    stops = page.locator(STOPS).count()
    assert stops > 10
    for number in range(stops):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS, STOPS) == {
            "number": number,
            "inView": True,
            "outline": "solid",
            "thick": True,
        }


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("kind", FIXTURE_KINDS)
def test_a_site_from_right_to_left_does_not_scroll_sideways(
    page, rtl_site, kind, width
):
    """Written from right to left, a page fits as it does from left to right."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(built(rtl_site, "fixture_site", kind).as_uri())
    assert page.locator("html").get_attribute("dir") == "rtl"
    wide = page.evaluate(OVERFLOWING)
    assert not wide, "\n".join(wide)


def test_a_site_from_right_to_left_is_mirrored(page, rtl_site, fixture_site):
    """What stands at the left of a story stands at its right, as far from the edge."""

    def edges(output: Path) -> list[tuple[int, int]]:
        page.goto(built(output, "fixture_site", "all-markup").as_uri())
        page.evaluate("document.documentElement.style.scrollbarGutter = 'auto'")
        boxes = [
            page.locator(part).bounding_box()
            for part in (".story .meta", ".body", ".body .pull", ".masthead .name")
        ]
        return [(round(box["x"]), round(box["x"] + box["width"])) for box in boxes]

    mirrored = [(1280 - right, 1280 - left) for left, right in edges(rtl_site)]
    assert mirrored == edges(fixture_site)


@each_kind
def test_forced_colours_keep_every_word_readable(page, address, site, kind):
    """With the reader's own few colours, text keeps a contrast of 7 : 1."""
    page.goto(address(site, kind))
    page.evaluate(axe_source())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, forced_colors="active")
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert not page.evaluate(AXE, [NOT_RULES, "color-contrast-enhanced"])


@pytest.mark.parametrize(
    ("site", "kind"),
    [
        ("owners_site", "story"),
        ("fixture_site", "all-markup"),
        ("fixture_site", "story"),
    ],
)
def test_a_printed_story_has_its_links_as_endnotes_and_no_furniture(
    page, address, site, kind
):
    """On paper, what is to be clicked is gone, and each web link is a numbered note."""
    page.emulate_media(media="print")
    page.goto(address(site, kind))
    for furniture in page.locator("nav, .foot, .report, .skip").all():
        box = furniture.bounding_box()
        assert box is None or box["y"] + box["height"] <= 0
    links = page.locator(".body a[href^='http']")
    notes = page.locator(".endnotes li").all_inner_texts()
    assert notes == links.evaluate_all("found => found.map(link => link.href)")
    assert page.locator(".endnotes").count() == (1 if notes else 0)
    assert numbers_in_brackets(page) == [*map(str, range(1, len(notes) + 1))]
    page.emulate_media(media="screen")
    assert not page.locator(".endnotes").is_visible()


def test_paper_is_white_for_whoever_reads_in_the_dark(page, address):
    """Print has the colours of the light scheme, whatever the screen's is."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address("owners_site", "story"))
    colours = (
        "body => [getComputedStyle(body).color, getComputedStyle(body).background]"
    )
    dark = page.eval_on_selector("body", colours)
    page.emulate_media(media="print", color_scheme="light")
    page.reload()
    assert dark == page.eval_on_selector("body", colours)


def test_a_printed_table_and_code_are_not_cut_off(page, address):
    """Paper cannot be scrolled: on it, nothing of a story is wider than its box."""
    page.goto(address("fixture_site", "all-markup"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less 1 cm of margin
    cut = page.eval_on_selector_all(
        ".body *",
        """found => found
            .filter(element => getComputedStyle(element).overflowX !== "visible")
            .filter(element => element.scrollWidth > element.clientWidth)
            .map(element => element.localName)""",
    )
    assert cut == []


def test_a_story_makes_a_pdf(page, address):
    """A story can be saved as a PDF of a few pages."""
    page.goto(address("owners_site", "story"))
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-")
    assert 1 <= pdf.count(b"/Type /Page\n") <= 6


@pytest.mark.parametrize("kind", ["home", "story", "picture", "category-2", "404"])
def test_a_site_on_a_disk_reads_and_links(browser, fixture_site, kind):
    """A page opened as a file is styled, shows its pictures and leads on."""
    tab = browser.new_page()
    tab.goto(built(fixture_site, "fixture_site", kind).as_uri())
    assert tab.evaluate("getComputedStyle(document.body).maxWidth") == "1344px"
    for image in tab.locator("img").all():
        image.scroll_into_view_if_needed()
        tab.wait_for_function("image => image.complete", arg=image.element_handle())
        assert image.evaluate("image => image.naturalWidth > 0")
    tab.locator(".masthead nav a").first.click()
    assert tab.locator("h1").inner_text() == "Culture"
    tab.locator(".masthead .name a").click()
    assert tab.url == (fixture_site / "index.html").as_uri()
    tab.close()


@pytest.mark.parametrize("site", ["owners_site", "fixture_site"])
def test_from_a_disk_every_link_opens_a_file(request, site):
    """Whoever starts at index.html finds a file behind every link, and every page."""
    output = request.getfixturevalue(site)
    assert crawled(output.as_uri() + "/", "index.html") == every_page(output)


@pytest.mark.parametrize("site", ["owners_site", "fixture_site"])
def test_below_a_path_every_link_leads_somewhere(request, tmp_path, site):
    """The output of `make html` works from any folder of a host, as it is."""
    output = request.getfixturevalue(site)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").symlink_to(output)
    with static_host(tmp_path) as host:
        assert crawled(f"{host}/a/b/", "") == every_page(output)


@pytest.mark.parametrize("content", [ROOT / "content", TESTS / "site"])
def test_a_published_site_links_by_its_address(tmp_path, monkeypatch, content):
    """`make publish` writes addresses that begin with SITEURL, and each is answered."""
    with static_host(tmp_path) as host:
        monkeypatch.setenv("SITEURL", f"{host}/sub")
        monkeypatch.chdir(ROOT)
        output = tmp_path / "sub"
        build("publishconf.py", PATH=str(content), OUTPUT_PATH=str(output))
        assert crawled(f"{host}/sub/", "") == every_page(output)
    for path in output.rglob("*"):
        assert not path.is_file() or b"standfirst.example/" not in path.read_bytes()


def numbers_in_brackets(page: Page) -> list[str]:
    """Return the numbers that styles put after links, as they come out."""
    session = page.context.new_cdp_session(page)
    snapshot = session.send("DOMSnapshot.captureSnapshot", {"computedStyles": []})
    session.detach()
    boxes = snapshot["documents"][0]["layout"]["text"]
    texts = [snapshot["strings"][box].strip() if box >= 0 else "" for box in boxes]
    return [
        text
        for before, text, after in zip(texts, texts[1:], texts[2:], strict=False)
        if (before, after) == ("[", "]")
    ]


def every_page(output: Path) -> set[str]:
    """Return the place of every page in `output` that something is to link to.

    Nothing links to the page for what is not there, nor to an old address, nor to
    where the service for comments leads.
    """
    pages = {
        path.relative_to(output).as_posix()
        for path in output.rglob("*.html")
        if not leads_on(path)
    }
    answers = {f"{FOLDER}/{answer}/index.html" for answer in ANSWERS}
    return pages - answers - {"404.html"}


def crawled(site: str, start: str) -> set[str]:
    """Follow every link of `site` from `start` on; return the places of the pages.

    Each link to the site must be answered, and its fragment must be there. An address
    that ends in a slash is answered by a host, but is no file on a disk.
    """
    waiting = {site + start: "the beginning"}
    ids: dict[str, set[str]] = {}
    fragments: dict[tuple[str, str], str] = {}
    while waiting:
        url, origin = waiting.popitem()
        body, ids[url] = fetched(url, origin), set()
        if not body.lstrip().startswith(b"<!doctype html"):
            continue
        tree = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
        ids[url] = set(tree.xpath("//@id"))
        for link in tree.xpath("//@href | //@src"):
            target, fragment = urldefrag(quote(urljoin(url, link), safe=RESERVED))
            if target.startswith(site):
                fragments.setdefault((target, fragment), url)
                if target not in ids:
                    waiting.setdefault(target, url)
    lost = [
        f"{origin} links to #{fragment} of {target}"
        for (target, fragment), origin in fragments.items()
        if fragment and unquote(fragment) not in ids[target]
    ]
    assert not lost
    places = {url.removeprefix(site) for url, found in ids.items() if found}
    return {
        f"{place}index.html" if place == "" or place.endswith("/") else place
        for place in places
    }


def fetched(url: str, origin: str) -> bytes:
    """Return what `url` is answered with; fail where it is not."""
    try:
        with urlopen(url) as answer:
            body: bytes = answer.read()
    except (HTTPError, URLError) as error:
        pytest.fail(f"{origin} links to {url}: {error}", pytrace=False)
    return body
