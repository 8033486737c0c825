"""A story's body in feeds: all of it, and every link leads there from anywhere."""

import json

import feedparser
import pytest
from lxml import etree
from lxml.html import fragment_fromstring
from photographs import PNG

SITE = "https://x.org/news"
BODY = """\
One & two<br>three, [four](#five) [six]({filename}/pages/about.md#main).

<h2 id="five">Five</h2>

![A map](map.png){credit="A. P."}

[file]({static}data.csv) [mail](mailto:a@b.org)
[out](https://elsewhere.org/a?b=c&d#e) [tag]({tag}peace)
<q cite="{filename}/pages/about.md">x</q>

- last
"""
LINKS = [
    f"{SITE}/2026/a-first-story/#five",
    f"{SITE}/about/#main",
    f"{SITE}/2026/a-first-story/map.png-1.png",
    f"{SITE}/2026/a-first-story/data.csv",
    "mailto:a@b.org",
    "https://elsewhere.org/a?b=c&d#e",
    f"{SITE}/tag/peace/",
    f"{SITE}/about/",
]


def of_atom(output):
    """Return the entry's content in the Atom feed."""
    feed = etree.parse(output / "atom.xml")
    [div] = feed.findall(".//{*}content/{*}div")
    assert etree.QName(div).namespace == "http://www.w3.org/1999/xhtml"
    return etree.tostring(div, encoding="unicode")


def of_rss(output):
    """Return the item's content in the RSS feed."""
    return (
        feedparser.parse((output / "rss.xml").read_bytes()).entries[0].content[0].value
    )


def of_json(output):
    """Return the item's content in the JSON feed."""
    return json.loads((output / "feed.json").read_text("utf-8"))["items"][0][
        "content_html"
    ]


@pytest.fixture(params=[True, False], ids=["relative", "published"])
def output(request, content, build_content):
    """Build a site of one story that links to what it can."""
    folder = content / "articles/2026/first"
    (folder / "map.png").write_bytes(PNG)
    (folder / "data.csv").write_text("x")
    story = folder / "article.md"
    story.write_text(story.read_text().replace("The first paragraph.\n", BODY))
    return build_content(SITEURL=SITE, RELATIVE_URLS=request.param)


@pytest.mark.parametrize("body_of", [of_atom, of_rss, of_json])
def test_every_link_of_a_body_is_absolute(output, body_of):
    """A feed is read anywhere: each link is the public address of what it leads to."""
    body = fragment_fromstring(body_of(output), create_parent=True)
    assert body.xpath(".//@href | .//@src | .//@cite") == LINKS


@pytest.mark.parametrize("body_of", [of_atom, of_rss, of_json])
def test_a_body_is_whole(output, body_of):
    """From its first word to its last, and its elements are elements."""
    body = fragment_fromstring(body_of(output), create_parent=True)
    text = " ".join(body.text_content().split())
    assert text.startswith("One & twothree, four six. Five A. P. file")
    assert text.endswith("last")
    assert len(body.xpath(".//br")) == len(body.xpath(".//li")) == 1
