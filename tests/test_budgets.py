"""What a page weighs, and what it may not carry at all."""

import gzip
import json
import re
import shutil
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

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
# The words of a story's header, where they stand alone.
OWN = (
    ".//p[@class='standfirst' or @class='dateline']/text()"
    " | .//a[@rel='author' or @rel='tag']/text()"
    " | ./figure/figcaption//text() | ./figure//@alt"
)
UTF_8 = html.HTMLParser(encoding="utf-8")


@pytest.fixture(params=["owners_site", "fixture_site"])
def site(request) -> Path:
    """Return the output of each site in turn."""
    return request.getfixturevalue(request.param)


def test_the_story_fits_five_kilobytes(tmp_path):
    """The owner's story, without what lies beside it, is at most 5,000 bytes brotli."""
    content = Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
    for ledger in content.rglob("ledger.toml"):
        article = ledger.with_name("article.md")
        text, marks = without_links(article.read_text("utf-8"))
        assert marks
        article.write_text(text, "utf-8")
        ledger.unlink()
        for name in ("timeline.toml", "map.toml"):
            ledger.with_name(name).unlink()
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


def test_the_form_fits_below_the_owners_story(tmp_path):
    """With a service for comments too, what is not the story's is 3,500 bytes."""
    output = tmp_path / "output"
    service = "https://comments.standfirst.example/"
    build(SETTINGS, OUTPUT_PATH=str(output), COMMENTS_URL=service)
    page = output / STORY / "index.html"
    assert len(html.document_fromstring(page.read_bytes()).forms) == 1
    assert len(brotli.compress(furniture(page), quality=11)) <= 3_500
    assert len(gzip.compress(page.read_bytes(), 9)) <= FIRST_FLIGHT


def test_the_furniture_is_without_the_storys_words(owners_site, fixture_site):
    """The measure leaves out what the story and its ledger say, wherever they do."""
    ferry = furniture(fixture_site / "2025/ferry-inquiry/index.html").decode()
    for words in ("lost track of its own harbour", "kept in pencil", "Vantongeren"):
        assert words not in ferry
    (lantern,) = fixture_site.glob("2025/lantern-bay-lights-*/index.html")
    lamps = furniture(lantern).decode()
    for words in ("Hafenlicht", "Lampwright", "row of round lamps", "myn-khlyj"):
        assert words not in lamps
    for kept in (">Related<", ">Earlier in Harbour<", "<figcaption>", "srcset="):
        assert kept in lamps
    kelp = furniture(fixture_site / "2024/kelp/index.html").decode()
    for words in ("Ada Quill", "grandmother", "#comment-"):
        assert words not in kelp
    for kept in (">6 comments<", ">Leave a reply<", "autocomplete=", "Akismet"):
        assert kept in kelp
    owners = furniture(owners_site / STORY / "index.html").decode()
    for words in (
        "for now",
        "Compiled from",
        "www.reuters.com",
        "corroborated,",
        "airbase",
    ):
        assert words not in owners


def test_the_furniture_is_all_the_rest(owners_site):
    """No other word is left out of the measure, and no element but those of words."""
    path = owners_site / STORY / "index.html"
    whole, rest = (
        html.document_fromstring(page, parser=UTF_8)
        for page in (path.read_bytes(), furniture(path))
    )
    assert whole.findtext("head/style") == rest.findtext("head/style")
    for kept in (".//header[@class='masthead']", ".//footer[@class='foot']"):
        assert html.tostring(whole.find(kept)) == html.tostring(rest.find(kept))
    assert [meta.keys() for meta in whole.iter("meta")] == [
        meta.keys() for meta in rest.iter("meta")
    ]
    for meta, other in zip(whole.iter("meta"), rest.iter("meta"), strict=True):
        slug = path.parent.name
        said = meta.get("content", "").replace(slug, "")
        assert other.get("content", "") in {said, ""}
    own = whole.xpath(
        "//h1 | //p[@class='standfirst' or @class='dateline']"
        " | //a[@rel='author' or @rel='tag'] | //div[@class='body']"
        " | //aside[@class='panel'] | //section[@id='corrections']"
        " | //div[@class='endnotes']/ol | //article/figure"
    )
    assert counted(rest.body) == counted(whole.body) - counted(*own)
    thing = json.loads(rest.findtext("head/script"))["@graph"]
    assert {name for name, value in thing[0].items() if value == ""} == {
        "headline",
        "description",
        "dateline",
    }
    assert set(thing[0]["keywords"]) == {""}
    assert thing[0]["author"][0].keys() == {"@type", "name", "url"}


def test_three_thousand_words_come_in_the_first_flight(fixture_site):
    """A story of 3,000 words arrives, gzipped, before the server waits for a reply."""
    path = fixture_site / "2025/ferry-inquiry/index.html"
    body = html.parse(path).xpath("//div[@class='body']")[0].text_content()
    assert 3_000 <= len(re.findall(r"\w[\w’'-]*", body)) <= 3_100
    assert len(gzip.compress(path.read_bytes(), 9)) <= FIRST_FLIGHT


def test_no_script_runs(site):
    """Except on the search page, all scripts are structured data: none executes."""
    for path, page in pages(site, search=False):
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
        assert not page.xpath("//iframe | //object | //embed | //base"), path


def test_the_policy_allows_that_style_sheet_and_nothing_else(site):
    """The policy begins with default-src 'none' and has the hash of this very style."""
    for path, page in pages(site, search=False):
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
            "form-action": "'self' https://comments.fixture.example"
            if page.forms
            else "'none'",
        }, path


def test_the_policy_stands_before_what_it_governs(site):
    """Only the character set comes before the policy, which binds what follows it."""
    for path, page in pages(site):
        first, second = page.head[:2]
        assert "charset" in first.attrib, path
        assert second.get("http-equiv") == POLICY, path


def pages(site: Path, *, search: bool = True) -> list[tuple[Path, html.HtmlElement]]:
    """Return every page of a site, as a file and as a tree, perhaps but for search."""
    found = [
        (path, html.document_fromstring(path.read_bytes(), parser=UTF_8))
        for path in site.rglob("*.html")
        if search or path.parent.name != "search"
    ]
    assert found
    return found


def weight(path: Path) -> int:
    """Return the size of a file as a browser receives it, brotli at its best."""
    return len(brotli.compress(path.read_bytes(), quality=11))


def furniture(path: Path) -> bytes:
    """Return a story's page without the words of stories, ledgers and readers.

    Its own are the body and what its header says (headline, standfirst, dateline,
    names, topics, slug, what picture and map show), wherever it stands: on the page,
    in the head, in the data. Of other stories there are headlines and slugs.
    """
    page = html.document_fromstring(path.read_bytes(), parser=UTF_8)
    (article,) = page.find_class("story")
    (headline,) = article.xpath(".//h1")
    own = {headline.text, path.parent.name, *article.xpath(OWN)}
    for words in article.xpath(
        ".//div[@class='body'] | .//section[@id='corrections']/*"
        " | .//aside[@class='panel' or @class='review'] | .//div[@class='endnotes']/ol"
        " | .//section[@class='comments']/ol"
    ):
        words[:] = []
        words.text = ""
    for other in page.xpath("//nav[@class='neighbours']//a"):
        other.text = other.text if other.get("rel") else ""
        slug = other.get("href").split("/")[-2]
        other.set("href", other.get("href").replace(f"/{slug}/", "//"))
    title = page.find("head/title")
    title.text = title.text.removeprefix(headline.text)
    (script,) = page.xpath("//script")
    data = json.loads(script.text)
    for key in ("citation", "correction", "comment"):
        data["@graph"][0].pop(key, None)
    script.text = json.dumps(
        blanked(data, own), ensure_ascii=False, separators=(",", ":")
    )
    for element in page.iter(html.etree.Element):
        element.text = blanked(element.text, own)
        for name, value in element.attrib.items():
            element.set(name, blanked(value, own))
    rest = html.tostring(page, encoding="unicode", doctype="<!doctype html>")
    slug = path.parent.name
    return re.sub(rf"(?<=/){slug}(?=/)|(?<=%20){slug}(?=[\"&])", "", rest).encode()


def counted(*elements: html.HtmlElement) -> Counter[str]:
    """Return each word of the elements with how often it stands there."""
    text = " ".join(element.text_content() for element in elements)
    return Counter(re.findall(r"[^\s,]+", text))


def blanked(value: Any, own: set[str]) -> Any:
    """Return data without the texts that are a story's own, at whatever depth."""
    if isinstance(value, dict):
        return {name: blanked(part, own) for name, part in value.items()}
    if isinstance(value, list):
        return [blanked(part, own) for part in value]
    return "" if value in own else value
