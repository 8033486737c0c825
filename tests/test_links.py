"""The link check: what leads somewhere, what does not, and where that is said."""

import pytest

from newsroom.links import Known, Origins, check
from newsroom.page_links import packed
from newsroom.problems import Collector
from newsroom.release import files

SITE = "https://x.org/news"


PLACE = "2026/peace/index.html"


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """Return a function that puts HTML into a page of a small site and checks all."""
    monkeypatch.chdir(tmp_path)
    output = tmp_path / "output"
    for place in ("index.html", "about/index.html", "404.html"):
        page = output / place
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text('<h2 id="grün">Who</h2><a name="old">we are</a>', "utf-8")
    (output / "a b.png").write_text("x")
    (tmp_path / "secret.txt").write_text("x")

    def anchors(name):
        return packed(name, output / name, SITE)

    def run(html, source=None):
        story = output / PLACE
        story.parent.mkdir(parents=True)
        story.write_text(f'<body id="top">{html}', "utf-8")
        if source is not None:
            (tmp_path / "peace.md").write_text(source, "utf-8")
        sources = {} if source is None else {PLACE: str(tmp_path / "peace.md")}
        with Collector() as collector:
            names = files(output)
            check(SITE, Origins(sources.get), Known(names, anchors, names))
        return list(map(str, collector.problems))

    return run


@pytest.mark.parametrize(
    "link",
    [
        "",
        "#top",
        "?page=2",
        "../../about/",
        "../../about",
        "../../about/index.html?a=b#old",
        "../../about/#gr%C3%BCn",
        "../../about/#grün",
        "../../404.html",
        "../../a%20b.png",
        "../../",
        SITE,
        f"{SITE}/",
        f"{SITE}/about/#old",
        f"{SITE}/a%20b.png",
        "https://x.org/other",
        "https://elsewhere.org/nowhere",
        "//elsewhere.org/nowhere",
        "mailto:desk@x.org",
        "tel:+49301234",
        "data:,x",
    ],
)
def test_a_link_that_leads_somewhere_is_right(problems, link):
    """The site's pages, folders, files and fragments are found; others are not ours."""
    assert problems(f'<a href="{link}">x</a>') == []


ON_THE_WEB = "; an address on the web begins with https://"


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("nowhere.html", " leads nowhere"),
        ("../../abut/", ' leads nowhere; did you mean "about"?'),
        ("../../About/", ' leads nowhere; did you mean "about"?'),
        ("../", " leads nowhere"),
        ("../../../secret.txt", " leads nowhere"),
        ("../../%2e%2e/secret.txt", " leads nowhere"),
        ("../../../../../../../x", " leads nowhere"),
        (f"{SITE}/nowhere/", " leads nowhere"),
        (f"{SITE}/../secret.txt", " leads nowhere"),
        ("#nowhere", ': nothing there has the id "nowhere"'),
        ("../../about/#top", ': nothing there has the id "top"'),
        (f"{SITE}/about/#top", ': nothing there has the id "top"'),
        (
            "/news/about/",
            " begins at the host's root, where this site need not be; name the file "
            "instead: {filename}/pages/about.md",
        ),
        (
            "{filename}nowhere.md",
            " leads nowhere; the path after } counts from this file's folder, or with "
            "/ from content/",
        ),
        ("http://[nowhere/", " is no address"),
        ("www.harbour.example", f" leads nowhere{ON_THE_WEB}"),
        ("harbour.example/log", f" leads nowhere{ON_THE_WEB}"),
        ("https//harbour.example", f" leads nowhere{ON_THE_WEB}"),
        (
            "../../pages/about.md",
            " leads nowhere; link to the page of a text by {filename} and the path of "
            "its file",
        ),
    ],
)
def test_a_link_that_leads_nowhere_is_a_mistake(problems, link, fault):
    """It is named as it stands in the page, with what is wrong with it."""
    assert problems(f'<a href="{link}">x</a>') == [
        f'page 2026/peace/index.html: link to "{link}"{fault}'
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="no" alt="x">',
        '<img srcset="../../a%20b.png 1x, no 2x" alt="x">',
        '<source srcset="no">',
        '<video poster="no"></video>',
        '<blockquote cite="no">x</blockquote>',
        '<form action="no"></form>',
        '<link rel="icon" href="no">',
        '<object data="no"></object>',
        '<img srcset="no 1x, " alt="x">',
    ],
)
def test_whatever_a_page_needs_is_checked(problems, html):
    """Pictures, films, icons and forms are links too."""
    assert problems(html) == ['page 2026/peace/index.html: link to "no" leads nowhere']


def test_an_address_of_the_site_is_checked_in_any_attribute(problems):
    """A card's picture is in a meta element's content."""
    [problem] = problems(f'<meta property="og:image" content="{SITE}/no.png">')
    assert problem.endswith(f'link to "{SITE}/no.png" leads nowhere')


@pytest.mark.parametrize(
    ("link", "line"),
    [
        ("[x](no.html)", 3),
        ("[x][1]\n\n[1]: no.html", 5),
        ("<a\nhref='no.html'>", 4),
        ("The no.html file.\n\n[x]( <no.html> 'A file')", 5),
        ("`[x](no.html)`\n\n```\n[x](no.html)\n```\n\n[x](no.html)", 9),
        ("A list:\n\n    [x](no.html)\n\n[x](no.html)", 7),
        ("[x]({filename}/no.html.md)\n\n[x](no.html)", 5),
        ("1. One\n\n    [x](no.html)", 5),
    ],
)
def test_a_dead_link_of_a_story_is_named_in_its_file(problems, link, line):
    """The author is sent to the line of the Markdown file, not to the built page."""
    assert problems('<a href="no.html">x</a>', f"Title: no.html\n\n{link}") == [
        f'peace.md:{line}: link to "no.html" leads nowhere'
    ]


def test_what_the_theme_repeats_is_said_once(problems, tmp_path):
    """A dead link on every page is one mistake of one template, at whatever depth."""
    html = '<a href="{}no.html">x</a>'
    (tmp_path / "output/404.html").write_text(html.format(""))
    (tmp_path / "output/about/index.html").write_text(html.format("../"))
    assert problems(html.format("../../")) == [
        'page 2026/peace/index.html: link to "../../no.html" leads nowhere'
    ]
