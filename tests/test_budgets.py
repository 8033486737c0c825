"""What a page weighs, and what it may not carry at all."""

import gzip
import json
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from conftest import ROOT, SETTINGS
from lxml import html

from newsroom.build import build
from newsroom.claims import without_links

STORY = "2016/russias-use-of-iranian-airbase-for-isis-strikes-in-syria-has-ended"
FIRST_FLIGHT = 13_500  # ten TCP segments (RFC 6928), less the head of the response
STORIES = "[12]???/*/index.html"
POLICY = "Content-Security-Policy"
UTF_8 = html.HTMLParser(encoding="utf-8")


@pytest.fixture(params=["owners_site", "fixture_site"])
def site(request) -> Path:
    """Return the output of each site in turn."""
    return request.getfixturevalue(request.param)


def test_the_story_fits_five_kilobytes(tmp_path):
    """The owner's story without its ledger is at most 5,000 bytes brotli, all told."""
    content = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    for ledger in content.rglob("ledger.toml"):
        article = ledger.with_name("article.md")
        text, marks = without_links(article.read_text("utf-8"))
        assert marks
        article.write_text(text, "utf-8")
        ledger.unlink()
    output = tmp_path / "output"
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output))
    assert weight(output / STORY / "index.html") <= 5_000


def test_the_story_and_its_evidence_come_in_the_first_flight(owners_site):
    """The owner's story with its thirty-two claims arrives in one flight of packets."""
    page = (owners_site / STORY / "index.html").read_bytes()
    assert page.count(b'class="claim"') >= 25
    assert len(gzip.compress(page, 9)) <= FIRST_FLIGHT


def test_the_furniture_of_every_story_fits_three_and_a_half(site):
    """All of a story's page but the story's own words is at most 3,500 bytes brotli."""
    weights = {
        path.parent.name: len(brotli.compress(furniture(path), quality=11))
        for path in site.glob(STORIES)
    }
    heavy = {name: weight for name, weight in weights.items() if weight > 3_500}
    assert weights
    assert not heavy


def test_the_furniture_is_without_the_storys_words(fixture_site):
    """The measure above leaves out the headline, the standfirst, the body; no more."""
    rest = furniture(fixture_site / "2025/ferry-inquiry/index.html")
    body = rest[rest.index(b"<body>") :]
    for words in (b"lost track of its own harbour", b"kept in pencil", b"Vantongeren"):
        assert words not in body
    for kept in (b"<h1", b"By <a", b"Public money", b"Report an error", b"CC BY 4.0"):
        assert kept in body
    for kept in (b"<style>", b"og:title", b"BreadcrumbList", b"</html>"):
        assert kept in rest


def test_three_thousand_words_come_in_the_first_flight(fixture_site):
    """A story of 3,000 words arrives, gzipped, before the server waits for a reply."""
    path = fixture_site / "2025/ferry-inquiry/index.html"
    body = html.parse(path).xpath("//div[@class='body']")[0].text_content()
    assert 3_000 <= len(re.findall(r"\w[\w’'-]*", body)) <= 3_100
    assert len(gzip.compress(path.read_bytes(), 9)) <= FIRST_FLIGHT


def test_no_script_runs(site):
    """The only scripts are structured data, which no browser executes."""
    for path, page in pages(site):
        for script in page.iter("script"):
            assert dict(script.attrib) == {"type": "application/ld+json"}, path
            assert json.loads(script.text), path


def test_nothing_is_inline_but_one_style_sheet(site):
    """No handler, no style attribute, no javascript: link; one <style>, in the head."""
    for path, page in pages(site):
        assert len(page.xpath("/html/head/style")) == 1, path
        assert len(page.xpath("//style")) == 1, path
        for element in page.iter(html.etree.Element):
            assert "style" not in element.attrib, path
            assert not any(name.startswith("on") for name in element.attrib), path
        assert not page.xpath("//@href[starts-with(., 'javascript:')]"), path


def test_nothing_comes_from_elsewhere(site):
    """No font, no import, no frame; and every asset is a file of this site."""
    for path, page in pages(site):
        style = page.findtext("head/style")
        assert not re.search(r"@font-face|@import|url\(|expression\(", style), path
        assets = page.xpath("//@src | //@srcset | //@poster | //@data | //@background")
        assets += page.xpath("//link[not(@rel='canonical')]/@href | //use/@href")
        assert not [asset for asset in assets if re.match(r"[a-z]+:|//", asset)], path
        assert not page.xpath("//iframe | //object | //embed | //form | //base"), path


def test_the_policy_allows_that_style_sheet_and_nothing_else(site):
    """The policy begins with default-src 'none' and has the hash of this very style."""
    for path, page in pages(site):
        (policy,) = page.xpath(f"/html/head/meta[@http-equiv='{POLICY}']/@content")
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        digest = b64encode(sha256(page.findtext("head/style").encode()).digest())
        assert policy.startswith("default-src 'none';"), path
        assert rules == {
            "default-src": "'none'",
            "style-src": f"'sha256-{digest.decode()}'",
            "img-src": "'self'",
            "manifest-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }, path


def test_the_policy_stands_before_what_it_governs(site):
    """Only the character set comes before the policy, which binds what follows it."""
    for path, page in pages(site):
        first, second = page.head[:2]
        assert "charset" in first.attrib, path
        assert second.get("http-equiv") == POLICY, path


def pages(site: Path) -> list[tuple[Path, html.HtmlElement]]:
    """Return every page of a site, as a file and as a tree."""
    found = [
        (path, html.document_fromstring(path.read_bytes(), parser=UTF_8))
        for path in site.rglob("*.html")
    ]
    assert found
    return found


def weight(path: Path) -> int:
    """Return the size of a file as a browser receives it, brotli at its best."""
    return len(brotli.compress(path.read_bytes(), quality=11))


def furniture(path: Path) -> bytes:
    """Return a story's page without its own words and those of its ledger."""
    page = html.document_fromstring(path.read_bytes(), parser=UTF_8)
    for words in page.xpath("//*[@id='corrections' or @class='panel']"):
        words.drop_tree()
    (script,) = page.xpath("//script")
    data = json.loads(script.text)
    for key in ("citation", "correction"):
        data["@graph"][0].pop(key, None)
    script.text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    (article,) = page.find_class("story")
    for kind in ("h1", "p[@class='standfirst']", "div[@class='body']"):
        (words,) = article.xpath(f".//{kind}")
        words[:] = []
        words.text = ""
    return html.tostring(page, encoding="utf-8", doctype="<!doctype html>")
