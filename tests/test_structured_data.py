"""What search engines read of a story: its own data, whole, and never its body."""

import json
import re

import pytest
from lxml.html import parse
from photographs import PNG

SITE = "https://x.org/news"
STORY = """\
Title: Peace </script><b>"now"</b>
Date: 2026-01-02 10:00
Modified: 2026-07-03
Category: World
Tags: Peace, War
Authors: A Reporter; The Desk
Summary: What & happened.
Dateline: Kyiv
Kind: news
Image: a.png
Alt: A map
Credit: A. P.
Slug: peace

Zanzibar is a word of the body.
"""


@pytest.fixture
def graph(content, build_content):
    """Return a function that builds a story and gives a page's data by its types."""
    folder = content / "articles/2026/first"
    (folder / "a.png").write_bytes(PNG)

    def run(story=STORY, page="2026/peace/index.html"):
        (folder / "article.md").write_text(story, "utf-8")
        output = build_content(
            SITEURL=SITE, TIMEZONE="Europe/Berlin", DESKS=["The Desk"]
        )
        [script] = parse(output / page).xpath("//script/text()")
        data = json.loads(script)
        assert data["@context"] == "https://schema.org"
        return {node["@type"]: node for node in data["@graph"]}

    return run


def test_a_story_is_described_by_its_own_header(graph):
    """Each value is as it was written; dates have their zone, addresses their host."""
    assert graph()["NewsArticle"] == {
        "@type": "NewsArticle",
        "headline": 'Peace </script><b>"now"</b>',
        "description": "What & happened.",
        "url": f"{SITE}/2026/peace/",
        "datePublished": "2026-01-02T10:00:00+01:00",
        "dateModified": "2026-07-03T00:00:00+02:00",
        "dateline": "Kyiv",
        "articleSection": "World",
        "keywords": ["Peace", "War"],
        "inLanguage": "en",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "author": [
            {
                "@type": "Person",
                "name": "A Reporter",
                "url": f"{SITE}/author/a-reporter/",
            },
            {
                "@type": "Organization",
                "name": "The Desk",
                "url": f"{SITE}/author/the-desk/",
            },
        ],
        "publisher": {"@id": f"{SITE}/#publisher"},
        "image": f"{SITE}/2026/peace/a.png-1.png",
    }


def test_no_word_of_the_body_is_repeated(graph):
    """Data describes the story; it does not double the page."""
    assert "Zanzibar" not in json.dumps(graph())


def test_what_a_header_leaves_out_is_left_out(graph):
    """No value is empty, and a story that never changed was last changed at first."""
    optional = r"(?m)^(Modified|Tags|Dateline|Image|Alt|Credit):.*\n"
    story = graph(re.sub(optional, "", STORY))["NewsArticle"]
    assert all(story.values())
    assert {"keywords", "dateline", "image"}.isdisjoint(story)
    assert story["dateModified"] == story["datePublished"]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("analysis", "AnalysisNewsArticle"),
        ("opinion", "OpinionNewsArticle"),
        ("fact-check", "NewsArticle"),
    ],
)
def test_opinion_is_not_called_news(graph, kind, type_):
    """A kind has the type that schema.org has for it."""
    assert type_ in graph(STORY.replace("Kind: news", f"Kind: {kind}"))


def test_a_story_has_its_place_below_the_front_page(graph):
    """Breadcrumbs lead from the front page through the section."""
    steps = graph()["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["item"]) for step in steps] == [
        (1, f"{SITE}/"),
        (2, f"{SITE}/category/world/"),
        (3, f"{SITE}/2026/peace/"),
    ]


def test_an_address_is_quoted_where_its_letters_need_it(graph, content):
    """A picture's name may have spaces and any letters; an address has neither."""
    (content / "articles/2026/first/der Fluß #1, 50%.png").write_bytes(PNG)
    story = graph(STORY.replace("a.png", "der Fluß #1, 50%.png"))["NewsArticle"]
    assert story["image"] == (
        f"{SITE}/2026/peace/der%20Flu%C3%9F%20%231%2C%2050%25.png-1.png"
    )


@pytest.mark.parametrize("page", ["index.html", "about/index.html", "404.html"])
def test_the_publisher_has_only_the_policies_that_it_has(graph, page):
    """A policy is named where a page of that name exists, by its full address."""
    publisher = graph(page=page)["NewsMediaOrganization"]
    assert publisher["@id"] == f"{SITE}/#publisher"
    assert publisher["ownershipFundingInfo"] == f"{SITE}/about/"
    assert "correctionsPolicy" not in publisher


def test_a_story_names_the_publisher_in_brief(graph):
    """The policies stand on the front page, under the same identifier, once for all."""
    brief = graph()["NewsMediaOrganization"]
    assert brief.keys() == {"@type", "@id", "name", "url", "logo"}
    assert brief.items() <= graph(page="index.html")["NewsMediaOrganization"].items()


def test_the_front_page_is_the_site(graph):
    """It says whose the site is, once for all pages."""
    site = graph(page="index.html")["WebSite"]
    assert site["url"] == f"{SITE}/"
    assert site["publisher"] == {"@id": f"{SITE}/#publisher"}
