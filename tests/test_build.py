"""The build: strict, in one step, and the same wherever it runs."""

import os
import shutil
from pathlib import Path
from typing import Any

import feedparser
import pytest
from conftest import ROOT, SETTINGS
from jinja2 import UndefinedError
from lxml import etree, html
from pelican.plugins import signals
from photographs import PNG

from newsroom.build import build
from newsroom.problems import BuildFailedError

# What a headline could say that would be markup, were it not escaped.
ACTIVE = "<b>Bold</b> & \"two\" 'one' </script></title><b>"


def snapshot(folder):
    """Return every file and folder below `folder` with its time and its bytes."""
    return {
        path.relative_to(folder): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [folder, *folder.rglob("*")]
    }


def files(folder):
    """Return every file below `folder` with its bytes."""
    return {path: data for path, (_, data) in snapshot(folder).items() if data}


@pytest.fixture
def story(content):
    """Return the one story's file."""
    return content / "articles/2026/first/article.md"


@pytest.fixture
def theme(tmp_path, monkeypatch):
    """Return a copy of the theme that lies in the site's folder; start there."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(ROOT / "theme", tmp_path / "theme")


def test_content_that_is_not_there_is_told_where_it_is_set(tmp_path):
    """Pelican says only that it needs some."""
    with pytest.raises(BuildFailedError) as failure:
        build(SETTINGS, PATH=str(tmp_path / "nowhere"))
    line = 1 + Path(SETTINGS).read_text("utf-8").splitlines().index('PATH = "content"')
    assert str(failure.value) == (
        f"pelicanconf.py:{line}: PATH = '{tmp_path}/nowhere': there is no such folder; "
        "make it, or set the one that the stories are in"
    )


def test_a_build_knows_what_it_is_made_of(content, tmp_path):
    """It has its output and the files of its pages, and leaves nothing else behind."""
    site = build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(tmp_path / "www"))
    assert site.output == tmp_path / "www"
    assert sorted(set(site.writer.origins.values())) == [
        str(content / "articles/2026/first/article.md"),
        str(content / "pages/about.md"),
    ]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".cache", ".www.lock", "content", "www"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Title: ", "Titel: "),
        ("The first paragraph.", "[A dead link](nowhere.html)"),
        ("The first paragraph.", "[A replacement]({no-such}thing)"),
    ],
)
def test_a_failed_build_leaves_the_output_as_it_was(story, build_content, old, new):
    """Every byte and every time of the site built before stands."""
    output = build_content()
    before = snapshot(output)
    story.write_text(story.read_text().replace(old, new))
    with pytest.raises(BuildFailedError):
        build_content()
    assert snapshot(output) == before


def test_a_build_replaces_all_of_the_one_before(story, content, build_content):
    """What is deleted from the site disappears from the output."""
    other = content / "articles/2026/second/article.md"
    other.parent.mkdir()
    other.write_text(story.read_text().replace("A first", "Another"))
    (other.parent / "map.png").write_bytes(PNG)
    assert (build_content() / "2026/another-story/map.png").exists()
    shutil.rmtree(other.parent)
    assert not (build_content() / "2026/another-story").exists()


def test_a_killed_build_hinders_no_other(build_content, tmp_path):
    """What lies in the staging folder when a build begins is not in its output."""
    (tmp_path / ".output.staging/half").mkdir(parents=True)
    (tmp_path / ".output.staging/half/page.html").write_text("half")
    assert not (build_content() / "half").exists()


@pytest.mark.parametrize("removed", [["articles"], ["articles", "pages"]])
def test_a_site_may_be_empty(content, build_content, removed):
    """A newsroom's first build, before its first story, is a site already."""
    for name in removed:
        shutil.rmtree(content / name)
    assert "No story has been published yet" in (
        build_content() / "index.html"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("\n{{ nope }}", ":2: UndefinedError: 'nope' is undefined"),
        ("\n\n{{ page.nope }}", ":3: UndefinedError: "),
        ("\n{% if %}", ":2: TemplateSyntaxError: Expected an expression"),
        ("\n{% block a %}", ":2: TemplateSyntaxError: Unexpected end of template"),
        ("{{ page|nope }}", ":1: TemplateAssertionError: No filter named 'nope'"),
        ('\n{% include "no.html" %}', ":2: TemplateNotFound: no.html"),
    ],
)
def test_a_fault_in_a_template_is_named_with_its_line(
    theme, build_content, template, problem
):
    """Who works on the theme is told where, in the theme, and what."""
    (theme / "templates/page.html").write_text(template)
    with pytest.raises(BuildFailedError) as failure:
        build_content(THEME=str(theme))
    [found] = map(str, failure.value.problems)
    assert found.startswith(f"theme/templates/page.html{problem}")


def test_a_component_that_is_missing_is_named(theme, build_content):
    """A template that asks for a style sheet that is not there is told which."""
    (theme / "static/css/story.css").unlink()
    with pytest.raises(BuildFailedError, match=r"theme/static/css/story\.css"):
        build_content(THEME=str(theme))


def test_debug_raises_the_error_itself(theme, build_content, monkeypatch):
    """With DEBUG set, an error comes with its traceback."""
    monkeypatch.setenv("DEBUG", "1")
    (theme / "templates/page.html").write_text("{{ nope }}")
    with pytest.raises(UndefinedError):
        build_content(THEME=str(theme))


@pytest.mark.parametrize("debug", ["", "1"])
def test_what_a_plugin_breaks_is_told_once_with_its_story(
    content, story, build_content, monkeypatch, debug
):
    """Nobody foresaw it; with DEBUG set, it comes with its traceback here too."""
    story.with_name("a.png").write_bytes(PNG)
    monkeypatch.chdir(content.parent)
    monkeypatch.setenv("DEBUG", debug)

    def stumble(_sender: object, metadata: dict[str, Any]) -> None:
        metadata["date"] = metadata["no date"]

    with (
        signals.article_generator_context.connected_to(stumble),
        pytest.raises(KeyError if debug else BuildFailedError) as failure,
    ):
        build_content()
    if not debug:
        assert str(failure.value) == (
            "content/articles/2026/first/article.md: KeyError: 'no date' "
            "(put DEBUG=1 before the command to see where)"
        )
        assert failure.value.books.refused == 1


def test_the_same_content_is_built_again_to_the_same_bytes(
    story, build_content, monkeypatch
):
    """Nothing but the content and the build's date is in the output."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    first = files(build_content())
    os.utime(story)
    assert files(build_content()) == first


# Fail: the link check takes every link for dead; the link itself is swapped away.
@pytest.mark.parametrize("linked", ["site", "site/output"])
def test_a_site_may_lie_behind_a_symbolic_link(content, tmp_path, linked):
    """A link to the site, or to a server's folder, stands and leads to the output."""
    real = tmp_path / "real"
    real.mkdir()
    if linked == "site":
        (tmp_path / "site").symlink_to(real)
    else:
        (tmp_path / "site").mkdir()
        (tmp_path / "site/output").symlink_to(real)
    output = tmp_path / "site/output"
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output))
    assert (tmp_path / linked).is_symlink()
    assert (output / "index.html").exists()


def test_no_word_of_an_author_is_markup(story, content, build_content):
    """Titles, topics, names and captions are text in pages, feeds and JSON."""
    (story.parent / "a.png").write_bytes(PNG)
    story.write_text(
        f"Title: Title {ACTIVE}\nDate: 2026-01-02\nCategory: Section {ACTIVE}\n"
        f"Tags: Tag {ACTIVE}\nAuthor: Author {ACTIVE}\nSummary: Summary {ACTIVE}\n"
        f"Dateline: Place {ACTIVE}\nImage: a.png\nAlt: Alt {ACTIVE}\n"
        f"Caption: Caption {ACTIVE}\nCredit: Credit {ACTIVE}\n\nText.\n"
    )
    (content / "pages/about.md").write_text(
        f"Title: Page {ACTIVE}\nSummary: Page {ACTIVE}\n\nText.\n"
    )
    output = build_content(
        SITENAME=f"Name {ACTIVE}", SITESUBTITLE=f"Line {ACTIVE}", DESKS=[]
    )
    pages = [html.parse(page) for page in output.rglob("*.html")]
    assert [page for page in pages if page.xpath("//b | //title[. = '']")] == []
    headlines = {page.findtext(".//h1") for page in pages}
    for word in ("Title", "Section", "Tag", "Author", "Page"):
        assert f"{word} {ACTIVE}" in headlines
    for file in output.rglob("*.xml"):
        assert b"<b>" not in etree.tostring(etree.parse(file))
    for file in [*output.rglob("feed.json"), output / "site.webmanifest"]:
        assert "<b>" not in file.read_text("utf-8")


@pytest.mark.parametrize("feed", ["atom.xml", "rss.xml"])
def test_a_summary_is_the_same_words_in_each_feed(story, build_content, feed):
    """A feed reader shows a summary as it was written."""
    story.write_text(story.read_text().replace("What happened", "If a < b, <b>c</b>"))
    [entry] = feedparser.parse((build_content() / feed).read_bytes()).entries
    summary = entry.summary
    if entry.summary_detail.type != "text/plain":
        assert "<b>" not in summary
        summary = html.fragment_fromstring(summary, create_parent=True).text
    assert summary == "If a < b, <b>c</b>, in one sentence."
