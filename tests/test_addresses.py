"""The addresses of pages: derived from where they are saved, for a disk or a host."""

from urllib.parse import urljoin

import pytest
from lxml.html import parse

from newsroom.addresses import absolute, address, placeholder


@pytest.mark.parametrize(
    ("save_as", "on_a_host"),
    [
        ("index.html", ""),
        ("2026/peace/index.html", "2026/peace/"),
        ("404.html", "404.html"),
        ("feed.json", "feed.json"),
        ("my-index.html", "my-index.html"),
    ],
)
def test_a_folder_is_the_address_of_its_index(save_as, on_a_host):
    """A host shows a folder's index.html; a disk does not, so there it is named."""
    assert address(save_as, relative=False) == on_a_host
    assert address(save_as, relative=True) == save_as
    assert absolute(save_as, "https://x.org/n") == f"https://x.org/n/{on_a_host}"
    assert absolute(on_a_host, "https://x.org") == f"https://x.org/{on_a_host}"


@pytest.mark.parametrize(
    ("site", "nobodys"),
    [
        ("https://standfirst.example", True),
        ("https://news.EXAMPLE/below", True),
        ("", True),
        ("https://", True),
        ("https://news.example.org", False),
        ("http://localhost:8000", False),
    ],
)
def test_a_placeholder_is_not_taken_for_an_address(site, nobodys):
    """Only a name that somebody can own is a site's address."""
    assert placeholder(site) == nobodys


def links(page):
    """Return what a page's `<a>`, `<link>` and `<img>` lead to."""
    return parse(page).xpath("//a/@href | //link/@href | //img/@src")


def test_a_site_of_relative_links_reads_from_a_disk(build_content):
    """Every page is named, and only what must be absolute begins with SITEURL."""
    page = build_content() / "2026/a-first-story/index.html"
    canonical = "https://standfirst.example/2026/a-first-story/"
    own = [link for link in links(page) if not link.startswith(("mailto:", "#"))]
    assert [link for link in own if link.startswith("http")] == [
        canonical,
        "https://creativecommons.org/licenses/by/4.0/",
    ]
    assert not [link for link in own if link.endswith("/") and "://" not in link]
    assert "../../tag/peace/index.html" in own


@pytest.mark.parametrize("site", ["https://x.org", "https://x.org/news"])
def test_a_published_site_has_one_address(build_content, site):
    """Every link leads below SITEURL, which may have a path; none names an index.html.

    Only what lies beside a story is linked from there.
    """
    output = build_content(RELATIVE_URLS=False, SITEURL=site)
    own = [
        urljoin(f"{site}/{page.relative_to(output)}", link)
        for page in output.rglob("*.html")
        for link in links(page)
        if not link.startswith(("mailto:", "#", "https://creativecommons.org/"))
    ]
    assert f"{site}/2026/a-first-story/" in own
    assert not [link for link in own if not link.startswith(f"{site}/")]
    assert not [link for link in own if link.endswith("index.html")]


def test_the_pages_of_a_list_are_folders_too(content, build_content):
    """The second page of a list is below it, and the first is the list itself."""
    story = content / "articles/2026/first/article.md"
    for number in range(2):
        other = content / f"articles/2026/{number}/article.md"
        other.parent.mkdir()
        other.write_text(story.read_text().replace("A first", f"Story {number}"))
    output = build_content(
        DEFAULT_PAGINATION=2, RELATIVE_URLS=False, SITEURL="https://x.org"
    )
    first = parse(output / "category/world/index.html")
    second = parse(output / "category/world/page/2/index.html")
    assert first.xpath("//a[@rel='next']/@href") == [
        "https://x.org/category/world/page/2/"
    ]
    assert second.xpath("//a[@rel='prev']/@href") == ["https://x.org/category/world/"]
    assert not (output / "category/world/page/1").exists()
