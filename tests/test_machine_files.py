"""What programs read: feeds, sitemaps, robots.txt, security.txt, the manifest."""

import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from os.path import relpath
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import feedparser
import pytest
from conftest import SETTINGS, TESTS
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree, html
from tools import KINDS, chromium, npm_file, static_host

from newsroom.build import build

SITE = "https://standfirst.example"
SCHEMAS = TESTS / "schemas"
NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
FEED_TYPES = {
    "application/atom+xml": "atom.xml",
    "application/rss+xml": "rss.xml",
    "application/feed+json": "feed.json",
}
SINGLE_LISTS = ("index.html", "category/*/index.html", "tag/*/index.html")
LISTS_WITH_FEEDS = (*SINGLE_LISTS, "author/*/index.html", "category/*/page/2/*.html")
NAMES_OF_THE_VISIBLE = """(found, visible) => found
    .filter(element => element.checkVisibility() === visible)
    .map(element => element.localName)"""
# The day after "Lantern Bay lights its harbour", three weeks after the story before it.
DAY_AFTER_THE_NEWEST = datetime.fromisoformat("2025-11-04T12:00:00+00:00")


@pytest.fixture(params=["owners_site", "fixture_site"])
def site(request) -> Path:
    """Return the output of each site in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def rebuilt(tmp_path):
    """Return a function that builds the fixture site anew with settings given."""

    def run(**settings: object) -> Path:
        output = tmp_path / "output"
        content = str(TESTS / "site")
        build(SETTINGS, PATH=content, OUTPUT_PATH=str(output), **settings)
        return output

    return run


def test_every_feed_is_there_three_times(site):
    """The site, each section, each topic and each byline has its three feeds."""
    folders = {path.parent for path in site.rglob("atom.xml")}
    lists = {path.parent for glob in LISTS_WITH_FEEDS[:4] for path in site.glob(glob)}
    assert folders == lists
    for name in FEED_TYPES.values():
        assert {path.parent for path in site.rglob(name)} == folders


@pytest.mark.parametrize(
    ("name", "schema"), [("atom.xml", "atom.rng"), ("rss.xml", "rss.rng")]
)
def test_xml_feeds_follow_their_schema(site, name, schema):
    """Atom is RFC 4287's, RSS is the RSS Advisory Board's."""
    grammar = etree.RelaxNG(file=SCHEMAS / schema)
    for path in site.rglob(name):
        grammar.assertValid(etree.parse(path))


def test_json_feeds_follow_their_schema(site):
    """JSON Feed is version 1.1."""
    schema = json.loads((SCHEMAS / "jsonfeed-1.1.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for path in site.rglob("feed.json"):
        validator.validate(json.loads(path.read_bytes()))


def test_readers_programs_read_the_feeds(site):
    """A feed reader finds nothing to forgive, and every entry whole."""
    for name in ("atom.xml", "rss.xml"):
        for path in site.rglob(name):
            feed = feedparser.parse(path.read_bytes())
            assert not feed.bozo, (path, feed.get("bozo_exception"))
            assert feed.entries
            assert all(entry.content[0].value.strip() for entry in feed.entries)


def test_the_three_feeds_of_a_list_agree(site):
    """Atom, RSS and JSON carry the same stories in the same order, newest first."""
    for path in site.rglob("feed.json"):
        items = json.loads(path.read_bytes())["items"]
        atom = etree.parse(path.with_name("atom.xml"))
        rss = etree.parse(path.with_name("rss.xml"))
        ids = [item["id"] for item in items]
        titles = [item["title"] for item in items]
        dates = [datetime.fromisoformat(item["date_published"]) for item in items]
        assert texts(atom, "//a:entry/a:id") == texts(rss, "//item/guid") == ids
        assert texts(atom, "//a:entry/a:title") == titles
        assert texts(rss, "//item/title") == titles
        assert (
            [*map(parsedate_to_datetime, texts(rss, "//item/pubDate"))]
            == [*map(datetime.fromisoformat, texts(atom, "//a:published"))]
            == dates
            == sorted(dates, reverse=True)
        )


def test_an_rss_date_has_its_weekday(site):
    """A program that trusts the weekday is not led astray."""
    for date in texts(etree.parse(site / "rss.xml"), "//pubDate"):
        assert f"{parsedate_to_datetime(date):%a}" == date[:3]


def test_ids_are_unique_and_are_the_storys_permanent_link(site):
    """An entry's id occurs once, is the same in every feed, and is a page."""
    for path in site.rglob("atom.xml"):
        ids = texts(etree.parse(path), "//a:entry/a:id")
        assert len(ids) == len(set(ids))
        assert all(file_of(address, site).is_file() for address in ids)


def test_ids_do_not_depend_on_how_the_site_is_built(fixture_site, rebuilt):
    """A story is not new to readers because it was published from another command."""
    other = rebuilt(RELATIVE_URLS=False, DEFAULT_PAGINATION=5, SITENAME="The Fixture")
    names = sorted(path.relative_to(other) for path in other.rglob("atom.xml"))
    assert names
    for name in [*names, Path("rss.xml"), Path("feed.json")]:
        assert (other / name).read_bytes() == (fixture_site / name).read_bytes()


def test_a_feed_is_as_new_as_its_last_changed_story(site):
    """A feed's date is that of its newest change; an entry's, of its own."""
    for path in site.rglob("atom.xml"):
        feed = etree.parse(path)
        dates = [*map(datetime.fromisoformat, texts(feed, "//a:entry/a:updated"))]
        published = [*map(datetime.fromisoformat, texts(feed, "//a:published"))]
        assert datetime.fromisoformat(texts(feed, "/a:feed/a:updated")[0]) == max(dates)
        assert all(new >= old for new, old in zip(dates, published, strict=True))


def test_an_updated_story_says_so_in_every_feed(fixture_site):
    """Modified is the story's date of change, in Atom and in JSON."""
    items = json.loads((fixture_site / "feed.json").read_bytes())["items"]
    changed = {item["id"]: item["date_modified"] for item in items}
    assert changed[f"{SITE}/2025/ferry-inquiry/"] == "2025-06-02T00:00:00+00:00"
    entry = etree.parse(fixture_site / "atom.xml").xpath(
        "//a:entry[contains(a:id, 'ferry-inquiry')]/a:updated/text()",
        namespaces=NAMESPACES,
    )
    assert entry == ["2025-06-02T00:00:00+00:00"]


def test_atom_carries_the_whole_body_as_xhtml(fixture_site):
    """The content of an entry is one XHTML div with the paragraphs of the page."""
    entries = etree.parse(fixture_site / "category/harbour/atom.xml").xpath(
        "//a:entry[contains(a:id, 'ferry-inquiry')]/a:content[@type='xhtml']/x:div",
        namespaces=NAMESPACES,
    )
    page = html.parse(fixture_site / "2025/ferry-inquiry/index.html")
    body = page.xpath("//div[@class='body']")[0].text_content()
    assert [" ".join("".join(entry.itertext()).split()) for entry in entries] == [
        " ".join(body.split())
    ]


def test_every_address_in_a_feed_is_absolute_and_leads_somewhere(site):
    """A body read far from the site has no relative link, and none to nothing."""
    for path in site.rglob("feed.json"):
        bodies = [
            html.fragment_fromstring(body, create_parent="div")
            for body in [
                *(i["content_html"] for i in json.loads(path.read_bytes())["items"]),
                *texts(
                    etree.parse(path.with_name("rss.xml")), "//content:encoded/text()"
                ),
            ]
        ]
        atom = etree.parse(path.with_name("atom.xml")).xpath("//*[local-name()='div']")
        for body in [*bodies, *atom]:
            for address in body.xpath(".//@href | .//@src"):
                assert urlsplit(address).scheme in {"http", "https", "mailto"}, path
                if address.startswith(f"{SITE}/"):
                    assert file_of(address, site).is_file(), address
                    assert not address.endswith("/index.html"), address


@pytest.mark.parametrize("folder", ["", "category/harbour/", "tag/ferries/"])
def test_the_feeds_style_sheet_is_found(fixture_site, folder):
    """The processing instruction leads to feed.css from any depth."""
    path = fixture_site / folder / "atom.xml"
    instruction = etree.parse(path).xpath("/processing-instruction()")[0]
    assert instruction.attrib["type"] == "text/css"
    sheet = (path.parent / instruction.attrib["href"]).resolve()
    assert sheet == fixture_site / "feed.css"
    assert sheet.is_file()


@pytest.mark.parametrize("folder", ["", "category/harbour/"])
def test_a_browser_shows_the_feed_readably(fixture_site, folder):
    """A reader who opens the feed sees headlines and texts, and no plumbing."""
    with static_host(fixture_site) as host, chromium() as browser:
        page = browser.new_page(viewport={"width": 320, "height": 900})
        page.goto(f"{host}/{folder}atom.xml")
        shown, hidden = (
            set(page.eval_on_selector_all("*", NAMES_OF_THE_VISIBLE, visible))
            for visible in (True, False)
        )
        headline, text = (
            page.eval_on_selector(found, "found => getComputedStyle(found).fontSize")
            for found in ("entry > title", "content p")
        )
        width = page.evaluate("document.documentElement.scrollWidth")
    assert {"title", "subtitle", "entry", "summary", "content", "p"} <= shown - hidden
    assert {"id", "updated", "published", "author", "link", "rights"} <= hidden - shown
    assert float(headline.removesuffix("px")) > float(text.removesuffix("px"))
    assert width <= 320


def test_a_feed_has_no_more_items_than_the_setting_says(rebuilt):
    """FEED_MAX_ITEMS cuts every feed, at the oldest end."""
    output = rebuilt(FEED_MAX_ITEMS=2)
    for path in output.rglob("feed.json"):
        items = json.loads(path.read_bytes())["items"]
        assert 1 <= len(items) <= 2
    newest = [
        item["url"] for item in json.loads((output / "feed.json").read_bytes())["items"]
    ]
    assert newest[0].endswith("/lantern-bay-lights-its-harbour-with-the-tide/")
    assert len(texts(etree.parse(output / "atom.xml"), "//a:entry")) == 2
    assert len(texts(etree.parse(output / "rss.xml"), "//item")) == 2


def test_a_list_links_its_own_feeds_and_the_sites(site):
    """The page of a list names its three feeds first, then the three of the site."""
    for glob in LISTS_WITH_FEEDS:
        for path in site.glob(glob):
            own = path.parent if "page" not in path.parts[-3:] else path.parents[2]
            found = alternates(path)
            expected = [own / name for name in FEED_TYPES.values()]
            if own != site:
                expected += [site / name for name in FEED_TYPES.values()]
            assert [feed for feed, _, _ in found] == expected
            assert [FEED_TYPES[kind] for _, kind, _ in found] == [
                feed.name for feed, _, _ in found
            ]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "home"])
def test_every_page_links_the_sites_feeds(site, kind):
    """Whatever page a reader is on, the site can be followed from it.

    A story, which has to arrive at once, names one feed in its head; all at its foot.
    """
    names = ["atom.xml"] if kind == "story" else [*FEED_TYPES.values()]
    for path in site.glob(KINDS[kind]):
        feeds = [feed for feed, _, _ in alternates(path)]
        assert feeds[-len(names) :] == [site / name for name in names]
        assert len(feeds) == 1 or kind != "story"
        foot = html.parse(path).xpath("//footer[@class='foot']//a/@href")
        assert {path.parent / link for link in foot} >= {
            path.parent / relpath(site / name, path.parent)
            for name in FEED_TYPES.values()
        }


def test_feeds_of_one_page_can_be_told_apart_by_title(site):
    """A reader's program that offers the feeds of a page shows their titles."""
    for path in site.glob("category/*/index.html"):
        named = {
            title for _, kind, title in alternates(path) if kind.endswith("atom+xml")
        }
        assert len(named) == 2


def test_the_sitemap_lists_every_page_once(site):
    """Every first page of the site that may be indexed stands in it, absolute."""
    sitemap = etree.parse(site / "sitemap.xml")
    schema = etree.XMLSchema(file=npm_file("sitemap/schema/sitemap.xsd"))
    schema.assertValid(sitemap)
    addresses = texts(sitemap, "//s:loc")
    assert len(addresses) == len(set(addresses))
    pages = {
        path
        for path in site.rglob("*.html")
        if path.name == "index.html"
        and "page" not in path.relative_to(site).parts
        and b'content="noindex"' not in path.read_bytes()
    }
    assert {file_of(address, site) for address in addresses} == pages


def test_the_sitemap_says_when_a_story_changed(fixture_site):
    """A story's lastmod is its Modified, or else its Date."""
    found = etree.parse(fixture_site / "sitemap.xml").xpath(
        "//s:url[contains(s:loc, '/kelp/')]/s:lastmod/text()", namespaces=NAMESPACES
    )
    assert found == ["2024-10-19T10:00:00+00:00"]


@pytest.mark.parametrize(
    ("now", "titles"),
    [
        (DAY_AFTER_THE_NEWEST, ["Lantern Bay lights its harbour with the tide"]),
        (
            DAY_AFTER_THE_NEWEST + timedelta(hours=28),
            ["Lantern Bay lights its harbour with the tide"],
        ),
        (DAY_AFTER_THE_NEWEST + timedelta(hours=29), []),
    ],
)
def test_the_news_sitemap_has_the_stories_of_two_days(
    rebuilt, monkeypatch, now, titles
):
    """A story is in it for 48 hours; without one, it is empty and still valid."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(now.timestamp())))
    sitemap = etree.parse(rebuilt() / "news-sitemap.xml")
    etree.RelaxNG(file=SCHEMAS / "sitemap-news.rng").assertValid(sitemap)
    assert texts(sitemap, "//news:title") == titles


def test_the_news_sitemap_of_old_news_is_valid(site):
    """A site that published nothing in two days has an empty one, not a broken one."""
    sitemap = etree.parse(site / "news-sitemap.xml")
    etree.RelaxNG(file=SCHEMAS / "sitemap-news.rng").assertValid(sitemap)


def test_robots_are_welcome_and_told_of_both_sitemaps(site):
    """robots.txt forbids nothing and names each sitemap by its address."""
    robots = RobotFileParser()
    robots.parse((site / "robots.txt").read_text("utf-8").splitlines())
    assert robots.can_fetch("AnyBot", f"{SITE}/2016/")
    sitemaps = robots.site_maps()
    assert sitemaps == [f"{SITE}/sitemap.xml", f"{SITE}/news-sitemap.xml"]
    assert all(file_of(address, site).is_file() for address in sitemaps)


def test_security_txt_has_the_fields_of_rfc_9116(site):
    """Contact and one Expires are there, dates and addresses in the RFC's forms."""
    text = (site / ".well-known/security.txt").read_text("utf-8")
    fields = [line.split(": ", 1) for line in text.splitlines()]
    assert all(len(field) == 2 for field in fields)
    names = [name for name, _ in fields]
    values = dict(fields)
    assert names.count("Expires") == 1
    assert urlsplit(values["Contact"]).scheme in {"mailto", "https"}
    assert datetime.fromisoformat(values["Expires"]).tzinfo
    assert values["Canonical"] == f"{SITE}/.well-known/security.txt"
    assert values["Preferred-Languages"] == "en"


@pytest.mark.parametrize(
    "day", ["2026-11-22", "2027-12-31", "2028-02-29", "2028-03-01", "2029-01-01"]
)
def test_security_txt_ends_within_a_year_of_the_build(rebuilt, monkeypatch, day):
    """It has not ended when it is built, nor does it last longer than the RFC asks."""
    now = datetime.fromisoformat(f"{day}T23:59:59+00:00")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(now.timestamp())))
    text = (rebuilt() / ".well-known/security.txt").read_text("utf-8")
    expires = dict(line.split(": ", 1) for line in text.splitlines())["Expires"]
    left = datetime.fromisoformat(expires) - now
    assert timedelta(days=300) < left < timedelta(days=365)


def test_the_manifests_icons_are_what_it_says(site):
    """Each PNG is there and has the size stated; so is the page to start with."""
    manifest = json.loads((site / "site.webmanifest").read_bytes())
    assert manifest["name"]
    assert (site / manifest["start_url"]).is_file()
    for icon in manifest["icons"]:
        data = (site / icon["src"]).read_bytes()
        if icon["type"] == "image/png":  # its IHDR: https://www.w3.org/TR/png-3/#11IHDR
            width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
            assert icon["sizes"] == f"{width}x{height}"
        else:
            assert icon["type"] == "image/svg+xml"
            assert etree.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_manifests_colours_are_the_themes(site):
    """Whoever changes the paper or the accent changes the manifest too."""
    manifest = json.loads((site / "site.webmanifest").read_bytes())
    tokens = (TESTS.parent / "theme/static/css/tokens.css").read_text("utf-8")
    assert f"--paper: light-dark({manifest['background_color']}," in tokens
    assert f"--accent: light-dark({manifest['theme_color']}," in tokens


def test_nothing_of_a_story_held_back_reaches_any_file(fixture_site):
    """Drafts and stories dated in the future leave no word, topic, author, picture."""
    traces = ("Unseen Writer", "Secret topic", "thousandth lamp", "unfinished bridge")
    traces += (
        "unseen-writer",
        "secret-topic",
        "far-future",
        "plan.png",
        "page to come",
    )
    for path in fixture_site.rglob("*"):
        assert not any(trace in str(path) for trace in traces)
        text = path.read_bytes() if path.is_file() else b""
        assert not any(trace.encode() in text for trace in traces), path


def texts(tree, xpath: str) -> list[str]:
    """Return the text of each element that `xpath` finds."""
    return [
        found if isinstance(found, str) else (found.text or "")
        for found in tree.xpath(xpath, namespaces=NAMESPACES)
    ]


def file_of(address: str, site: Path) -> Path:
    """Return the file that a host of `site` answers with at an absolute `address`."""
    assert address.startswith(f"{SITE}/")
    path = unquote(urlsplit(address).path).lstrip("/")
    return site / path / "index.html" if not path or path.endswith("/") else site / path


def alternates(page: Path) -> list[tuple[Path, str, str]]:
    """Return the feeds that a page links: file, media type, title."""
    return [
        (
            Path(unquote(urlsplit(urljoin(page.as_uri(), link.get("href"))).path)),
            link.get("type"),
            link.get("title"),
        )
        for link in html.parse(page).xpath("//head/link[@rel='alternate']")
    ]
