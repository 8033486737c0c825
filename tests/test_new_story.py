"""`make new`: what a new story's folder holds, and which slugs it refuses."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SETTINGS, TESTS
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import read_settings

from newsroom import ledger_file
from newsroom.header import parse
from newsroom.ledger import Ledger
from newsroom.new_story import NewStoryError, begin, one_line
from newsroom.schema import StoryHeader, validate

NOW = "1795305600"  # 22 November 2026
HARD = [
    "It costs $5 – $(rm -rf /) `here` ${HOME} $$",
    "-x --help",
    "'One' \"two\" \\ three\\",
    "Ärger über Öl in Łódź",
    "港湾が閉鎖",
    "Title: Status: published #1 {slug} %s",
    "A line\nStatus: published\n\nand another",
    "<b>Bold</b> & \x1b[2J",
    "  spaces   and\ttabs  ",
    "snake_case__of 2026",
    f"{'very ' * 50}long",
]


@pytest.fixture
def site(content, monkeypatch):
    """Return the settings of a site of one story, on a day that is known."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.chdir(content.parent)
    return read_settings(SETTINGS, {"PATH": str(content)})


def made(settings, title, section="", author=""):
    """Begin a story; return the header and the ledger that its folder holds."""
    there = set(Path(settings["PATH"]).rglob("article.md"))
    begin(settings, title, section, author)
    (article,) = set(Path(settings["PATH"]).rglob("article.md")) - there
    header, mistakes = validate(parse(article.read_text("utf-8")), StoryHeader)
    ledger, faults = ledger_file.read(
        article.with_name("ledger.toml").read_text("utf-8")
    )
    assert (mistakes, faults) == ([], [])
    assert article.parent.name == header.slug
    return header, ledger


def test_a_story_is_begun_in_its_folder_with_what_a_build_needs(site):
    """It is a draft of today, in the usual section and by the desk, still unchecked."""
    header, ledger = made(site, "Council closes the harbour")
    assert header == StoryHeader(
        title="Council closes the harbour",
        date="2026-11-22",
        category="World",
        author="Standfirst newsdesk",
        slug="council-closes-the-harbour",
        status="draft",
        summary="What happened, in one or two sentences.",
    )
    assert ledger == Ledger.model_validate({"check": {"method": "2026-11"}})
    assert Path("content/articles/2026/council-closes-the-harbour").is_dir()


def test_a_section_and_an_author_may_be_given(site):
    """They stand in the header, and a section that is new is said to be."""
    header, _ = made(site, "One", "Economy", "Mia Reporter, Tom Kay")
    assert (header.category, header.author) == ("Economy", ["Mia Reporter", "Tom Kay"])
    *_, last = begin(site, "Two", "Wrold", "")
    assert last == (
        '"Wrold" is a new section; there are Economy, World; did you mean "World"?'
    )


def test_it_says_what_to_do_next(site):
    """Where the files are, where the draft shows, and how it is checked and printed."""
    said = "\n".join(begin(site, "Council closes the harbour", "", ""))
    for words in (
        "content/articles/2026/council-closes-the-harbour/",
        "article.md",
        "ledger.toml",
        "`make serve`",
        "/drafts/council-closes-the-harbour/",
        "`make evidence`",
        "`make sign STORY=council-closes-the-harbour`",
        "Status: draft",
    ):
        assert words in said


@pytest.mark.parametrize("title", HARD)
def test_a_hard_title_is_kept(site, title):
    """Quotes, dollars, dashes, any script: the headline is the one that was given."""
    assert made(site, title)[0].title == one_line(title)


def test_what_was_begun_is_built_as_a_draft_that_is_being_checked(site, build_content):
    """Every such story has a page in a preview, with its badge, and none is public."""
    for title in HARD:
        begin(site, title, "", "")
    output = build_content(PREVIEW=True)
    pages = [page.read_text("utf-8") for page in output.glob("drafts/*/index.html")]
    assert len(pages) == len(HARD)
    assert all("Being checked" in page for page in pages)
    assert not [*build_content().glob("drafts")]


@given(st.text(max_size=60))
def test_any_title_is_kept_or_refused(title):
    """No text breaks out of its line: the header has its keys, and the title is it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        folder = TESTS / "minimal"
        settings = read_settings(SETTINGS, {"PATH": str(folder)})
        kept = {}
        patch.setattr("newsroom.new_story._write", lambda _, files: kept.update(files))
        try:
            begin(settings, title, "", "")
        except NewStoryError:
            return
    header, mistakes = validate(parse(kept["article.md"]), StoryHeader)
    assert (header.title, header.status, mistakes) == (one_line(title), "draft", [])


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("A first story!", "content/articles/2026/first/article.md; give"),
        ("First", "the folder of content/articles/2026/first/article.md; give"),
        ("About", "content/pages/about.md; give"),
        ("Earlier", "an old address of content/pages/about.md; give"),
    ],
)
def test_a_slug_in_use_is_refused(site, content, title, words):
    """A story's, a page's, an old address: it is said whose, and nothing is made."""
    page = content / "pages/about.md"
    page.write_text(f"Redirect-From: /2015/earlier/\n{page.read_text()}")
    before = sorted(content.rglob("*"))
    with pytest.raises(NewStoryError, match=words):
        begin(site, title, "", "")
    assert sorted(content.rglob("*")) == before


def test_a_story_is_not_begun_twice(site):
    """The second time its slug is in use."""
    begin(site, "Peace", "", "")
    with pytest.raises(NewStoryError, match='"peace" is in use'):
        begin(site, "Peace?", "", "")


@pytest.mark.parametrize("title", ["", "  ", "???", "– — –"])
def test_a_title_without_letters_is_refused(site, title):
    """Nothing can be made of it; it is said how a title is given."""
    with pytest.raises(NewStoryError, match='give a title: make new TITLE="'):
        begin(site, title, "", "")


@pytest.mark.parametrize(("section", "author"), [("???", ""), ("", "!"), ("", ",")])
def test_a_section_or_an_author_that_cannot_be_is_refused(site, section, author):
    """What the header could not hold is not written."""
    with pytest.raises(NewStoryError):
        begin(site, "Peace", section, author)
    assert not Path("content/articles/2026/peace").exists()


def test_a_folder_that_is_there_is_left_alone(site):
    """What lies where the story would is not overwritten, be it a story or not."""
    notes = Path("content/articles/2026/peace/notes.txt")
    notes.parent.mkdir(parents=True)
    notes.write_text("mine")
    with pytest.raises(NewStoryError, match="peace cannot be made: File exists"):
        begin(site, "Peace", "", "")
    assert [path.name for path in notes.parent.iterdir()] == ["notes.txt"]


def test_the_command_prints_the_steps_or_the_reason(tmp_path):
    """The exit code tells the two apart, and a refusal is one line."""
    shutil.copytree(TESTS / "minimal", tmp_path / "content")
    shutil.copy(ROOT / "pelicanconf.py", tmp_path)
    for name in ("theme", "plugins"):
        (tmp_path / name).symlink_to(ROOT / name)

    def run():
        return subprocess.run(
            [sys.executable, "-m", "newsroom", "new"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT / "plugins"), "NEW_TITLE": "-h"},
            capture_output=True,
            text=True,
            check=False,
        )

    first, second = run(), run()
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Made content/articles/")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.count("\n") == 1
