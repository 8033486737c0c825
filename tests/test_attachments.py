"""Where the files beside a story, and those of extra/, are in the output."""

import pytest


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
        ("articles/2026/first/map.png", "2026/a-first-story/map.png"),
        ("articles/2026/first/a/b/map.png", "2026/a-first-story/a/b/map.png"),
        ("articles/2026/first/grün und.png", "2026/a-first-story/grün und.png"),
        ("extra/favicon.svg", "favicon.svg"),
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
    add(content, "articles/2026/first/inner/map.png")
    assert (build_content() / "2026/inner/map.png").exists()


def test_equal_names_in_two_folders_are_two_files(content, build_content):
    """Each story has its own map.png."""
    for number in ("one", "two"):
        add_story(content, number, f"Story {number}", "![A map](map.png)")
        add(content, f"articles/{number}/map.png", number)
    output = build_content()
    for number in ("one", "two"):
        assert (output / f"2026/story-{number}/map.png").read_text() == number


@pytest.mark.parametrize("marker", ["", "{static}", "{attach}", "{filename}"])
def test_a_picture_may_be_named_in_any_way(content, build_content, marker):
    """A plain name and each of Pelican's markers lead to the file beside the story."""
    add_story(content, "2026/other", "Other", f"![A map]({marker}map.png)")
    add(content, "articles/2026/other/map.png")
    assert (build_content() / "2026/other/map.png").exists()


@pytest.mark.parametrize("marker", ["{static}", "{attach}", "{filename}"])
def test_a_story_may_show_anothers_picture(content, build_content, marker):
    """A marker with a path from content/ leads to a file of any published story."""
    place = "/articles/2026/first/a.png"
    add_story(content, "2026/other", "Other", f"![A map]({marker}{place})")
    add(content, "articles/2026/first/a.png")
    html = (build_content() / "2026/other/index.html").read_text("utf-8")
    assert 'src="../../2026/a-first-story/a.png"' in html
