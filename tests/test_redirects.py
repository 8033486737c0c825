"""Old addresses: each leads to its page, in a browser and by the rules of hosts."""

import os
import ssl
from http.client import HTTPSConnection
from urllib.parse import quote, urlsplit

import hosts
import pytest
from conftest import SETTINGS, TESTS
from lxml import html
from tools import chromium, static_host

from newsroom.build import build
from newsroom.redirects import host_rules

GULLS = "2025/nobody-asked-the-gulls-other-plain-complaints-of-lantern-bays-ferry-users"
OLD = {
    "2019/07/gulls-of-the-bay/": f"{GULLS}/",
    "index.php/archives/318/": f"{GULLS}/",
    "Möwen.html": f"{GULLS}/",
    "legal/": "small-print/",
}
STORY = "articles/2026/first/article.md"


def add(article, line):
    """Put `line` into the header of a file."""
    article.write_text(f"{line}\n{article.read_text('utf-8')}", "utf-8")


def test_a_browser_is_led_on(fixture_site, tmp_path):
    """A reader arrives, below any path of a host, without the old page in the way."""
    (tmp_path / "a").symlink_to(fixture_site)
    with static_host(tmp_path) as host, chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        for old, new in OLD.items():
            page.goto(f"{host}/a/{quote(old)}")
            page.wait_for_url(f"{host}/a/{new}index.html")
            page.wait_for_load_state()
            assert page.locator("h1").inner_text() != "This page has moved"


@pytest.mark.parametrize(("old", "new"), OLD.items())
def test_the_page_leads_on_by_itself_by_a_link_and_for_search_engines(
    fixture_site, old, new
):
    """It refreshes to, links to and is canonically its page, and is in no index."""
    place = f"{old}index.html" if old.endswith("/") else old
    page = html.parse(fixture_site / place)
    up = "../" * place.count("/")
    (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
    assert refresh == f"0; url={up}{new}index.html"
    assert page.xpath("//main//a/@href") == [f"{up}{new}index.html"]
    (canonical,) = page.xpath("//link[@rel='canonical']/@href")
    assert canonical == f"https://standfirst.example/{new}"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_no_list_map_or_feed_has_an_old_address(fixture_site):
    """Only the old pages and the rules name one; readers are led to the page alone."""
    machine_read = [*fixture_site.rglob("*.xml"), *fixture_site.rglob("*.json")]
    for path in [*machine_read, fixture_site / "archive/index.html"]:
        text = path.read_text("utf-8")
        assert not [old for old in OLD if quote(old) in text or old in text], path


def test_hosts_are_given_a_rule_for_each(fixture_site):
    """Two lines each: Netlify obeys the one with a mark, Cloudflare the other."""
    lines = (fixture_site / "_redirects").read_text("utf-8").splitlines()
    assert lines == [
        f"/{quote(old)} /{new} {code}"
        for old, new in sorted(OLD.items())
        for code in ("301!", "301")
    ]


@pytest.mark.parametrize("server", [hosts.nginx, hosts.apache, hosts.caddy])
def test_a_server_of_ones_own_redirects(fixture_site, server):
    """By the file that it reads, each old address is answered with the new one."""
    trusting = ssl._create_unverified_context()
    with server(fixture_site) as address:
        for old, new in OLD.items():
            line = HTTPSConnection(urlsplit(address).netloc, context=trusting)
            line.request("GET", f"/{quote(old)}")
            answer = line.getresponse()
            assert answer.status == 301, old
            assert urlsplit(answer.headers["Location"]).path == f"/{new}"
            line.close()


OWN = """\
# /tmp-off /x/ 301!
/store id=:id /b/:id 301!
/news/* /archive/:splat 301!
/all%2A /new/ 301!
/say"no /no/ 301!
/a%22b /x/ 301!
/a%0Ab /x/ 301!
/a\\b /x/ 301!
/{path} /x/ 301!
/pay /a;b 301!
/pound /a$1 301!
/brace /{uri} 301!
/quote "/a" 301!
/nowhere
/old/ /new/ 301!
/old/ /newer/ 301!
/caf%C3%A9%20noir /new/ 301!
/it's /M%C3%B6we/ 301!
/away https://x.org/a?b=c&d#e 301!
"""
TOLD = {
    "/old/": "/new/",
    "/caf%C3%A9%20noir": "/new/",
    "/it's": "/M%C3%B6we/",
    "/away": "https://x.org/a?b=c&d#e",
}


@pytest.mark.parametrize("server", [hosts.nginx, hosts.apache, hosts.caddy])
def test_a_server_of_ones_own_is_told_what_it_can_be(content, build_content, server):
    """Of the newsroom's own rules, those for one address each; it starts with them."""
    (content / "extra/_redirects").write_text(OWN, "utf-8")
    site = build_content()
    assert sorted(map(len, host_rules(site).values())) == [3, 4, 4]
    trusting = ssl._create_unverified_context()
    with server(site) as address:
        for old, new in TOLD.items():
            if server is hosts.apache and "%" in new:
                continue
            line = HTTPSConnection(urlsplit(address).netloc, context=trusting)
            line.request("GET", old)
            answer = line.getresponse()
            assert answer.status == 301, old
            assert answer.headers["Location"].removeprefix(address) == new
            line.close()


def test_a_site_below_a_path_has_it_in_the_rules(tmp_path, monkeypatch):
    """Rules count from the host's root, pages from themselves; both lead there."""
    monkeypatch.setenv("SITEURL", "https://x.org/news")
    monkeypatch.chdir(TESTS.parent)
    output = tmp_path / "output"
    build("publishconf.py", PATH=str(TESTS / "site"), OUTPUT_PATH=str(output))
    first = (output / "_redirects").read_text("utf-8").splitlines()[-1]
    assert first == "/news/legal/ /news/small-print/ 301"
    page = (output / "legal/index.html").read_text("utf-8")
    assert 'content="0; url=../small-print/"' in page
    assert '<link rel="canonical" href="https://x.org/news/small-print/">' in page


def test_a_site_without_old_addresses_has_no_rules(build_content):
    """There is no empty file of rules."""
    assert not (build_content() / "_redirects").exists()


def test_rules_of_the_newsrooms_own_come_first(content, build_content):
    """A file content/extra/_redirects stays, and the rules follow it."""
    own = "/feed/ /atom.xml 301\n"
    (content / "extra/_redirects").write_text(own)
    assert (build_content() / "_redirects").read_text() == own
    add(content / STORY, "Redirect-From: /old/")
    rules = (build_content() / "_redirects").read_text()
    assert rules.startswith(f"{own}/old/ /2026/a-first-story/ 301!\n")


def test_a_draft_gives_nothing_away(content, build_content):
    """An old address appears with its story, and before that in a preview alone."""
    add(content / STORY, "Status: draft\nRedirect-From: /old/")
    output = build_content()
    assert not (output / "old").exists()
    assert not (output / "_redirects").exists()
    page = (build_content(PREVIEW=True) / "old/index.html").read_text("utf-8")
    assert "url=../drafts/a-first-story/index.html" in page


def test_a_thousand_old_addresses_cost_little(content, tmp_path):
    """A site that moved here whole is built in seconds, with a page for each."""
    old = [f"/2010/{number}/" for number in range(1000)]
    add(content / STORY, f"Redirect-From: {', '.join(old)}")
    before = os.times().user
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(tmp_path / "output"))
    assert os.times().user - before < 15
    assert len([*(tmp_path / "output/2010").iterdir()]) == 1000
