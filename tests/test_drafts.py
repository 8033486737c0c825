"""Drafts and stories dated in the future: nothing of them is in a published output."""

import pytest
from photographs import PNG

CITED = ("zanzibar.bib", "zanzibar.json", "zanzibar.ris")
HELD = {
    "a draft": "Date: 2026-01-02\nStatus: draft",
    "a future story": "Date: 2999-01-02",
}


@pytest.fixture(params=HELD)
def held(request, content):
    """Return a held story whose words say Zanzibar and whose topics Madagascar."""
    story = content / "articles/2026/zanzibar"
    story.mkdir()
    (story / "zanzibar.png").write_bytes(PNG)
    (story / "article.md").write_text(
        f"Title: Zanzibar\n{HELD[request.param]}\nCategory: Madagascar news\n"
        "Tags: Madagascar\nAuthor: Madagascar desk\nSummary: Zanzibar summary\n"
        "Image: zanzibar.png\nAlt: Zanzibar alt\nCredit: Zanzibar credit\n\n"
        "Zanzibar [file]({static}zanzibar.png)\n"
    )
    return story


def mentions(output, word):
    """Return the files below `output` that have `word` in their name or text."""
    return {
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file()
        and (
            word in str(path.relative_to(output)).lower()
            or word.encode() in path.read_bytes().lower()
        )
    }


@pytest.mark.usefixtures("held")
def test_nothing_of_a_held_story_is_published(build_content):
    """Its words, pictures, topics and address are in no file, nor in a file's name."""
    output = build_content()
    assert mentions(output, "zanzibar") | mentions(output, "madagascar") == set()


@pytest.mark.usefixtures("held")
def test_a_preview_shows_a_held_story_and_no_list_does(build_content):
    """PREVIEW builds it below drafts/ with its pictures; its words are there alone."""
    assert mentions(build_content(PREVIEW=True), "zanzibar") == {
        "drafts/zanzibar/index.html",
        *(f"drafts/zanzibar/cite/{name}" for name in ("index.html", *CITED)),
        "drafts/zanzibar/zanzibar.png",
        *(f"drafts/zanzibar/zanzibar.png-1.{form}" for form in ("avif", "webp", "png")),
    }


def test_a_preview_says_that_a_story_is_a_draft(content, build_content):
    """Nobody takes a previewed draft for a published story."""
    first = content / "articles/2026/first/article.md"
    draft = content / "articles/2026/second/article.md"
    draft.parent.mkdir()
    draft.write_text(
        first.read_text().replace("Tags:", "Slug: b\nStatus: draft\nTags:")
    )
    output = build_content(PREVIEW=True)
    assert "· Draft" in (output / "drafts/b/index.html").read_text("utf-8")
    story = (output / "2026/a-first-story/index.html").read_text("utf-8")
    assert "· Draft" not in story


@pytest.mark.parametrize("preview", [False, True])
def test_a_draft_page_is_in_a_preview_alone(content, build_content, preview):
    """A page may be a draft too."""
    (content / "pages/zanzibar.md").write_text(
        "Title: Zanzibar\nSummary: Zanzibar\nStatus: draft\n\nZanzibar\n"
    )
    shown = {"drafts/pages/zanzibar/index.html"} if preview else set()
    assert mentions(build_content(PREVIEW=preview), "zanzibar") == shown


@pytest.mark.parametrize(
    ("seconds", "published"), [(-1, False), (0, True), (86400, True)]
)
def test_the_builds_date_decides_what_is_future(
    build_content, monkeypatch, seconds, published
):
    """SOURCE_DATE_EPOCH is the present; at its own second a story is published."""
    date = 1767312000  # 2026-01-02, the story's
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(date + seconds))
    story = build_content() / "2026/a-first-story/index.html"
    assert story.exists() == published
