"""Compressed twins: true to their texts, the same each time, and sent as they are."""

import gzip
import shutil
import ssl
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import hosts
import pytest
from conftest import ROOT, TESTS

from newsroom.build import build

STORY = "2026/a-first-story/index.html"


@pytest.fixture
def publish(content, tmp_path):
    """Return a function that publishes `content`, and returns its output."""

    def run(**settings: object) -> Path:
        output = tmp_path / "output"
        places = {"PATH": str(content), "OUTPUT_PATH": str(output)}
        site = {"SITEURL": "https://standfirst.test"}
        build(str(ROOT / "publishconf.py"), **places, **site, **settings)
        return output

    return run


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Return a published site; only look at it."""
    output = tmp_path_factory.mktemp("twins") / "output"
    places = {"PATH": str(TESTS / "minimal"), "OUTPUT_PATH": str(output)}
    build(str(ROOT / "publishconf.py"), **places, SITEURL="https://standfirst.test")
    return output


def twins(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.suffix in {".br", ".gz"}
    }


def test_each_text_has_two_that_say_the_same(published):
    """A page, a feed and a file of data are there in brotli and gzip, smaller."""
    for name in (STORY, "404.html", "atom.xml", "feed.json", "feed.css"):
        text = (published / name).read_bytes()
        for suffix, decompress in (
            (".br", brotli.decompress),
            (".gz", gzip.decompress),
        ):
            twin = (published / f"{name}{suffix}").read_bytes()
            assert decompress(twin) == text
            assert len(twin) < len(text) * 0.6, name
    for name in twins(published):
        assert (published / name).with_suffix("").is_file()
    for name in ("icon-192.png", "robots.txt", "_headers", ".htaccess", ".nginx.conf"):
        assert (published / name).exists()
        assert not (published / f"{name}.gz").exists()


def test_they_are_of_the_highest_level_and_carry_no_date_or_name(published):
    """The gzip is what `gzip -9n` writes but for its mark of the system."""
    twin = (published / f"{STORY}.gz").read_bytes()
    assert twin[3:9] == b"\0\0\0\0\0\2"  # no flags, no time, the slowest (RFC 1952)
    best = brotli.compress((published / STORY).read_bytes(), quality=11)
    assert (published / f"{STORY}.br").read_bytes() == best


def test_only_a_publish_has_them(build_content):
    """What is built to be read from a disk has no use for them."""
    assert twins(build_content()) == {}


def test_a_publish_for_a_host_that_compresses_has_none(publish):
    """They are left out, and those of a publish before go."""
    publish()
    assert twins(publish(TWINS=False)) == {}


def test_what_did_not_change_keeps_its_twins(content, publish):
    """A twin is made once: later ones are links to it, until its text changes."""
    output = publish()
    before = {name: (output / name).stat().st_ino for name in twins(output)}
    story = content / "articles/2026/first/article.md"
    story.write_text(story.read_text("utf-8") + "\n\nAn end.\n", "utf-8")
    publish()
    after = {name: (output / name).stat().st_ino for name in twins(output)}
    assert before.keys() == after.keys()
    assert after["about/index.html.br"] == before["about/index.html.br"]
    assert after[f"{STORY}.br"] != before[f"{STORY}.br"]
    page = (output / STORY).read_bytes()
    assert b"An end." in page
    assert brotli.decompress((output / f"{STORY}.br").read_bytes()) == page


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize(("suffix", "packed"), [(".br", brotli), (".gz", gzip)])
def test_one_that_says_something_else_is_made_anew(
    publish, tmp_path, suffix, packed, remembered
):
    """As one that somebody wrote to, whether or not the last build is remembered."""
    output = publish()
    before = twins(output)
    lie = packed.compress(b"A lie.")
    longer = (output / f"about/index.html{suffix}").read_bytes() + lie
    written = {STORY: b"spoilt", "404.html": lie, "about/index.html": longer}
    for name, data in written.items():
        (output / f"{name}{suffix}").write_bytes(data)
    if not remembered:
        shutil.rmtree(tmp_path / ".cache")
    assert twins(publish()) == before


def test_they_are_the_same_after_any_history(content, publish, tmp_path):
    """A site published over another has the twins of one that is published first."""
    story = content / "articles/2026/first/article.md"
    text = story.read_text("utf-8")
    story.write_text(text + "\n\nA second.\n", "utf-8")
    publish()
    story.write_text(text, "utf-8")
    over = twins(publish())
    (tmp_path / "output").rename(tmp_path / "other")
    assert twins(publish()) == over


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip, deflate", "gzip"), ("identity", None), ("", None)],
)
def test_nginx_sends_them(published, accepted, encoding):
    """It sends the twin that a browser can read, byte for byte, and says it varies.

    Each form has the length and the tag of its own.
    """
    suffix = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    with hosts.nginx(published, brotli=True) as site:
        for path, name in (("/2026/a-first-story/", STORY), ("/atom.xml", "atom.xml")):
            headers, body = fetched(site, path, accepted)
            stored = (published / f"{name}{suffix}").read_bytes()
            assert body == stored
            assert headers.get("content-encoding") == encoding
            assert int(headers["content-length"]) == len(stored)
            assert f"-{len(stored):x}" in headers["etag"]
            assert headers["vary"] == "Accept-Encoding"
            assert "default-src 'none'" in headers["content-security-policy"]
        assert "content-encoding" not in fetched(site, "/icon-192.png", "br, gzip")[0]


def test_nginx_without_brotli_sends_gzip(published):
    """The include is for an nginx that has no such module, too."""
    with hosts.nginx(published) as site:
        headers, _ = fetched(site, "/", "br, gzip")
    assert headers["content-encoding"] == "gzip"


def test_caddy_sends_them(published):
    """So does Caddy, by its snippet."""
    with hosts.caddy(published) as site:
        headers, body = fetched(site, "/2026/a-first-story/", "br, gzip")
    assert headers["content-encoding"] == "br"
    assert body == (published / f"{STORY}.br").read_bytes()


def fetched(site: str, path: str, accepted: str) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body as they came, not decoded."""
    context = ssl._create_unverified_context()  # its certificate is its own
    connection = HTTPSConnection(urlsplit(site).netloc, context=context, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": accepted})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200
    return {name.lower(): value for name, value in response.getheaders()}, body
