"""Where the files beside a story, and those of extra/, are in the output."""

import pytest

from newsroom import state

PICTURE = '![A map]({}){{credit="A. P."}}'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><title>{}</title></svg>'
)


def add(content, place, text="x"):
    """Add a file to the site."""
    path = content / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def add_story(content, folder, title, body=""):
    """Add a story of this title."""
    add(
        content,
        f"articles/{folder}/article.md",
        f"Title: {title}\nDate: 2026-01-03\nCategory: World\nAuthor: A\nSummary: S\n\n"
        f"{body or title}\n",
    )


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("articles/2026/first/map.pdf", "2026/a-first-story/map.pdf"),
        ("articles/2026/first/a/b/map.pdf", "2026/a-first-story/a/b/map.pdf"),
        ("articles/2026/first/grün und.pdf", "2026/a-first-story/grün und.pdf"),
        ("extra/notes.pdf", "notes.pdf"),
        ("extra/.well-known/x.txt", None),
        ("extra/files/terms.txt", "files/terms.txt"),
        ("articles/2026/first/.DS_Store", None),
        ("articles/2026/first/article.md~", None),
    ],
)
def test_a_file_goes_beside_its_story_or_to_the_root(
    content, build_content, source, place
):
    """A story's files keep their places in its folder; hidden ones are left behind."""
    add(content, source, "this one")
    output = build_content()
    found = [
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file() and path.read_bytes() == b"this one"
    ]
    assert found == ([place] if place else [])


def test_a_file_belongs_to_the_nearest_story(content, build_content):
    """A story in a folder of another's has its own files."""
    add_story(content, "2026/first/inner", "Inner")
    add(content, "articles/2026/first/inner/map.pdf")
    assert (build_content() / "2026/inner/map.pdf").exists()


def test_equal_names_in_two_folders_are_two_files(content, build_content):
    """Each story has its own map.svg."""
    for number in ("one", "two"):
        add_story(content, number, f"Story {number}", PICTURE.format("map.svg"))
        add(content, f"articles/{number}/map.svg", SVG.format(number))
    output = build_content()
    for number in ("one", "two"):
        assert number in (output / f"2026/story-{number}/map.svg").read_text()


@pytest.mark.parametrize("marker", ["", "{static}", "{attach}", "{filename}"])
def test_a_picture_may_be_named_in_any_way(content, build_content, marker):
    """A plain name and each of Pelican's markers lead to the file beside the story."""
    add_story(content, "2026/other", "Other", PICTURE.format(f"{marker}map.svg"))
    add(content, "articles/2026/other/map.svg", SVG)
    page = build_content() / "2026/other/index.html"
    assert page.with_name("map.svg").exists()
    assert 'src="map.svg"' in page.read_text("utf-8")


@pytest.mark.parametrize("marker", ["{static}", "{attach}", "{filename}"])
def test_a_story_may_show_anothers_picture(content, build_content, marker):
    """A marker with a path from content/ leads to a file of any published story."""
    place = "/articles/2026/first/a.svg"
    add_story(content, "2026/other", "Other", PICTURE.format(f"{marker}{place}"))
    add(content, place.lstrip("/"), SVG)
    html = (build_content() / "2026/other/index.html").read_text("utf-8")
    assert 'src="../a-first-story/a.svg"' in html


def test_a_file_of_the_author_is_copied_and_not_linked(content, build_content):
    """A release sets modes and times of its files, whatever Pelican is told."""
    add(content, "extra/notes.pdf")
    before = state.seen(content / "extra/notes.pdf")
    output = build_content(STATIC_CREATE_LINKS=True)
    assert state.seen(content / "extra/notes.pdf") == before
    assert not (output / "notes.pdf").samefile(content / "extra/notes.pdf")
